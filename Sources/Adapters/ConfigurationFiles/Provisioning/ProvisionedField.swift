import Accounting
import Routing

/// One key of an object in the words of the provisioning file.
public struct ProvisionedField: Equatable, Sendable {
    /// The key as the file writes it; `routes "44"` says which element it is.
    public var key: String
    /// The value as the file would write it; of a secret the secret itself, which is never shown.
    public var text: String

    /// Keys whose values are never shown.
    static let secretKeys: Set<String> = ["api_password", "voip_password", "password", "secret"]

    /// Whether the value is never shown.
    public var isSecret: Bool { Self.secretKeys.contains(key) }
    /// The value as it may be shown.
    public var shown: String { isSecret && text != "null" ? "(secret)" : text }

    init(_ key: String, text: String) {
        self.key = key
        self.text = text
    }

    init(_ key: String, _ value: String?) {
        self.init(key, text: value.map(Self.written) ?? "null")
    }

    init(_ key: String, _ value: Int?) {
        self.init(key, text: value.map { "\($0)" } ?? "null")
    }

    init(_ key: String, _ value: Bool) {
        self.init(key, text: "\(value)")
    }

    init(_ key: String, _ value: Duration?) {
        self.init(key, text: value.map(DurationText.write) ?? "null")
    }

    init(_ key: String, date: Int64?) {
        self.init(key, text: date.map(DateText.write) ?? "null")
    }

    init<T: RawRepresentable<String>>(_ key: String, choice: T?) {
        self.init(key, text: choice?.rawValue ?? "null")
    }

    /// The text plain where it is a simple word, else between quotes.
    private static func written(_ text: String) -> String {
        let isSimple =
            !text.isEmpty && text != "null"
            && text.utf8.allSatisfy { byte in
                byte &- 48 < 10 || byte | 0x20 &- 97 < 26 || "+-._@:/;=".utf8.contains(byte)
            }
        return isSimple ? text : "\"\(text.printable)\""
    }
}
