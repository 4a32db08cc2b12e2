/// The sixteen keys of push-button dialling and their frequencies (ITU-T Q.23).
public enum DTMFKeypad {
    /// The characters, row by row.
    public static let digits: [UInt8] = Array("123A456B789C*0#D".utf8)
    /// Hertz of the rows.
    static let lowGroup: [Float] = [697, 770, 852, 941]
    /// Hertz of the columns.
    static let highGroup: [Float] = [1209, 1336, 1477, 1633]

    /// Row times four plus column of a key; nil for a character that is none.
    static func position(of digit: UInt8) -> Int? { digits.firstIndex(of: digit) }
}
