import Addresses
import Routing
import SIPMessages

/// The addresses that a callee's INVITE carries; numbers are escaped, so nothing a caller wrote can end a line or a URI.
enum CalleeAddress {
    /// `sip:number@host:port;transport=…`, as the connection's destination has it.
    static func requestURI(_ number: [UInt8], _ destination: ConnectionDestination) -> [UInt8] {
        var uri = uri(number, destination)
        if destination.hasTransportParameter {
            uri += Array(";transport=".utf8)
            destination.transport.token.withUTF8Buffer { token in uri += token.map { $0 | 0x20 } }
        }
        return uri
    }

    /// To without tag.
    static func to(_ number: [UInt8], _ destination: ConnectionDestination) -> [UInt8] {
        [UInt8(ascii: "<")] + uri(number, destination) + [UInt8(ascii: ">")]
    }

    /// From without tag: the caller's display name and number at our own address.
    static func from(_ number: [UInt8], display: [UInt8]?, host: Endpoint) -> [UInt8] {
        var writer = MessageWriter(reserving: 64)
        if let display, !display.isEmpty {
            writer.quoted(display)
            writer.append(" ")
        }
        writer.append("<sip:")
        if !number.isEmpty {
            var user: [UInt8] = []
            SIPURI.appendEscapedUser(number, to: &user)
            writer.append(user)
            writer.append("@")
        }
        writer.append(host)
        writer.append(">")
        return writer.bytes
    }

    private static func uri(_ number: [UInt8], _ destination: ConnectionDestination) -> [UInt8] {
        var uri = Array((destination.isSecure ? "sips:" : "sip:").utf8)
        if !number.isEmpty {
            SIPURI.appendEscapedUser(number, to: &uri)
            uri.append(UInt8(ascii: "@"))
        }
        uri += destination.host
        if let port = destination.port {
            uri.append(UInt8(ascii: ":"))
            uri += Array(String(port).utf8)
        }
        return uri
    }
}
