import Timeline

/// Digits in SIP INFO: the forms `application/dtmf-relay` and `application/dtmf` that telephones use.
enum DigitInformation {
    /// The digit of an INFO request; nil where it carries none.
    static func digit(_ type: [UInt8], _ body: [UInt8]) -> UInt8? {
        let name = String(decoding: type.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self).lowercased()
            .filter { $0 != " " }
        if name == "application/dtmf" { return key(body[...]) }
        guard name == "application/dtmf-relay" else { return nil }
        for line in body.split(whereSeparator: { $0 == 0x0D || $0 == 0x0A }).prefix(8) {
            let parts = line.split(separator: UInt8(ascii: "="), maxSplits: 1)
            guard parts.count == 2, String(decoding: parts[0], as: UTF8.self).lowercased().hasPrefix("signal") else {
                continue
            }
            return key(parts[1])
        }
        return nil
    }

    /// The type and body of an INFO request with a digit.
    static func write(_ digit: UInt8, _ duration: Duration) -> (type: [UInt8], body: [UInt8]) {
        let body = Array("Signal=".utf8) + [digit] + Array("\r\nDuration=\(duration.milliseconds)\r\n".utf8)
        return (Array("application/dtmf-relay".utf8), body)
    }

    private static func key(_ text: ArraySlice<UInt8>) -> UInt8? {
        let trimmed = text.filter { $0 > 0x20 }
        // Some telephones write 10 and 11 for the star and the square.
        if trimmed.elementsEqual("10".utf8) { return UInt8(ascii: "*") }
        if trimmed.elementsEqual("11".utf8) { return UInt8(ascii: "#") }
        guard trimmed.count == 1, let key = trimmed.first else { return nil }
        let upper = (0x61...0x64).contains(key) ? key - 0x20 : key
        let isDigit = (0x30...0x39).contains(upper) || (0x41...0x44).contains(upper)
        return isDigit || upper == UInt8(ascii: "*") || upper == UInt8(ascii: "#") ? upper : nil
    }
}
