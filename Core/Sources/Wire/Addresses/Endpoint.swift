/// An address and a port.
public struct Endpoint: Hashable, Sendable, BitwiseCopyable {
    public var address: IPAddress
    public var port: UInt16

    public init(_ address: IPAddress, _ port: UInt16) {
        self.address = address
        self.port = port
    }
}
