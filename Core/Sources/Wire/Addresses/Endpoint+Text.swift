extension Endpoint: CustomStringConvertible, LosslessStringConvertible {
    /// The endpoint written as `192.0.2.1:5060` or `[2001:db8::1]:5060`; nil where the port is missing or too large.
    public init?(_ bytes: [UInt8]) {
        let parsed = bytes.withUnsafeBufferPointer { text -> Endpoint? in
            var reader = AddressReader(text: text)
            guard text.first == UInt8(ascii: "[") || !text.contains(UInt8(ascii: "[")),
                let address = reader.address(), !address.isIPv6 || text.first == UInt8(ascii: "["),
                reader.take(UInt8(ascii: ":")), let port = reader.port(), reader.isAtEnd
            else { return nil }
            return Endpoint(address, port)
        }
        guard let parsed else { return nil }
        self = parsed
    }

    /// The endpoint written in `text`; the same forms as for bytes.
    public init?(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// Appends `192.0.2.1:5060` or `[2001:db8::1]:5060`, the form of sent-by and of URIs.
    public func write(into bytes: inout [UInt8]) {
        address.writeHost(into: &bytes)
        bytes.append(UInt8(ascii: ":"))
        bytes.appendDecimal(UInt64(port))
    }

    /// The endpoint as `write(into:)` writes it.
    public var description: String {
        var bytes: [UInt8] = []
        write(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
