import Addresses
import Audio
import SIPMessages
import TestPhone
import Timeline

/// One call of a party, as the party knows it.
struct PartyCall {
    let id: PhoneCallID
    /// Whether it is a call to the party.
    let isIncoming: Bool
    var port: UInt16 = 0
    var voice: PartyVoice?
    /// Digits and audio that wait for the call to be answered.
    var waiting: [(inout PartyVoice) -> Void] = []
    var heard = HeardAudio()
    /// What the next expectation looks at first.
    var heardSamples = 0
    var heardDigits = 0
    /// The sound that was heard last: it has to end before it can be heard again.
    var lastSound: String?
    var hasRung = false
    var isAnswered = false
    var report: CallReport?
    /// What happened, with times, for the description of a failure.
    var tale: [String] = []

    /// What its signalling has come to, in words.
    var condition: String {
        if let report {
            return report.isAnswered
                ? "the call is over, ended by the \(report.endedBy == .local ? "party itself" : "switch")"
                : "the call ended unanswered with \(report.status.rawValue) \(report.reason)"
        }
        if isAnswered { return "the call is answered" }
        return hasRung ? "it rings" : "nothing has been heard of the call"
    }
}
