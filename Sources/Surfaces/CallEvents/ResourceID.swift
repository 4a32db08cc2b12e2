/// The kinds of ids of the voice REST interface: a prefix and 23 random characters.
public enum ResourceID: String, Hashable, Sendable, CaseIterable {
    case user = "u-"
    case call = "c-"
    case event = "ce-"
    case gather = "gtr-"
    case bridge = "brg-"
    case conference = "conf-"
    case member = "member-"
    case recording = "rec-"
    case transcription = "t-"
    case application = "a-"
    case number = "n-"

    /// Number of characters behind the prefix: 115 random bits.
    public static let length = 23

    /// A new id: characters of the lower-case base32 alphabet (RFC 4648 §6), drawn from the system.
    public func make() -> String {
        var source = SystemRandomNumberGenerator()
        return make(using: &source)
    }

    /// A new id out of `source`.
    public func make(using source: inout some RandomNumberGenerator) -> String {
        var text = rawValue
        text.reserveCapacity(text.utf8.count + Self.length)
        var bits: UInt64 = 0
        for position in 0..<Self.length {
            // One draw is good for twelve characters of five bits.
            if position % 12 == 0 { bits = source.next() }
            text.unicodeScalars.append(Self.letter(UInt8(truncatingIfNeeded: bits & 31)))
            bits >>= 5
        }
        return text
    }

    /// Whether `text` has the form of such an id.
    public func matches(_ text: String) -> Bool {
        guard text.hasPrefix(rawValue) else { return false }
        let letters = text.utf8.dropFirst(rawValue.utf8.count)
        return letters.count == Self.length && letters.allSatisfy { $0 &- 97 < 26 || $0 &- 50 < 6 }
    }

    private static func letter(_ value: UInt8) -> Unicode.Scalar {
        Unicode.Scalar(value < 26 ? value + 97 : value - 26 + 50)
    }
}
