import SQLiteStore

/// An object with the documented fields that are kept for it and that the switch does not act on.
public struct Provisioned<Object: Sendable>: Sendable {
    public var object: Object
    public var attributes: Attributes

    public init(_ object: Object, attributes: Attributes = [:]) {
        self.object = object
        self.attributes = attributes
    }
}

/// The part of a list that is asked for.
public struct ProvisioningPage: Sendable {
    /// How many are left out at the beginning.
    public var offset: Int
    /// Most that are given; nil for all.
    public var limit: Int?

    public init(offset: Int = 0, limit: Int? = nil) {
        self.offset = max(0, offset)
        self.limit = limit.map { max(0, $0) }
    }

    /// Everything.
    public static let all = ProvisioningPage()

    func apply<Objects: Sequence>(to objects: Objects) -> [Objects.Element] {
        let rest = objects.dropFirst(offset)
        return limit.map { Array(rest.prefix($0)) } ?? Array(rest)
    }
}
