import SIPMessages

/// The final answers of a connection that end the hunt, written as `486,600-699`.
public struct HuntstopCodes: Equatable, Sendable {
    /// A list that cannot be read: the item, and what is allowed.
    public struct ParseError: Error, Equatable, Sendable {
        /// The item that stopped the reader.
        public let item: String
        /// What is allowed, in plain words.
        public let allowed = "statuses and ranges of statuses from 300 to 699, joined by commas, as 486,600-699"
    }

    private let ranges: [ClosedRange<UInt16>]

    /// 486 and 6xx: the callee is there and does not want the call.
    public static let standard = HuntstopCodes(ranges: [486...486, 600...699])

    private init(ranges: [ClosedRange<UInt16>]) { self.ranges = ranges }

    /// The codes that `text` lists; an empty text lists none. Throws where it is not of that form.
    public init(_ text: String) throws(ParseError) {
        var ranges: [ClosedRange<UInt16>] = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) where !text.isEmpty {
            let ends = item.split(separator: "-", omittingEmptySubsequences: false).map { Self.status($0) }
            guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else {
                throw ParseError(item: String(item))
            }
            ranges.append(first...last)
        }
        self.ranges = ranges
    }

    /// Whether the hunt ends with this answer.
    public func contains(_ status: StatusCode) -> Bool { ranges.contains { $0.contains(status.rawValue) } }

    private static func status(_ text: Substring) -> UInt16? {
        let digits = text.utf8.drop { $0 == 0x20 }
        let number = digits.prefix { $0 != 0x20 }
        guard number.count == 3, digits.dropFirst(3).allSatisfy({ $0 == 0x20 }), number.allSatisfy({ $0 &- 48 < 10 })
        else { return nil }
        return UInt16(Substring(number)).flatMap { (300...699).contains($0) ? $0 : nil }
    }
}
