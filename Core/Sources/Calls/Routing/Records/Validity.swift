/// When something provisioned is in force, in milliseconds since 1970-01-01 00:00 UTC.
public struct Validity: Hashable, Sendable {
    /// From when on; nil for always.
    public var activation: Int64?
    /// Until when, that instant excluded; nil for ever.
    public var expiration: Int64?

    public init(activation: Int64? = nil, expiration: Int64? = nil) {
        self.activation = activation
        self.expiration = expiration
    }

    /// Whether it is in force at `now`; where `now` is nil, dates do not count.
    public func contains(_ now: Int64?) -> Bool {
        guard let now else { return true }
        return (activation ?? .min) <= now && now < (expiration ?? .max)
    }

    /// The next instant after `now` at which `contains` changes; nil for none.
    func nextChange(after now: Int64?) -> Int64? {
        guard let now else { return nil }
        return [activation, expiration].compactMap { $0 }.filter { $0 > now }.min()
    }
}
