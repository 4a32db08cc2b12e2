/// What somebody who wants two parties connected asks for.
public struct CallbackOrder: Equatable, Sendable {
    /// The number that is called first.
    public var first: String
    /// The number that is called when the first party has answered.
    public var second: String
    /// The number that each of them sees; nil shows the other party's.
    public var firstShown: String?
    public var secondShown: String?
    /// Longest connected call in seconds; nil for the account's.
    public var creditSeconds: Int?

    public init(first: String, second: String) {
        self.first = first
        self.second = second
    }

    /// Longest number that is called or shown, in bytes.
    static let maximumNumberBytes = 128
    /// Longest credit time in seconds: a year.
    static let maximumCreditSeconds = 31_536_000

    /// Throws `missing` or `invalidValue` with the member of `names` that is at fault.
    func check(_ names: CallbackMembers) throws(ManagementError) {
        for (number, name) in [(first, names.first), (second, names.second)] {
            if number.isEmpty { throw .missing(name) }
        }
        let shown = [(firstShown, names.firstShown), (secondShown, names.secondShown)]
        let numbers = [(Optional(first), names.first), (Optional(second), names.second)] + shown
        for case (let number?, let name) in numbers where !Self.isNumber(number) {
            throw .invalidValue(
                name, allowed: "1 to \(Self.maximumNumberBytes) printable ASCII characters without blanks")
        }
        if let creditSeconds, !(1...Self.maximumCreditSeconds).contains(creditSeconds) {
            throw .invalidValue(names.creditTime, allowed: "1 to \(Self.maximumCreditSeconds) seconds")
        }
    }

    private static func isNumber(_ text: String) -> Bool {
        (1...maximumNumberBytes).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

/// What a surface calls the members of an order, for errors.
public struct CallbackMembers: Equatable, Sendable {
    var first: String
    var second: String
    var firstShown: String
    var secondShown: String
    var creditTime = "credit_time"

    /// `make2WayCallback` of the XML-RPC interface.
    public static let twoWayCallback = CallbackMembers(
        first: "cld_first", second: "cld_second", firstShown: "cli_first", secondShown: "cli_second")
    /// `makeCall`, which calls CLI and then connects CLD.
    public static let makeCall = CallbackMembers(first: "CLI", second: "CLD", firstShown: "CLD", secondShown: "CLI")
}
