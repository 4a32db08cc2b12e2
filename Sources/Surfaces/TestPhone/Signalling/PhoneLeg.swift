import Addresses
import SIPMessages
import SIPTransactions
import Timeline

/// Names one call of one phone.
package struct PhoneCallID: Hashable, Sendable {
    /// The number from which incoming calls are counted; outgoing ones are counted from 1.
    static let firstIncoming: UInt32 = 0x8000_0000

    package var rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    var isIncoming: Bool { rawValue >= Self.firstIncoming }
}

/// One call of a phone, as data; `PhoneCore` moves it from state to state.
struct PhoneLeg: Sendable {
    enum State: Equatable, Sendable {
        /// The audio socket is being opened. Leads to `inviting`, `ringing` or the end.
        case preparing
        /// The INVITE was sent and has no final response. Leads to `established`, `cancelling` or the end.
        case inviting
        /// CANCEL was sent. Leads to the end, through `ending` where a 200 crossed it.
        case cancelling
        /// An incoming call has not been answered finally. Leads to `answered` or the end.
        case ringing
        /// The 200 was sent and not acknowledged. Leads to `established` or the end.
        case answered
        /// The call is up. Leads to `ending` or the end.
        case established
        /// BYE was sent. Leads to the end.
        case ending
    }

    /// When things happened.
    struct Times: Sendable {
        var began: Instant
        var rang: Instant?
        var answered: Instant?
    }

    /// When things must happen.
    struct Deadlines: Sendable {
        var answer: Instant?
        var giveUp: Instant?
        var hangUp: Instant?
        /// The next repetition of the 200, and how far apart they are by now.
        var repetition: Instant?
        var interval: Duration = .zero
        /// The ACK must have come by then.
        var acknowledgement: Instant?

        var next: Instant? {
            [answer, giveUp, hangUp, repetition, acknowledgement].compactMap { $0 }.min()
        }
    }

    /// What an outgoing call needs besides.
    struct Outgoing: Sendable {
        let request: CallRequest
        var invite: ClientTransactionID?
        /// The credentials the last challenge was answered with, and the field they stand in.
        var authorization: (name: HeaderName, credentials: DigestCredentials)?
        /// How many challenges were answered.
        var attempts = 0
        /// The ACK of the 2xx, for its repetitions.
        var acknowledgement: (bytes: [UInt8], flow: Flow)?
    }

    /// What an incoming call needs besides.
    struct Incoming: Sendable {
        let policy: AnswerPolicy
        var invitation: SIPMessage
        var transaction: ServerTransactionID
        /// The 200 that waits for its ACK; empty otherwise.
        var answer: [UInt8] = []
        var offer: PhoneDescription?
    }

    let id: PhoneCallID
    var state: State = .preparing
    var dialog: PhoneDialog
    var outgoing: Outgoing?
    var incoming: Incoming?
    var times: Times
    var deadlines = Deadlines()
    let plan: MediaPlan
    /// Our end of the audio stream, once its socket is open.
    var localMedia: Endpoint?
    var agreement: MediaAgreement?
    /// Number of our session description, and how often it has changed.
    let session: UInt64
    var sessionVersion = 1
    /// Whether a request without a description was answered with an offer of ours, so that the ACK brings the answer.
    var awaitsAnswerInACK = false
    var report: CallReport
}
