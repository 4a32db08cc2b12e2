import Addresses
import PacketLoop

/// The two sockets that face one party of a stream: RTP on an even port, RTCP on the next.
struct SocketPair {
    let rtp: UDPSocket
    let rtcp: UDPSocket

    /// How many pairs are tried when other programs hold ports of the range.
    private static let maximumAttempts = 256

    /// Opens a pair of `pool` on `address`; nil when the pool is empty, or the system refuses.
    init?(on address: IPAddress, from pool: inout PortPool, typeOfService: UInt8) {
        var options = UDPSocket.Options(receiveBufferBytes: 0, sendBufferBytes: 0)
        options.typeOfService = typeOfService
        options.discoversPathMTU = true
        for _ in 0..<Self.maximumAttempts {
            guard let port = pool.take() else { return nil }
            var opened: UDPSocket?
            do {
                let rtp = try UDPSocket(binding: Endpoint(address, port), options: options)
                opened = rtp
                rtcp = try UDPSocket(binding: Endpoint(address, port + 1), options: options)
                self.rtp = rtp
                return
            } catch {
                opened?.close()
                pool.giveBack(port)
                guard error.isPortInUse else { return nil }
            }
        }
        return nil
    }

    /// The even port.
    var port: UInt16 { rtp.local.port }

    func close() {
        rtp.close()
        rtcp.close()
    }
}
