import Addresses

/// Whom requests are for: those of one place may follow one another on one connection.
struct OutboundPlace: Hashable, Sendable {
    var host: String
    var port: Int
    var isSecure: Bool

    /// Where a URL leads.
    init(_ url: CallbackURL) {
        host = url.host
        port = url.port
        isSecure = url.isSecure
    }
}

/// Where a connection leads: the place in whose name it is asked, and the address that was checked.
struct OutboundOrigin: Hashable, Sendable {
    var place: OutboundPlace
    var address: IPAddress
}
