import Foundation

/// The query of a request, read with the same leniency as a body.
public struct RequestQuery: Hashable, Sendable {
    /// Names and values in their order, with escapes undone.
    public let items: [Item]

    /// A name and its value.
    public struct Item: Hashable, Sendable {
        public var name: String
        public var value: String
    }

    /// Most items that are read; the rest is ignored.
    private static let maximumItems = 100

    /// Reads what stands behind the `?`. A `+` stands for itself, as clients send telephone numbers unescaped; what is
    /// not UTF-8 is left as it is.
    public init(_ text: String?) {
        items = (text ?? "").split(separator: "&").prefix(Self.maximumItems).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return Item(name: Self.plain(parts[0]), value: parts.count == 2 ? Self.plain(parts[1]) : "")
        }
    }

    private static func plain(_ text: Substring) -> String { String(text).removingPercentEncoding ?? String(text) }

    /// The value of a name; nil where it is absent or empty.
    public subscript(_ name: String) -> String? {
        items.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// A whole number within bounds.
    public func integer(_ name: String, in range: ClosedRange<Int>) throws(RESTError) -> Int? {
        guard let text = self[name] else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw .invalid(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// One of the words of a type, without case.
    public func choice<Word: RawRepresentable & CaseIterable>(
        _ name: String, of type: Word.Type = Word.self
    ) throws(RESTError) -> Word? where Word.RawValue == String {
        guard let text = self[name] else { return nil }
        guard let word = Word.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) else {
            throw .invalid(name, "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }
}
