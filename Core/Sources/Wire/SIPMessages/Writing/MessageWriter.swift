import Addresses

/// Writes messages. Whatever is appended to a header field stays in it: CR, LF and NUL of a value never get through,
/// a fold becomes one space.
public struct MessageWriter: ~Copyable {
    var buffer: MessageBuffer

    /// An empty writer with room for `capacity` bytes.
    public init(reserving capacity: Int = 1008) { buffer = MessageBuffer(capacity: capacity) }

    /// What has been written so far.
    public var bytes: [UInt8] { buffer.bytes }

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
        buffer.append(32)
        append(uri)
        append(" SIP/2.0")
        end()
    }

    /// The status line, with the registered phrase unless `reason` is given.
    public mutating func statusLine(_ status: StatusCode, reason: [UInt8]? = nil) {
        append("SIP/2.0 ")
        append(status.rawValue)
        buffer.append(32)
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
        append(name)
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

    mutating func begin(_ entry: HeaderFields.Entry, _ view: ByteView) {
        guard entry.isNamed(.other) else { return begin(entry.id) }
        buffer.append(view.buffer(entry.nameOffset, entry.nameOffset &+ entry.nameCount))
        append(": ")
    }

    /// Begins a field whose value is then appended piece by piece; `.other` has no name and must not be used.
    public mutating func begin(_ name: HeaderName) {
        buffer.append(name.canonical)
        buffer.append(UInt8(ascii: ":"), 32)
    }

    /// Ends the line.
    public mutating func end() {
        buffer.append(13, 10)
    }

    /// Appends a value of any origin.
    public mutating func append(_ value: [UInt8]) {
        value.withUnsafeBufferPointer { appendChecked($0) }
    }

    /// Appends a value of any origin.
    public mutating func append(_ value: ArraySlice<UInt8>) {
        value.withUnsafeBufferPointer { appendChecked($0) }
    }

    /// Appends text of our own.
    public mutating func append(_ text: StaticString) {
        buffer.append(text)
    }

    /// Appends a number in decimal.
    @inlinable public mutating func append(_ number: some BinaryInteger) {
        append(magnitude: UInt64(number.magnitude), isNegative: number < 0)
    }

    @usableFromInline mutating func append(magnitude: UInt64, isNegative: Bool) {
        if isNegative { buffer.append(UInt8(ascii: "-")) }
        buffer.append(decimal: magnitude)
    }

    /// Appends bytes of a received message, folds as one space.
    public mutating func append(_ message: SIPMessage, _ range: ByteRange) {
        message.withView(()) { view in
            let source = view.buffer(range.start, range.end)
            if message.layout.hasPlainHead && range.end <= message.layout.body.start {
                buffer.append(source)
            } else {
                appendUnfoldedOnce(source)
            }
        }
    }

    /// A field's value. Most messages have no folds: the parser says so, and then values need no second look.
    mutating func append(_ entry: HeaderFields.Entry, _ view: ByteView, of message: SIPMessage) {
        let source = view.buffer(entry.value.start, entry.value.end)
        if message.layout.hasPlainHead {
            buffer.append(source)
        } else {
            appendUnfoldedOnce(source)
        }
    }

    private mutating func appendUnfoldedOnce(_ source: UnsafeBufferPointer<UInt8>) {
        if isHarmless(source) { return buffer.append(source) }
        var unfolded: [UInt8] = []
        appendUnfolded(source, to: &unfolded)
        unfolded.withUnsafeBufferPointer { buffer.append($0) }
    }

    /// Appends an address as a host, IPv6 in brackets.
    public mutating func append(_ address: IPAddress) {
        if address.isIPv6 { buffer.append(UInt8(ascii: "[")) }
        append(textOf: address)
        if address.isIPv6 { buffer.append(UInt8(ascii: "]")) }
    }

    /// Appends an address without brackets.
    mutating func append(textOf address: IPAddress) {
        guard !address.isIPv6 else {
            var text: [UInt8] = []
            address.write(into: &text)
            return text.withUnsafeBufferPointer { buffer.append($0) }
        }
        for part in 0..<UInt64(4) {
            if part > 0 { buffer.append(UInt8(ascii: ".")) }
            buffer.append(decimal: (address.low >> (24 &- 8 &* part)) & 0xFF)
        }
    }

    /// Appends `host:port`.
    public mutating func append(_ endpoint: Endpoint) {
        append(endpoint.address)
        buffer.append(UInt8(ascii: ":"))
        buffer.append(decimal: UInt64(endpoint.port))
    }

    /// Appends the user part of a URI, with everything escaped that may not stand in one.
    public mutating func append(escapedUser user: [UInt8]) {
        for byte in user { SIPURI.escape(byte) { buffer.append($0) } }
    }

    /// Appends a quoted string: `"` and `\` escaped, control characters dropped (RFC 3261 §25.1 `quoted-string`).
    public mutating func quoted(_ display: [UInt8]) {
        buffer.append(UInt8(ascii: "\""))
        for byte in display where byte >= 32 && byte != 127 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { buffer.append(UInt8(ascii: "\\")) }
            buffer.append(byte)
        }
        buffer.append(UInt8(ascii: "\""))
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
        body.withUnsafeBufferPointer { buffer.append($0) }
        let whole = buffer.bytes
        buffer.removeAll()
        return whole
    }

    /// Appends bytes that nobody has looked at: what could end a line is taken out of them.
    private mutating func appendChecked(_ source: UnsafeBufferPointer<UInt8>) {
        if isHarmless(source) { return buffer.append(source) }
        var clean: [UInt8] = []
        clean.reserveCapacity(source.count)
        Self.appendUnfoldedLines(source, to: &clean)
        clean.withUnsafeBufferPointer { buffer.append($0) }
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
