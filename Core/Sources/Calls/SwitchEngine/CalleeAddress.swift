import Addresses
import Routing
import SIPMessages

/// The addresses that a callee's INVITE carries; numbers are escaped, so nothing a caller wrote can end a line or a URI.
enum CalleeAddress {
    /// `sip:number@host:port;transport=…`, as the connection's destination has it.
    static func requestURI(_ number: [UInt8], _ destination: ConnectionDestination) -> [UInt8] {
        var writer = MessageWriter(reserving: 256)
        appendURI(number, destination, to: &writer)
        if destination.hasTransportParameter {
            writer.append(";transport=")
            writer.append(destination.transport.token.withUTF8Buffer { token in token.map { $0 | 0x20 } })
        }
        return writer.bytes
    }

    /// To without tag.
    static func to(_ number: [UInt8], _ destination: ConnectionDestination) -> [UInt8] {
        var writer = MessageWriter(reserving: 256)
        writer.append("<")
        appendURI(number, destination, to: &writer)
        writer.append(">")
        return writer.bytes
    }

    /// From without tag: the caller's display name and number at our own address.
    static func from(_ number: [UInt8], display: [UInt8]?, host: Endpoint) -> [UInt8] {
        var writer = MessageWriter(reserving: 256)
        if let display, !display.isEmpty {
            writer.quoted(display)
            writer.append(" ")
        }
        writer.append("<sip:")
        if !number.isEmpty {
            writer.append(escapedUser: number)
            writer.append("@")
        }
        writer.append(host)
        writer.append(">")
        return writer.bytes
    }

    private static func appendURI(
        _ number: [UInt8], _ destination: ConnectionDestination, to writer: inout MessageWriter
    ) {
        writer.append(destination.isSecure ? "sips:" : "sip:")
        if !number.isEmpty {
            writer.append(escapedUser: number)
            writer.append("@")
        }
        writer.append(destination.host)
        if let port = destination.port {
            writer.append(":")
            writer.append(port)
        }
    }
}
