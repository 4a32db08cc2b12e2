import Addresses
import SIPMessages

extension Flow {
    /// Where responses to a request that came on this flow go: over a stream back on it; as a datagram to the source
    /// address, and to the source port if the client asked for that with `rport` (RFC 3581 §4), else to the port of
    /// the Via (RFC 3261 §18.2.2). `maddr` is not followed: it would let anybody aim our responses.
    public func forResponses(to request: SIPMessage) -> Flow {
        guard !transport.isReliable else { return self }
        let via = request.via
        guard case .absent = via.rport else { return self }
        var flow = self
        let port = via.port ?? transport.defaultPort
        if port != 0 { flow.remote.port = port }
        return flow
    }
}
