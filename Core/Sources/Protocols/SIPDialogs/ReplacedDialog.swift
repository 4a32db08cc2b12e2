import SIPMessages

/// The dialog that an INVITE with Replaces wants to take the place of, as its receiver sees it (RFC 3891 §6.1).
public struct ReplacedDialog: Equatable, Sendable {
    public var callID: [UInt8]
    /// The tag of the user agent that gets the INVITE.
    public var toTag: [UInt8]
    /// The tag of its peer in that dialog.
    public var fromTag: [UInt8]
    /// Whether only a dialog without a 2xx may be replaced.
    public var isEarlyOnly = false

    /// Most bytes of a value that is looked at.
    public static let maximumLength = 1024

    public init(callID: [UInt8], toTag: [UInt8], fromTag: [UInt8]) {
        self.callID = callID
        self.toTag = toTag
        self.fromTag = fromTag
    }

    /// The value of a Replaces field: `call-id;to-tag=…;from-tag=…` and perhaps `;early-only`; nil where a part is missing,
    /// empty or there twice.
    public init?(_ value: [UInt8]) {
        guard value.count <= Self.maximumLength else { return nil }
        let parts = value.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map(Self.trimmed)
        guard let callID = parts.first, Self.isWord(callID) else { return nil }
        var tags: [[UInt8]: ArraySlice<UInt8>] = [:]
        for part in parts.dropFirst() {
            let name = Self.trimmed(part.prefix { $0 != UInt8(ascii: "=") }).map { $0 &- 65 < 26 ? $0 | 0x20 : $0 }
            let value = Self.trimmed(part.drop { $0 != UInt8(ascii: "=") }.dropFirst())
            guard tags.updateValue(value, forKey: name) == nil else { return nil }
        }
        guard let toTag = tags[Array("to-tag".utf8)], let fromTag = tags[Array("from-tag".utf8)],
            Self.isWord(toTag), Self.isWord(fromTag)
        else { return nil }
        self.init(callID: Array(callID), toTag: Array(toTag), fromTag: Array(fromTag))
        isEarlyOnly = tags[Array("early-only".utf8)] != nil
    }

    /// The value of a Replaces field.
    public var value: [UInt8] {
        callID + Array(";to-tag=".utf8) + toTag + Array(";from-tag=".utf8) + fromTag
            + (isEarlyOnly ? Array(";early-only".utf8) : [])
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text
        while let first = text.first, first == 32 || first == 9 { text.removeFirst() }
        while let last = text.last, last == 32 || last == 9 { text.removeLast() }
        return text
    }

    private static func isWord(_ text: ArraySlice<UInt8>) -> Bool {
        !text.isEmpty && text.allSatisfy { $0 > 32 && $0 < 127 }
    }
}
