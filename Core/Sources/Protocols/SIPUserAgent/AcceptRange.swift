import SIPMessages

extension SIPMessage {
    /// Whether one value of Accept covers the media type `type/subtype`, given in lower case (RFC 3261 §20.1).
    func accepts(_ value: ByteRange, _ type: StaticString) -> Bool {
        var text: [UInt8] = []
        for byte in copy(value) {
            if byte == UInt8(ascii: ";") { break }
            if byte > 0x20 { text.append(byte >= 65 && byte <= 90 ? byte | 0x20 : byte) }
        }
        if text == Array("*/*".utf8) { return true }
        return type.withUTF8Buffer { wanted in
            if text.elementsEqual(wanted) { return true }
            guard let slash = wanted.firstIndex(of: UInt8(ascii: "/")) else { return false }
            return text.elementsEqual(wanted[...slash] + [UInt8(ascii: "*")])
        }
    }
}
