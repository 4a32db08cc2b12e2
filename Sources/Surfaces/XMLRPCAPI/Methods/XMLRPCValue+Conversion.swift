import XMLRPCValues

extension XMLRPCValue {
    /// The whole number that the value stands for; nil where it stands for none.
    var asInteger: Int? {
        switch self {
        case .integer(let number): Int(exactly: number)
        case .boolean(let isTrue): isTrue ? 1 : 0
        case .double(let number): Int(exactly: number)
        case .string(let text): Int(XMLRPCText.trimmed(text))
        case .dateTime, .base64, .array, .written, .structure, .null: nil
        }
    }

    /// The text that the value stands for; nil where it stands for none.
    var asString: String? {
        switch self {
        case .integer(let number): "\(number)"
        case .boolean(let isTrue): isTrue ? "1" : "0"
        case .double(let number): Int64(exactly: number).map { "\($0)" } ?? "\(number)"
        case .string(let text), .dateTime(let text): text
        case .base64, .array, .written, .structure, .null: nil
        }
    }

    /// The truth value that the value stands for; nil where it stands for none.
    var asBoolean: Bool? {
        switch self {
        case .boolean(let isTrue): isTrue
        case .integer(let number): number == 0 ? false : number == 1 ? true : nil
        case .double(let number): number == 0 ? false : number == 1 ? true : nil
        case .string(let text): XMLRPCText.boolean(XMLRPCText.trimmed(text))
        case .dateTime, .base64, .array, .written, .structure, .null: nil
        }
    }

    /// The number that the value stands for; nil where it stands for none.
    var asDouble: Double? {
        switch self {
        case .double(let number): number
        case .integer(let number): Double(number)
        case .boolean(let isTrue): isTrue ? 1 : 0
        case .string(let text): XMLRPCText.double(XMLRPCText.trimmed(text))
        case .dateTime, .base64, .array, .written, .structure, .null: nil
        }
    }

    /// The text of a date; nil for other types.
    var asDateText: String? {
        switch self {
        case .dateTime(let text), .string(let text): text
        case .integer, .boolean, .double, .base64, .array, .written, .structure, .null: nil
        }
    }
}
