/// Characters that text of an XML document does not hold as they are.
enum XMLEscape {
    /// What is written in place of the character at `position` of valid UTF-8, with the bytes of it; nil where it stays.
    @inline(__always)
    static func replacement(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> (StaticString, Int)? {
        let byte = text[position]
        if byte > 0x3E && byte < 0x7F { return nil }
        if byte >= 0x20 && byte < 0x80 { return markup(byte) }
        return byte < 0x20 ? control(byte) : nonCharacter(in: text, at: position)
    }

    private static func markup(_ byte: UInt8) -> (StaticString, Int)? {
        switch byte {
        case UInt8(ascii: "<"): ("&lt;", 1)
        case UInt8(ascii: ">"): ("&gt;", 1)
        case UInt8(ascii: "&"): ("&amp;", 1)
        default: nil
        }
    }

    /// Line ends survive as references: a bare CR would be read as LF.
    private static func control(_ byte: UInt8) -> (StaticString, Int)? {
        switch byte {
        case 9, 10: nil
        case 13: ("&#13;", 1)
        default: ("\u{FFFD}", 1)
        }
    }

    /// U+FFFE and U+FFFF.
    private static func nonCharacter(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> (StaticString, Int)? {
        guard text[position] == 0xEF, position + 2 < text.count, text[position + 1] == 0xBF, text[position + 2] >= 0xBE
        else { return nil }
        return ("\u{FFFD}", 3)
    }
}
