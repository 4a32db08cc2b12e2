/// Which way a stream flows, as seen by who says it (RFC 8866 §6.7).
public enum MediaDirection: UInt8, Hashable, Sendable, BitwiseCopyable {
    case sendReceive
    case sendOnly
    case receiveOnly
    case inactive

    /// The attribute's name.
    public var attribute: StaticString {
        switch self {
        case .sendReceive: "sendrecv"
        case .sendOnly: "sendonly"
        case .receiveOnly: "recvonly"
        case .inactive: "inactive"
        }
    }

    /// Whether the one who says it wants to receive.
    public var receives: Bool { self == .sendReceive || self == .receiveOnly }
    /// Whether the one who says it wants to send.
    public var sends: Bool { self == .sendReceive || self == .sendOnly }

    /// The widest direction an answer may take to an offer of this one (RFC 3264 §6.1).
    public var answered: MediaDirection {
        switch self {
        case .sendReceive: .sendReceive
        case .sendOnly: .receiveOnly
        case .receiveOnly: .sendOnly
        case .inactive: .inactive
        }
    }

    /// What is left of this direction in an answer to an offer of that one.
    public func answering(_ offered: MediaDirection) -> MediaDirection {
        switch (sends && offered.receives, receives && offered.sends) {
        case (true, true): .sendReceive
        case (true, false): .sendOnly
        case (false, true): .receiveOnly
        case (false, false): .inactive
        }
    }

    /// The same without receiving.
    public var deaf: MediaDirection { sends ? .sendOnly : .inactive }
}
