/// A parsed SIP message: the bytes as received and a table of what lies where. Nothing is copied out of the bytes
/// before somebody asks; two messages are equal when their bytes are.
public struct SIPMessage: Equatable, Sendable {
    /// The datagram's or frame's bytes.
    public let bytes: [UInt8]
    /// The header fields in the order received.
    public let headers: HeaderFields
    let layout: MessageLayout

    init(bytes: [UInt8], headers: HeaderFields, layout: MessageLayout) {
        self.bytes = bytes
        self.headers = headers
        self.layout = layout
    }

    public static func == (left: SIPMessage, right: SIPMessage) -> Bool { left.bytes == right.bytes }
}

extension SIPMessage {
    /// What the first line says.
    public var startLine: StartLine {
        layout.isRequest
            ? .request(layout.method, method: layout.methodToken.range, uri: layout.target.range)
            : .response(layout.status, reason: layout.target.range)
    }

    /// The body: Content-Length bytes, or the rest of the datagram.
    public var body: ByteRange { layout.body.range }
    /// The topmost Via.
    public var via: Via { layout.via.via }
    /// The branch of the topmost Via.
    public var branch: ByteRange? { layout.via.branch.optional }
    /// Whether that branch begins with the magic cookie of RFC 3261 §8.1.1.7.
    public var hasMagicCookie: Bool { layout.via.hasMagicCookie }
    /// The From field.
    public var from: NameAddress { layout.from.nameAddress }
    /// The To field.
    public var to: NameAddress { layout.to.nameAddress }
    /// The Call-ID's value.
    public var callID: ByteRange { layout.callID.range }
    /// The CSeq field.
    public var cSeq: CSeq {
        CSeq(number: layout.cSeqNumber, method: layout.cSeqMethod, methodToken: layout.cSeqToken.range)
    }
    /// The request's method, or the CSeq's in a response.
    public var method: Method { layout.isRequest ? layout.method : layout.cSeqMethod }
    /// The bytes of the request's method; of the CSeq's in a response.
    public var methodToken: ByteRange { layout.isRequest ? layout.methodToken.range : layout.cSeqToken.range }
    /// Whether this is a request.
    public var isRequest: Bool { layout.isRequest }
    /// The status of a response; nil for a request.
    public var status: StatusCode? { layout.isRequest ? nil : layout.status }
    /// The Request-URI's bytes; empty for a response.
    public var requestURI: ByteRange { layout.isRequest ? layout.target.range : ByteRange(offset: 0, count: 0) }
    /// Max-Forwards, where given.
    public var maxForwards: UInt8? { UInt8(exactly: layout.maxForwards) }
    /// Content-Length, where given.
    public var contentLength: Int? { layout.contentLength < 0 ? nil : Int(layout.contentLength) }

    /// The value of the first field of this name.
    public func first(_ name: HeaderName) -> ByteRange? { headers.first(name) }

    /// How many fields have this name.
    public func count(of name: HeaderName) -> Int { headers.count(of: name) }

    /// The bytes of `range`, folds included.
    public func copy(_ range: ByteRange) -> [UInt8] {
        withView([]) { Array($0.buffer(range.start, range.end)) }
    }

    /// The bytes of `range` with every fold turned into one space: safe to write into another message.
    public func unfolded(_ range: ByteRange) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Int(range.count))
        appendUnfolded(range, to: &result)
        return result
    }

    /// The display name of an address as people read it: without folds, quotes and escapes (RFC 3261 §25.1); nil where
    /// there is none.
    public func displayName(of address: NameAddress) -> [UInt8]? {
        guard let range = address.display else { return nil }
        let written = unfolded(range)
        let quote = UInt8(ascii: "\"")
        guard written.count >= 2, written.first == quote, written.last == quote else { return written }
        var name: [UInt8] = []
        var isEscaped = false
        for byte in written.dropFirst().dropLast() {
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
            } else {
                name.append(byte)
                isEscaped = false
            }
        }
        return name
    }

    /// Appends the bytes of `range` as `copy` gives them.
    public func append(_ range: ByteRange, to result: inout [UInt8]) {
        withView(()) { result.append(contentsOf: $0.buffer(range.start, range.end)) }
    }

    /// Appends the bytes of `range` as `unfolded` gives them.
    public func appendUnfolded(_ range: ByteRange, to result: inout [UInt8]) {
        withView(()) { view in
            let source = view.buffer(range.start, range.end)
            if layout.hasPlainHead && range.end <= layout.body.start {
                result.append(contentsOf: source)
            } else {
                SIPMessages.appendUnfolded(source, to: &result)
            }
        }
    }

    /// Whether the bytes of `range` are `other`.
    public func equals(_ range: ByteRange, _ other: [UInt8]) -> Bool {
        other.withUnsafeBufferPointer { equals(range, $0) }
    }

    /// Whether the bytes of `range` are `other`.
    public func equals(_ range: ByteRange, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard Int(range.count) == other.count else { return false }
        return withView(other.isEmpty) { view in
            guard range.end <= view.count, let right = ByteView(other) else { return other.isEmpty }
            return ByteView(base: view.base + range.start, count: other.count).equals(right)
        }
    }

    /// Whether the bytes of `range` are `text`, which must be in lower case, in any case.
    public func equals(_ range: ByteRange, lowercase text: StaticString) -> Bool {
        withView(text.utf8CodeUnitCount == 0) { $0.spells(text, from: range.start, to: range.end) }
    }

    /// Lends the bytes of `range` to `body`, which must not keep them.
    public func withBytes<Result, Failure: Error>(
        _ range: ByteRange, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withUnsafeBufferPointer { buffer throws(Failure) in
            let start = min(range.start, buffer.count)
            let end = min(max(range.end, start), buffer.count)
            return try body(UnsafeBufferPointer(rebasing: buffer[start..<end]))
        }
    }

    /// Runs `body` over the bytes, or gives `fallback` for a message without any.
    func withView<Result>(_ fallback: Result, _ body: (ByteView) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { buffer in
            guard let view = ByteView(buffer) else { return fallback }
            return body(view)
        }
    }
}

extension SIPMessage: CustomStringConvertible {
    /// The first line and the size; never a header field, which may hold secrets.
    public var description: String {
        let line = withView("") { String(decoding: $0.buffer(0, min($0.first(13, from: 0), 200)), as: UTF8.self) }
        return "\(line) (\(bytes.count) bytes)"
    }
}
