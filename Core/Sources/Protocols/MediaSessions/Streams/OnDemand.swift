/// Keeps a large value that is seldom there on the heap, so that it costs a party eight bytes while there is none; it is
/// changed where it lies.
struct OnDemand<Value> {
    /// The value, if there is one.
    private var place: [Value] = []

    /// No value yet.
    init() {}

    /// The value; nil while there is none.
    var value: Value? {
        get { place.first }
        _modify {
            var value = place.popLast()
            defer {
                if let value { place.append(value) } else { place = [] }
            }
            yield &value
        }
    }
}

extension OnDemand: Sendable where Value: Sendable {}
extension OnDemand: Equatable where Value: Equatable {}
