import Addresses
import SIPMessages

/// Where a connection's calls are sent: what its URI says.
public struct ConnectionDestination: Equatable, Sendable {
    /// The host as it is written into Request-URIs, IPv6 in brackets.
    public let host: [UInt8]
    /// The address where `host` is a literal; nil for a name to be resolved.
    public let address: IPAddress?
    /// The port; nil where the URI names none.
    public let port: UInt16?
    /// The transport named; UDP where none is, TLS for sips.
    public let transport: SIPTransport
    /// Whether the URI names the transport, which then also stands in Request-URIs.
    public let hasTransportParameter: Bool
    /// Whether the scheme is sips.
    public let isSecure: Bool

    /// Address and port to send to; nil for a name to be resolved.
    public var endpoint: Endpoint? { address.map { Endpoint($0, port ?? transport.defaultPort) } }

    /// What `init` takes, in plain words.
    static let allowed = "sip:host[:port][;transport=udp|tcp|tls], sips:host[:port] or host[:port]"

    /// The destination that `text` names; nil where it is not of the form `allowed`.
    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        let scheme = text.prefix { $0 != ":" }.lowercased()
        isSecure = scheme == "sips"
        if scheme == "sip" || isSecure { rest = rest.dropFirst(scheme.utf8.count + 1) }
        let parts = rest.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        guard parts.count <= 2, let place = Self.hostAndPort(parts[0]) else { return nil }
        host = Array(place.host)
        port = place.port
        address = IPAddress(host)
        hasTransportParameter = parts.count == 2
        var transport: SIPTransport = isSecure ? .tls : .udp
        if parts.count == 2 {
            let parameter = String(decoding: parts[1], as: UTF8.self).lowercased()
            let named = [SIPTransport.udp, .tcp, .tls].first { "transport=\($0.token)".lowercased() == parameter }
            guard let named, !isSecure || named != .udp else { return nil }
            transport = isSecure ? .tls : named
        }
        self.transport = transport
        guard address.map({ !$0.isUnspecified && !$0.isMulticastOrBroadcast }) ?? Self.isHostName(host) else {
            return nil
        }
    }

    private static func hostAndPort(_ text: ArraySlice<UInt8>) -> (host: ArraySlice<UInt8>, port: UInt16?)? {
        let hostEnd: Int
        if text.first == UInt8(ascii: "[") {
            guard let close = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            hostEnd = close + 1
        } else {
            hostEnd = text.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
        }
        let host = text[text.startIndex..<hostEnd]
        guard !host.isEmpty else { return nil }
        guard hostEnd < text.endIndex else { return (host, nil) }
        let digits = text[(hostEnd + 1)...]
        guard text[hostEnd] == UInt8(ascii: ":"), (1...5).contains(digits.count), digits.allSatisfy({ $0 &- 48 < 10 }),
            let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0
        else { return nil }
        return (host, port)
    }

    /// Labels of letters, digits and inner hyphens joined by dots; the last begins with a letter (RFC 3261 §25.1).
    private static func isHostName(_ host: [UInt8]) -> Bool {
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard host.count <= 253, let last = labels.last?.first, last | 0x20 >= 97 && last | 0x20 <= 122 else {
            return false
        }
        return labels.allSatisfy { label in
            !label.isEmpty && label.count <= 63 && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy { $0 == UInt8(ascii: "-") || $0 &- 48 < 10 || ($0 | 0x20) &- 97 < 26 }
        }
    }
}
