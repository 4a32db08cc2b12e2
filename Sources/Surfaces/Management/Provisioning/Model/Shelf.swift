/// Objects by id, in the order of their ids.
struct Shelf<Object> {
    private var objects: [Int: Object] = [:]
    /// All ids in ascending order.
    private(set) var ids: [Int] = []

    init() {}

    /// Objects that are sorted by id, each id once.
    init(_ sorted: [Object], id: (Object) -> Int) {
        objects.reserveCapacity(sorted.count)
        ids.reserveCapacity(sorted.count)
        for object in sorted { self[id(object)] = object }
    }

    var count: Int { ids.count }
    /// All objects in the order of their ids.
    var all: [Object] { ids.compactMap { objects[$0] } }

    /// The object with this id; setting adds, replaces or with nil removes it.
    subscript(id: Int) -> Object? {
        get { objects[id] }
        set {
            let old = objects[id]
            objects[id] = newValue
            if old == nil && newValue != nil { insert(id) }
            if old != nil && newValue == nil { ids.remove(at: place(of: id)) }
        }
    }

    private mutating func insert(_ id: Int) {
        if let last = ids.last, last > id {
            ids.insert(id, at: place(of: id))
        } else {
            ids.append(id)
        }
    }

    /// The first place whose id is not less than `id`.
    private func place(of id: Int) -> Int {
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
