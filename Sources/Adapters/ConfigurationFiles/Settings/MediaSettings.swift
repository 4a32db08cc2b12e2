import Addresses
import Routing

/// The keys under `media`.
public struct MediaSettings: Equatable, Sendable {
    /// How media of bridged calls travels where neither account nor connection says it.
    public var mode = MediaMode.relay
    /// The address RTP sockets are bound to.
    public var address = IPAddress(v4: 0)
    /// Address put into SDP where it differs from the bound one.
    public var advertise: IPAddress?
    /// Ports of RTP and RTCP: RTP on even ones, RTCP on the next odd one.
    public var ports = PortRange(first: 20_000, last: 29_999)
    /// Codecs that voice applications offer, best first.
    public var codecs: [VoiceCodec] = [.pcmu, .pcma]
    /// How voice applications send and take digits.
    public var dtmf = DTMFMethod.rfc4733
    /// No RTP from a party for so long ends an answered call; zero for never.
    public var silenceTimeout: Duration = .seconds(60)
    /// Folder of WAV files of voice applications and recordings.
    public var files = "var/media"
    /// Most parties of a conference.
    public var conferenceParties = 40

    public init() {}
}

/// A codec of voice applications by its SDP name.
public enum VoiceCodec: String, Hashable, Sendable, CaseIterable {
    case pcmu = "PCMU"
    case pcma = "PCMA"
    case g722 = "G722"
    case opus
    /// Linear audio at 16 and 8 kHz.
    case l16 = "L16"

    /// A codec by its name, whatever its case; nil for others.
    public init?(named name: String) {
        guard let codec = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else {
            return nil
        }
        self = codec
    }
}

/// How digits travel.
public enum DTMFMethod: String, Hashable, Sendable, CaseIterable {
    /// Telephone events in RTP (RFC 4733).
    case rfc4733
    /// SIP INFO requests.
    case info
    /// Tones in the audio.
    case inband
}

/// A block of ports, both ends included.
public struct PortRange: Hashable, Sendable, CustomStringConvertible {
    public var first: UInt16
    public var last: UInt16

    public init(first: UInt16, last: UInt16) {
        self.first = first
        self.last = last
    }

    /// What a range may look like, for errors.
    static let allowed = "FIRST-LAST with at least one even port and the odd one after it, as 20000-29999"

    /// The range that `text` writes and that holds at least one pair of ports; nil for anything else.
    public init?(_ text: String) {
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { $0 &- 48 < 10 } }),
            let first = UInt16(ends[0]), let last = UInt16(ends[1]), first > 0, first < last
        else { return nil }
        self.init(first: first, last: last)
        if pairs < 1 { return nil }
    }

    /// How many pairs of an even port and the next odd one the range holds.
    public var pairs: Int { max(0, (Int(last) + 1) / 2 - (Int(first) + 1) / 2) }
    /// The range as the file writes it.
    public var description: String { "\(first)-\(last)" }
}
