extension String {
    /// The text with control characters, line separators and direction marks written as `\u{…}`, so that it can
    /// neither break a line nor steer a terminal.
    public var printable: String {
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return self }
        var text = ""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// At most 60 printable characters of the text between quotes, for errors.
    var quoted: String {
        let start = prefix(60)
        return "\"\(String(start).printable)\(start.endIndex < endIndex ? "…" : "")\""
    }
}
