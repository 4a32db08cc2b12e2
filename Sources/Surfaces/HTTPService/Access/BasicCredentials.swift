import Foundation

/// What a request says about its sender: HTTP Basic (RFC 7617).
public struct BasicCredentials: Equatable, Sendable {
    /// Everything before the first colon.
    public let user: [UInt8]
    public let password: [UInt8]

    /// Reads the value of an Authorization field; nil where it is missing or of another form.
    public init?(_ field: String?) {
        let parts = (field ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let data = Data(base64Encoded: parts[1].trimmingCharacters(in: .whitespaces)),
            let colon = data.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        user = [UInt8](data[..<colon])
        password = [UInt8](data[data.index(after: colon)...])
    }
}
