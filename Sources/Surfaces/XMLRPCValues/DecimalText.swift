/// Doubles in plain decimal notation.
enum DecimalText {
    /// `number` with the fewest digits that read back as it, without an exponent: `0`, `41.50611`, `0.000001`. What is
    /// not finite is written as 0, and what lies beyond 10^15 as a whole number.
    static func write(_ number: Double) -> [UInt8] {
        guard number.isFinite else { return [48] }
        if number == 0 { return [48] }
        let text = "\(number)"
        guard let mark = text.utf8.firstIndex(of: UInt8(ascii: "e")) else {
            return Array(text.hasSuffix(".0") ? text.dropLast(2).utf8 : text[...].utf8)
        }
        let exponent = Int(text[text.utf8.index(after: mark)...]) ?? 0
        let sign = number < 0 ? [UInt8(ascii: "-")] : []
        let mantissa = text[..<mark].utf8.filter { $0 != UInt8(ascii: "-") }
        var digits = mantissa.filter { $0 != UInt8(ascii: ".") }
        while digits.count > 1 && digits.last == 48 { digits.removeLast() }
        if exponent < 0 {
            return sign + [48, UInt8(ascii: ".")] + [UInt8](repeating: 48, count: -exponent - 1) + digits
        }
        let zeros = [UInt8](repeating: 48, count: max(0, exponent + 1 - digits.count))
        return sign + digits + zeros
    }
}
