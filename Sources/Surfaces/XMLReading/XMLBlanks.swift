extension UInt8 {
    /// Whether it is one of the four blanks of XML.
    public var isXMLBlank: Bool { self == 32 || self == 9 || self == 10 || self == 13 }
}

extension String {
    /// The text without blanks of XML at both ends.
    public var withoutOuterBlanks: String {
        let bytes = utf8
        guard let first = bytes.firstIndex(where: { !$0.isXMLBlank }),
            let last = bytes.lastIndex(where: { !$0.isXMLBlank })
        else { return "" }
        return String(self[first...last])
    }
}
