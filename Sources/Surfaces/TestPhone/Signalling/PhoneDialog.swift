import Addresses
import SIPMessages
import SIPTransactions

/// A phone's side of a dialog (RFC 3261 §12), from before the INVITE on.
struct PhoneDialog: Equatable, Sendable {
    let callID: [UInt8]
    /// Our From value of requests and To value of responses, without a tag.
    let localAddress: [UInt8]
    let localTag: [UInt8]
    /// The peer's address without a tag.
    var remoteAddress: [UInt8]
    /// Empty until the peer has chosen one.
    var remoteTag: [UInt8] = []
    /// The URI that in-dialog requests are addressed to.
    var remoteTarget: [UInt8]
    /// Route values, first hop first.
    var routes: [[UInt8]] = []
    /// The CSeq number of the last request of ours.
    var localSequence: UInt32 = 0
    /// The CSeq number of the last request of the peer's; nil before the first one.
    var remoteSequence: UInt32?
    /// Where the last message came from, or where the first one goes: the way for names that are no addresses.
    var flow: Flow

    /// Takes tag, route set and target from a response that makes a dialog (RFC 3261 §12.1.2).
    mutating func establish(_ response: SIPMessage) {
        remoteTag = response.to.tag.map(response.copy) ?? []
        routes = response.values(of: .recordRoute).map(response.unfolded).reversed()
        refreshTarget(response)
    }

    /// Takes the Contact of a target refresh (RFC 3261 §12.2).
    mutating func refreshTarget(_ message: SIPMessage) {
        if let contact = message.contact { remoteTarget = message.copy(contact.uri) }
    }

    /// Whether a request of the peer's belongs to this dialog.
    func matches(_ request: SIPMessage) -> Bool {
        guard let to = request.to.tag, request.equals(to, localTag) else { return false }
        guard request.equals(request.callID, callID) else { return false }
        return request.from.tag.map { request.equals($0, remoteTag) } ?? remoteTag.isEmpty
    }

    /// Where the next request goes: the first route's address, else the target's, else where we know the peer.
    var nextFlow: Flow {
        var next = flow
        if let route = routes.first, let hop = Self.endpoint(ofRoute: route) {
            next.remote = hop
        } else if routes.isEmpty, let target = Self.endpoint(of: remoteTarget) {
            next.remote = target
        }
        return next
    }

    /// Request-URI and Route values of the next request, with the strict router's exchange of RFC 3261 §12.2.1.1.
    var requestPath: (uri: [UInt8], routes: [[UInt8]]) {
        guard let first = routes.first, let uri = Self.uri(ofRoute: first),
            let parsed = try? SIPURI(parsing: uri), !parsed.isLooseRouter
        else { return (remoteTarget, routes) }
        let target = [UInt8(ascii: "<")] + remoteTarget + [UInt8(ascii: ">")]
        return (uri, Array(routes.dropFirst()) + [target])
    }

    /// The address and port of a SIP URI whose host is an address, or `localhost`.
    static func endpoint(of uri: [UInt8]) -> Endpoint? {
        guard let parsed = try? SIPURI(parsing: uri) else { return nil }
        let port = parsed.port ?? SIPTransport.udp.defaultPort
        if let address = parsed.hostAddress(in: uri) { return Endpoint(address, port) }
        let host = String(decoding: uri[parsed.host.start..<parsed.host.end], as: UTF8.self)
        return host.lowercased() == "localhost" ? Endpoint(IPAddress(v4: 0x7F00_0001), port) : nil
    }

    private static func endpoint(ofRoute route: [UInt8]) -> Endpoint? {
        uri(ofRoute: route).flatMap { endpoint(of: $0) }
    }

    private static func uri(ofRoute route: [UInt8]) -> [UInt8]? {
        guard let start = route.firstIndex(of: UInt8(ascii: "<")),
            let end = route[start...].firstIndex(of: UInt8(ascii: ">"))
        else { return nil }
        return Array(route[(start + 1)..<end])
    }
}
