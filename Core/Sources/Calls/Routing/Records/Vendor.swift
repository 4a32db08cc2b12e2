/// A carrier that connections lead to, as provisioned.
public struct Vendor: Equatable, Sendable {
    /// `i_vendor`.
    public var id: Int
    /// Name for people.
    public var name: String

    public init(id: Int, name: String) {
        self.id = id
        self.name = name
    }
}
