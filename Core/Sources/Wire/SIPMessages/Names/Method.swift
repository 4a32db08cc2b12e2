/// A request method (RFC 3261 §7.1 and the extensions the switch knows). Tokens are compared with case.
public enum Method: UInt8, Hashable, Sendable, BitwiseCopyable, CaseIterable {
    case invite, ack, bye, cancel, options, register, info, update, prack, refer, notify, subscribe, message, publish
    /// Any other token; the message keeps its bytes.
    case unknown

    /// The method as it is written; empty for `.unknown`.
    public var token: StaticString {
        switch self {
        case .invite: "INVITE"
        case .ack: "ACK"
        case .bye: "BYE"
        case .cancel: "CANCEL"
        case .options: "OPTIONS"
        case .register: "REGISTER"
        case .info: "INFO"
        case .update: "UPDATE"
        case .prack: "PRACK"
        case .refer: "REFER"
        case .notify: "NOTIFY"
        case .subscribe: "SUBSCRIBE"
        case .message: "MESSAGE"
        case .publish: "PUBLISH"
        case .unknown: ""
        }
    }

    /// The method that the bytes from `start` to `end` spell.
    static func identify(_ view: ByteView, from start: Int, to end: Int) -> Method {
        let candidate: Method
        switch (end &- start, view[start]) {
        case (3, UInt8(ascii: "A")): candidate = .ack
        case (3, UInt8(ascii: "B")): candidate = .bye
        case (4, UInt8(ascii: "I")): candidate = .info
        case (5, UInt8(ascii: "P")): candidate = .prack
        case (5, UInt8(ascii: "R")): candidate = .refer
        case (6, UInt8(ascii: "C")): candidate = .cancel
        case (6, UInt8(ascii: "I")): candidate = .invite
        case (6, UInt8(ascii: "N")): candidate = .notify
        case (6, UInt8(ascii: "U")): candidate = .update
        case (7, UInt8(ascii: "M")): candidate = .message
        case (7, UInt8(ascii: "O")): candidate = .options
        case (7, UInt8(ascii: "P")): candidate = .publish
        case (8, UInt8(ascii: "R")): candidate = .register
        case (9, UInt8(ascii: "S")): candidate = .subscribe
        default: return .unknown
        }
        return view.matches(candidate.token, from: start, to: end) ? candidate : .unknown
    }
}
