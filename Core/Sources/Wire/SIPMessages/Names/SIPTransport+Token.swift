extension SIPTransport {
    /// The transport that a token means, in any case.
    static func identify(_ view: ByteView, _ start: Int, _ end: Int) -> SIPTransport? {
        switch end &- start {
        case 2: view.spells("ws", from: start, to: end) ? .ws : nil
        case 3:
            if view.spells("udp", from: start, to: end) {
                .udp
            } else if view.spells("tcp", from: start, to: end) {
                .tcp
            } else if view.spells("tls", from: start, to: end) {
                .tls
            } else {
                view.spells("wss", from: start, to: end) ? .wss : nil
            }
        default: nil
        }
    }

    /// The transport that a token means, in any case; nil for tokens the switch does not know.
    public init?(_ token: [UInt8]) {
        let transport = token.withUnsafeBufferPointer { buffer -> SIPTransport? in
            guard let view = ByteView(buffer) else { return nil }
            return .identify(view, 0, buffer.count)
        }
        guard let transport else { return nil }
        self = transport
    }
}
