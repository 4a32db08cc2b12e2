/// What the parser notes of every message; about 100 bytes.
struct MessageLayout: Sendable, BitwiseCopyable {
    var isRequest = true
    /// Whether the head holds no control character but the ends of its lines: no folds, nothing escaped.
    var hasPlainHead = false
    var method = Method.unknown
    var cSeqMethod = Method.unknown
    /// -1 where there is none.
    var maxForwards: Int16 = -1
    var status = StatusCode(0)
    var cSeqNumber: UInt32 = 0
    /// -1 where there is none.
    var contentLength: Int32 = -1
    var methodToken = ShortRange()
    /// The Request-URI, or the reason phrase.
    var target = ShortRange()
    var callID = ShortRange()
    var cSeqToken = ShortRange()
    var body = ShortRange()
    var via = PackedVia()
    var from = PackedNameAddress()
    var to = PackedNameAddress()
}
