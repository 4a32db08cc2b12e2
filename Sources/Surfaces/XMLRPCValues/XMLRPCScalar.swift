import Foundation
import XMLReading

/// The types whose value is one text.
enum XMLRPCScalar: String {
    case integer, boolean, double, string, date, base64

    /// The type that an element inside of `value` names; nil for others.
    init?(element: String) {
        switch element {
        case "int", "i4", "i8", "i1", "i2", "ex:i1", "ex:i2", "ex:i8": self = .integer
        case "boolean": self = .boolean
        case "double": self = .double
        case "string": self = .string
        case "dateTime.iso8601": self = .date
        case "base64": self = .base64
        default: return nil
        }
    }

    /// The value of this type that `text` writes; nil where it writes none.
    func value(of text: String) -> XMLRPCValue? {
        switch self {
        case .integer: Int64(text.withoutOuterBlanks).map { .integer($0) }
        case .boolean: XMLRPCText.boolean(text.withoutOuterBlanks).map { .boolean($0) }
        case .double: XMLRPCText.double(text.withoutOuterBlanks).map { .double($0) }
        case .string: .string(text)
        case .date: .dateTime(text.withoutOuterBlanks)
        case .base64: Data(base64Encoded: text, options: .ignoreUnknownCharacters).map { .base64(Array($0)) }
        }
    }
}

/// Values written as text.
public enum XMLRPCText {
    /// `0`, `1`, `true`, `false`, `True` or `False`; nil for anything else.
    public static func boolean(_ text: String) -> Bool? {
        switch text {
        case "1", "true", "True": true
        case "0", "false", "False": false
        default: nil
        }
    }

    /// The text without blanks of XML at both ends.
    public static func trimmed(_ text: String) -> String { text.withoutOuterBlanks }

    /// A finite decimal number, with or without an exponent; nil for anything else.
    public static func double(_ text: String) -> Double? {
        let isPlain = text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || "+-.eE".utf8.contains(byte)
        }
        guard isPlain, let number = Double(text), number.isFinite else { return nil }
        return number
    }
}
