import Addresses
import CPacketIO

/// Which of this machine's addresses peers see.
public enum SourceAddress {
    /// The local address that the routing table chooses for traffic to `remote`.
    ///
    /// Throws when there is no route to it. Costs three system calls: remember the answer per peer.
    public static func facing(_ remote: Endpoint) throws(SystemError) -> IPAddress {
        var local = cpio_endpoint()
        // The kernel wants some port; none is contacted.
        let target = cpio_endpoint(remote.address, port: remote.port == 0 ? 9 : remote.port)
        _ = try SystemError.check(cpio_source_address(target, &local), "find the source address")
        return IPAddress(local)
    }
}
