import Addresses
import Hummingbird
import Logging
import NIOCore

/// What every route is told about a request besides the request itself.
public struct ServiceRequestContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The address that the request came from; an IPv4 address also where it came through an IPv6 socket.
    public let peer: IPAddress
    /// The loop of the request's connection.
    let eventLoop: any EventLoop

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        eventLoop = source.channel.eventLoop
        peer = Self.address(of: source.channel)
    }

    /// The address at the other end of a channel; unspecified where there is none.
    static func address(of channel: any Channel) -> IPAddress {
        guard let text = channel.remoteAddress?.ipAddress, let address = IPAddress(text) else {
            return IPAddress(v4: 0)
        }
        let isMapped = address.isIPv6 && address.high == 0 && address.low >> 32 == 0xFFFF
        return isMapped ? IPAddress(v4: UInt32(truncatingIfNeeded: address.low)) : address
    }
}
