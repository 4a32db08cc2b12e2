import CallControl
import SwitchEngine

/// The header fields of a channel's call, readable until the channel's next call. Names match in any case, and in their
/// compact forms.
public struct SIPHeaders: Sendable {
    private let request: [PassedHeader]
    private let response: [PassedHeader]

    init(_ details: ChannelDetails) {
        request = details.requestHeaders
        response = details.responseHeaders
    }

    /// The first value of a header field of the INVITE that came in; nil where there is none.
    public func requestHeader(_ name: String) -> String? { requestHeaders(name).first }

    /// All values of a header field of the INVITE that came in, in their order.
    public func requestHeaders(_ name: String) -> [String] { Self.values(name, in: request) }

    /// The first value of a header field of the last response to our INVITE; nil where there is none.
    public func responseHeader(_ name: String) -> String? { responseHeaders(name).first }

    /// All values of a header field of the last response to our INVITE, in their order.
    public func responseHeaders(_ name: String) -> [String] { Self.values(name, in: response) }

    /// The names of all header fields of the INVITE that came in, in their order.
    public var requestNames: [String] { request.map { String(decoding: $0.name, as: UTF8.self) } }

    private static func values(_ name: String, in headers: [PassedHeader]) -> [String] {
        let name = Array(name.utf8)
        return headers.filter { $0.isNamed(name) }.map { String(decoding: $0.value, as: UTF8.self) }
    }
}

extension ChannelHeader {
    /// A header field to send.
    public init(_ name: String, _ value: String) { self.init(name: Array(name.utf8), value: Array(value.utf8)) }
}
