/// Parses one whole message: a datagram, or a frame that `StreamFramer` cut.
///
/// A parser keeps the table of header fields of its last message for the next one: as long as nobody kept that message,
/// parsing allocates nothing. The static form is for occasional use.
public struct MessageParser: Sendable {
    /// Longer messages are refused with 513; no datagram is longer.
    public static let maximumMessageSize = 65_535
    /// Messages with more fields are refused.
    public static let maximumHeaderCount = 256

    private var fields = HeaderFields()

    public init() { fields.entries.reserveCapacity(Self.usualHeaderCount) }

    /// The message that `bytes` hold. Bytes behind Content-Length are ignored (RFC 3261 §18.3).
    ///
    /// Throws what is wrong and the status it deserves; `partial` is what to answer to, and nil means silence.
    public static func parse(_ bytes: [UInt8]) throws(SIPParseError) -> SIPMessage {
        var parser = MessageParser()
        return try parser.parse(bytes)
    }

    /// As the static form, but with the storage of the message before, if that is gone.
    public mutating func parse(_ bytes: [UInt8]) throws(SIPParseError) -> SIPMessage {
        if fields.entries.capacity > 2 * Self.usualHeaderCount { reset() }
        fields.removeAll()
        guard bytes.count <= Self.maximumMessageSize else {
            throw FieldFailure(.messageTooLarge, .other, at: Self.maximumMessageSize).error(partial: nil)
        }
        var layout = MessageLayout()
        var failure: FieldFailure? = FieldFailure(.empty, .other, at: 0)
        bytes.withUnsafeBufferPointer { buffer in
            guard let view = ByteView(buffer) else { return }
            withUnsafeTemporaryAllocation(of: HeaderFields.Entry.self, capacity: ParserPass.tableCapacity) { table in
                var pass = ParserPass(view: view, table: table)
                pass.run(&fields)
                failure = pass.failure
                layout = pass.layout
            }
        }
        let message = SIPMessage(bytes: bytes, headers: fields, layout: layout)
        guard let failure else { return message }
        let isAnswerable = layout.isRequest && layout.method != .ack && layout.via.host.count > 0
        throw failure.error(partial: isAnswerable ? message : nil)
    }

    /// Room for this many fields is kept from message to message.
    private static let usualHeaderCount = 32

    /// One message with very many fields must not make every table after it large.
    private mutating func reset() {
        fields = HeaderFields()
        fields.entries.reserveCapacity(Self.usualHeaderCount)
    }
}
