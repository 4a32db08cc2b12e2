/// A `Via` in 24 bytes.
struct PackedVia: Equatable, Sendable, BitwiseCopyable {
    var value = ShortRange()
    var host = ShortRange()
    var branch = ShortRange()
    var received = ShortRange()
    /// 0 where none was given: a port of 0 is refused.
    var port: UInt16 = 0
    var rport: UInt16 = 0
    /// 255 for an unknown token.
    var transport: UInt8 = 255
    /// 0 absent, 1 empty, 2 value.
    var rportState: UInt8 = 0
    var hasMagicCookie = false

    var via: Via {
        Via(
            transport: SIPTransport(rawValue: transport), host: host.range, port: port == 0 ? nil : port,
            branch: branch.optional, received: received.optional,
            rport: rportState == 0 ? .absent : rportState == 1 ? .empty : .value(rport),
            value: value.range, hasMagicCookie: hasMagicCookie)
    }
}
