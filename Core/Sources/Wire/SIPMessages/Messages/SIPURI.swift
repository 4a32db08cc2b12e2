import Addresses

/// A URI taken apart (RFC 3261 §19.1, RFC 3966). The ranges point into the bytes it was parsed from.
public struct SIPURI: Equatable, Sendable, BitwiseCopyable {
    /// The scheme.
    public enum Scheme: UInt8, Sendable, BitwiseCopyable {
        case sip, sips, tel
        /// Any other: nothing but `whole` is set.
        case other
    }

    /// The scheme, compared without case.
    public var scheme: Scheme
    /// The whole URI.
    public var whole: ByteRange
    /// The user part as written, escapes and `;` parameters included; for `tel` the number.
    public var user: ByteRange?
    /// The password.
    public var password: ByteRange?
    /// The host as written, IPv6 with brackets; empty for `tel` and others.
    public var host: ByteRange
    /// The port.
    public var port: UInt16?
    /// The `transport` parameter's token.
    public var transportToken: ByteRange?
    /// The transport that the parameter names; nil where it is absent or unknown.
    public var transport: SIPTransport?
    /// The `maddr` parameter.
    public var maddr: ByteRange?
    /// The `user` parameter, `phone` for example.
    public var userParameter: ByteRange?
    /// Whether the `lr` parameter is there: a loose router (RFC 3261 §19.1.1).
    public var isLooseRouter: Bool
    /// All parameters from the first semicolon; empty where there are none.
    public var parameters: ByteRange
    /// The header fields after `?`, without it.
    public var headers: ByteRange?

    /// The URI that `range` of `bytes` holds. Throws reason `.uri` with status 400; unknown schemes are no error.
    public init(parsing bytes: [UInt8], _ range: ByteRange) throws(SIPParseError) {
        var uri = SIPURI(whole: range)
        var failure: FieldFailure?
        bytes.withUnsafeBufferPointer { buffer in
            guard let view = ByteView(buffer), range.end <= buffer.count else {
                failure = FieldFailure(.uri, .other, at: range.start)
                return
            }
            do throws(FieldFailure) {
                try uri.parse(view, from: range.start, to: range.end)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure.error(partial: nil) }
        self = uri
    }

    /// The URI that `bytes` hold.
    public init(parsing bytes: [UInt8]) throws(SIPParseError) {
        try self.init(parsing: bytes, ByteRange(from: 0, to: bytes.count))
    }

    init(whole: ByteRange) {
        self.whole = whole
        scheme = .other
        host = ByteRange(offset: 0, count: 0)
        parameters = ByteRange(offset: 0, count: 0)
        isLooseRouter = false
    }

    /// The host as an address; nil where it is a name. `bytes` are those the URI was parsed from.
    public func hostAddress(in bytes: [UInt8]) -> IPAddress? {
        bytes.withUnsafeBufferPointer { buffer in
            guard host.end <= buffer.count, !host.isEmpty else { return nil }
            return IPAddress(text: UnsafeBufferPointer(rebasing: buffer[host.start..<host.end]))
        }
    }

    /// The user part with its escapes decoded; nil where there is none. May hold any byte, NUL included.
    public func unescapedUser(in bytes: [UInt8]) -> [UInt8]? {
        guard let user, user.end <= bytes.count else { return nil }
        return Self.unescaped(bytes[user.start..<user.end])
    }

    /// `text` with `%HH` decoded; a `%` that begins no escape stays.
    public static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = text.startIndex
        while position < text.endIndex {
            if text[position] == UInt8(ascii: "%"), position + 2 < text.endIndex,
                let high = hexadecimal(text[position + 1]), let low = hexadecimal(text[position + 2])
            {
                result.append(high << 4 | low)
                position += 3
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    /// Appends `user` with everything escaped that may not stand in a user part (RFC 3261 §25.1 `user`).
    public static func appendEscapedUser(_ user: [UInt8], to bytes: inout [UInt8]) {
        for byte in user { escape(byte) { bytes.append($0) } }
    }

    /// Gives `write` the byte itself or its escape.
    @inline(__always)
    static func escape(_ byte: UInt8, _ write: (UInt8) -> Void) {
        if byte.isUser { return write(byte) }
        write(UInt8(ascii: "%"))
        write(digit(byte >> 4))
        write(digit(byte & 15))
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 &+ value : 55 &+ value }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        if byte &- 48 < 10 { return byte &- 48 }
        let letter = (byte | 0x20) &- 97
        return letter < 6 ? letter &+ 10 : nil
    }
}

extension UInt8 {
    /// `unreserved` and `user-unreserved` of RFC 3261 §25.1.
    fileprivate var isUser: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "~"),
            UInt8(ascii: "*"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "&"),
            UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "$"), UInt8(ascii: ","), UInt8(ascii: ";"),
            UInt8(ascii: "?"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
