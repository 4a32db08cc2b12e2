import NIOCore

/// One request of HTTP/1.1, and how its answer is taken.
struct OutboundRequest: Sendable {
    /// Which bodies of answers are kept.
    enum Keeping: Equatable, Sendable { case all, xml, none }

    /// Whom it goes to.
    var url: CallbackURL
    /// Whether it is a GET; else it is a POST.
    var isGet: Bool
    /// Everything that is sent: request line, fields and body.
    var bytes: ByteBuffer
    /// Longest wait for the whole answer.
    var timeout: TimeAmount
    /// Which body is kept, and the most bytes of it.
    var keeping: Keeping
    var limit: Int
}
