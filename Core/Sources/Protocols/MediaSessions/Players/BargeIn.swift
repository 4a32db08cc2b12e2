/// Which new digits end a play or a recording; digits that are already in the buffer never do.
public enum BargeIn: Hashable, Sendable {
    case off
    /// Any digit.
    case anyDigit
    /// One of these characters.
    case digits([UInt8])

    /// Whether `digit` ends it.
    public func isEnded(by digit: UInt8) -> Bool {
        switch self {
        case .off: false
        case .anyDigit: true
        case .digits(let digits): digits.contains(digit)
        }
    }
}
