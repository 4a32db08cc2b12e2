/// Which part of a list a request asks for: `page` from 0 and `size`, 25 where nothing is said and at most 1000.
public struct PageRequest: Hashable, Sendable {
    public var page: Int
    public var size: Int

    public static let defaultSize = 25
    public static let maximumSize = 1000

    public init(page: Int = 0, size: Int = defaultSize) {
        self.page = page
        self.size = size
    }

    /// Reads `page` and `size` of a query; `size` where it names none.
    public init(_ query: RequestQuery, size defaultSize: Int = defaultSize) throws(RESTError) {
        page = try query.integer("page", in: 0...1_000_000_000) ?? 0
        size = try query.integer("size", in: 1...Self.maximumSize) ?? defaultSize
    }

    /// Position of the first item.
    public var offset: Int { page * size }
}
