import Addresses

/// Writes messages. Whatever is appended to a header field stays in it: CR, LF and NUL of a value never get through,
/// a fold becomes one space.
public struct MessageWriter: Sendable {
    /// What has been written so far.
    public var bytes: [UInt8]

    /// An empty writer with room for `capacity` bytes.
    public init(reserving capacity: Int = 960) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// The request line.
    public mutating func requestLine(_ method: Method, uri: [UInt8]) {
        append(method.token)
        finishRequestLine(uri)
    }

    /// The request line for a method that only its bytes name.
    public mutating func requestLine(method: [UInt8], uri: [UInt8]) {
        append(method)
        finishRequestLine(uri)
    }

    private mutating func finishRequestLine(_ uri: [UInt8]) {
        bytes.append(32)
        append(uri)
        append(" SIP/2.0")
        end()
    }

    /// The status line, with the registered phrase unless `reason` is given.
    public mutating func statusLine(_ status: StatusCode, reason: [UInt8]? = nil) {
        append("SIP/2.0 ")
        append(status.rawValue)
        bytes.append(32)
        if let reason { append(reason) } else { append(status.reasonPhrase) }
        end()
    }

    /// One whole field.
    public mutating func header(_ name: HeaderName, _ value: [UInt8]) {
        begin(name)
        append(value)
        end()
    }

    /// One whole field.
    public mutating func header(_ name: HeaderName, _ value: StaticString) {
        begin(name)
        append(value)
        end()
    }

    /// One whole field with a decimal number.
    public mutating func header(_ name: HeaderName, _ value: Int) {
        begin(name)
        append(value)
        end()
    }

    /// One whole field of any name. Writes nothing where the name is no token, so that a name cannot smuggle in a field.
    public mutating func header(named name: [UInt8], value: [UInt8]) {
        guard !name.isEmpty, name.allSatisfy({ $0.isToken }) else { return }
        bytes.append(contentsOf: name)
        append(": ")
        append(value)
        end()
    }

    /// All fields of this name of `message`, unfolded, in their order, one line each.
    public mutating func copy(_ name: HeaderName, of message: SIPMessage) {
        guard message.headers.contains(name) else { return }
        message.withView(()) { view in
            for entry in message.headers.entries where entry.isNamed(name) {
                begin(entry, view)
                append(entry, view, of: message)
                end()
            }
        }
    }

    /// The field at `position` of the header table of `message`, unfolded; a known field gets its long name.
    public mutating func copy(fieldAt position: Int, of message: SIPMessage) {
        guard message.headers.indices.contains(position) else { return }
        let entry = message.headers.entries[position]
        message.withView(()) { view in
            begin(entry, view)
            append(entry, view, of: message)
            end()
        }
    }

    private mutating func begin(_ entry: HeaderFields.Entry, _ view: ByteView) {
        guard entry.isNamed(.other) else { return begin(entry.id) }
        bytes.append(contentsOf: view.buffer(entry.nameOffset, entry.nameOffset &+ entry.nameCount))
        append(": ")
    }

    /// Begins a field whose value is then appended piece by piece; `.other` has no name and must not be used.
    public mutating func begin(_ name: HeaderName) {
        append(name.canonical)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(32)
    }

    /// Ends the line.
    public mutating func end() {
        bytes.append(13)
        bytes.append(10)
    }

    /// Appends a value of any origin.
    public mutating func append(_ value: [UInt8]) {
        value.withUnsafeBufferPointer { Self.append($0, to: &bytes) }
    }

    /// Appends a value of any origin.
    public mutating func append(_ value: ArraySlice<UInt8>) {
        value.withUnsafeBufferPointer { Self.append($0, to: &bytes) }
    }

    /// Appends text of our own.
    public mutating func append(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends a number in decimal.
    public mutating func append(_ number: some BinaryInteger) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        appendDigits(UInt64(number.magnitude))
    }

    private mutating func appendDigits(_ number: UInt64) {
        if number >= 10 { appendDigits(number / 10) }
        bytes.append(UInt8(truncatingIfNeeded: 48 &+ number % 10))
    }

    /// Appends bytes of a received message, folds as one space.
    public mutating func append(_ message: SIPMessage, _ range: ByteRange) {
        message.withView(()) { appendUnfolded($0.buffer(range.start, range.end), to: &bytes) }
    }

    /// A field's value. Most messages have no folds: the parser says so, and then values need no second look.
    private mutating func append(_ entry: HeaderFields.Entry, _ view: ByteView, of message: SIPMessage) {
        let source = view.buffer(entry.value.start, entry.value.end)
        if message.layout.hasPlainHead {
            bytes.append(contentsOf: source)
        } else {
            appendUnfolded(source, to: &bytes)
        }
    }

    /// Appends an address as a host, IPv6 in brackets.
    public mutating func append(_ address: IPAddress) { address.writeHost(into: &bytes) }

    /// Appends `host:port`.
    public mutating func append(_ endpoint: Endpoint) { endpoint.write(into: &bytes) }

    /// Appends a quoted string: `"` and `\` escaped, control characters dropped (RFC 3261 §25.1 `quoted-string`).
    public mutating func quoted(_ display: [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in display where byte >= 32 && byte != 127 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes Content-Type, Content-Length, the empty line and the body, and gives the whole message.
    public mutating func finish(contentType: StaticString? = nil, body: [UInt8] = []) -> [UInt8] {
        if let contentType, !body.isEmpty { header(.contentType, contentType) }
        return close(body)
    }

    /// As above, with a type that was received or configured.
    public mutating func finish(contentType: [UInt8], body: [UInt8]) -> [UInt8] {
        if !body.isEmpty { header(.contentType, contentType) }
        return close(body)
    }

    private mutating func close(_ body: [UInt8]) -> [UInt8] {
        header(.contentLength, body.count)
        end()
        bytes.append(contentsOf: body)
        var whole: [UInt8] = []
        swap(&whole, &bytes)
        return whole
    }

    private static func append(_ source: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        guard !isHarmless(source) else {
            bytes.append(contentsOf: source)
            return
        }
        var clean: [UInt8] = []
        clean.reserveCapacity(source.count)
        appendUnfoldedLines(source, to: &clean)
        bytes.append(contentsOf: clean)
    }

    /// A line end with a blank behind it is a fold and becomes one space; other line ends and NUL are dropped.
    private static func appendUnfoldedLines(_ source: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        var position = 0
        while position < source.count {
            let byte = source[position]
            position += 1
            if byte == 0 { continue }
            guard byte == 13 || byte == 10 else {
                bytes.append(byte)
                continue
            }
            var hasBlank = false
            while position < source.count && (source[position].isWhitespace || source[position] == 0) {
                hasBlank = hasBlank || source[position] == 32 || source[position] == 9
                position += 1
            }
            if hasBlank { bytes.append(32) }
        }
    }
}
