import Accounting
import CallControl
import MediaSessions
import SwitchEngine

/// What is known of a channel's call; readable until the channel's next call.
public struct CallDetails: Equatable, Sendable {
    /// Whom the call is for.
    public var callTo: String
    /// Whom it was for at first, where somebody diverted it; else the same.
    public var originalDestination: String
    /// Who calls.
    public var callFrom: String
    /// Who diverted the call (RFC 5806), the last one first.
    public var diversions: [String]
    /// How far the caller's number is vouched for (STIR): `A`, `B` or `C`; empty where that is unknown.
    public var attestation: String
    /// Names of the codecs that both sides know, the one in use first.
    public var codecs: [String]
    /// The channel that this one is connected to.
    public var connectedTo: ChannelID?
    /// The SIP status behind the cause; nil where there was none.
    public var rawCause: Int?
    /// Whether a caller can hear early media.
    public var canHaveEarlyMedia: Bool
    /// The call's number in listings and records.
    public var callNumber: UInt64?
    /// Who calls and who is called as `user@host`; empty for outbound calls.
    public var callerAddress: String
    public var calledAddress: String
    /// The caller's display name; empty where there is none.
    public var callerName: String
    /// What the caller wants withheld (RFC 3323), as `id`; empty where nothing was said.
    public var privacy: String
    /// Who has answered an outbound call, where that was to be found out; nil while it is being found out.
    public var farEnd: FarEndClassifier.FarEnd?
    /// How the last call ended; nil while there is one, and where none came about.
    public var ending: CallEnding?

    init(_ report: ChannelReport, farEnd: FarEndClassifier.FarEnd? = .unknown) {
        let details = report.details
        self.farEnd = farEnd
        callTo = String(decoding: details.callTo, as: UTF8.self)
        callFrom = String(decoding: details.callFrom, as: UTF8.self)
        originalDestination =
            details.originalDestination.isEmpty
            ? callTo : String(decoding: details.originalDestination, as: UTF8.self)
        diversions = details.diversions.map { String(decoding: $0, as: UTF8.self) }
        attestation = String(decoding: details.attestation, as: UTF8.self)
        codecs = details.codecs.map { String(decoding: $0, as: UTF8.self) }
        connectedTo = report.connectedTo
        rawCause = report.rawCause == 0 ? nil : Int(report.rawCause)
        canHaveEarlyMedia = details.canHaveEarlyMedia
        callNumber = report.call
        callerAddress = String(decoding: details.callerAddress, as: UTF8.self)
        calledAddress = String(decoding: details.calledAddress, as: UTF8.self)
        callerName = String(decoding: details.callerName, as: UTF8.self)
        privacy = String(decoding: details.privacy, as: UTF8.self)
        ending = report.ending
    }
}
