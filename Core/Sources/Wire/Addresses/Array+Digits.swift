extension [UInt8] {
    /// Appends the number in decimal digits.
    mutating func appendDecimal(_ number: UInt64) {
        if number >= 10 { appendDecimal(number / 10) }
        append(UInt8(truncatingIfNeeded: 48 &+ number % 10))
    }

    /// Appends the number in lower-case hexadecimal digits.
    mutating func appendHexadecimal(_ number: UInt64) {
        if number >= 16 { appendHexadecimal(number >> 4) }
        let digit = UInt8(truncatingIfNeeded: number & 15)
        append(digit < 10 ? 48 &+ digit : 87 &+ digit)
    }
}
