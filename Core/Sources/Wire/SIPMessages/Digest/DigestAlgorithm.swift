/// The digest algorithms of RFC 7616 and RFC 8760.
public enum DigestAlgorithm: UInt8, Hashable, Sendable, BitwiseCopyable {
    case md5, md5Session, sha256, sha256Session
    /// A token the switch does not know: such a challenge cannot be answered, such credentials prove nothing.
    case unknown

    /// The token as it is written.
    public var token: StaticString {
        switch self {
        case .md5: "MD5"
        case .md5Session: "MD5-sess"
        case .sha256: "SHA-256"
        case .sha256Session: "SHA-256-sess"
        case .unknown: ""
        }
    }

    /// The algorithm that a token means, in any case.
    public init(_ token: [UInt8]) {
        self = token.withUnsafeBufferPointer { buffer in
            guard let view = ByteView(buffer) else { return .unknown }
            let count = buffer.count
            if view.spells("md5", from: 0, to: count) { return .md5 }
            if view.spells("md5-sess", from: 0, to: count) { return .md5Session }
            if view.spells("sha-256", from: 0, to: count) { return .sha256 }
            return view.spells("sha-256-sess", from: 0, to: count) ? .sha256Session : .unknown
        }
    }
}
