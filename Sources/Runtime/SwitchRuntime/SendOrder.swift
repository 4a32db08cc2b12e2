import SIPTransactions

/// The order in which the datagrams of one input leave: what somebody waits for goes before 100 Trying and ACK, which
/// only stop retransmissions. Responses keep their order among themselves, and so do requests.
struct SendOrder {
    /// A message and the way it goes.
    typealias Datagram = (bytes: [UInt8], flow: Flow)

    private static let trying = Array("SIP/2.0 100 ".utf8)
    private static let acknowledgement = Array("ACK ".utf8)

    /// A 100 that waits for the requests of its input.
    private var response: Datagram?
    /// An ACK that waits for the responses of its input.
    private var request: Datagram?

    /// Takes the next datagram; `send` is called for those whose turn has come.
    mutating func add(_ datagram: Datagram, send: (Datagram) -> Void) {
        if datagram.bytes.first == Self.trying.first {
            Self.pass(datagram, waits: datagram.bytes.starts(with: Self.trying), behind: &response, send)
        } else {
            Self.pass(datagram, waits: datagram.bytes.starts(with: Self.acknowledgement), behind: &request, send)
        }
    }

    /// Whether a datagram waits.
    var isHolding: Bool { response != nil || request != nil }

    /// No datagram follows: `send` is called for those that wait.
    mutating func finish(send: (Datagram) -> Void) {
        if let request { send(request) }
        if let response { send(response) }
        request = nil
        response = nil
    }

    private static func pass(
        _ datagram: Datagram, waits: Bool, behind held: inout Datagram?, _ send: (Datagram) -> Void
    ) {
        if let earlier = held { send(earlier) }
        held = waits ? datagram : nil
        if !waits { send(datagram) }
    }
}
