import Addresses

/// Where connections lead: the address that was checked, and the host in whose name it is asked.
struct OutboundOrigin: Hashable, Sendable {
    var host: String
    var address: IPAddress
    var port: Int
    var isSecure: Bool
}
