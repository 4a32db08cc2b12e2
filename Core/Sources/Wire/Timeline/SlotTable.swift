/// Names one element of a `SlotTable`; a handle whose element was removed never names a later one.
public struct SlotHandle: Hashable, Sendable, BitwiseCopyable {
    /// Position in the table.
    public var index: UInt32
    /// Counts the uses of the position; odd while it is in use.
    public var generation: UInt32

    @inlinable public init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }

    /// The handle as one number, generation in the upper half.
    @inlinable public var rawValue: UInt64 { UInt64(generation) << 32 | UInt64(index) }
    /// The handle that `rawValue` gave.
    @inlinable public init(rawValue: UInt64) {
        self.init(index: UInt32(truncatingIfNeeded: rawValue), generation: UInt32(truncatingIfNeeded: rawValue >> 32))
    }
}

/// Room for the elements of some neighbouring slots.
///
/// `@unchecked Sendable`: a chunk is reached through one `SlotTable` only, which replaces it by a copy before it changes
/// a chunk that another table shares; so a chunk that two threads can see is never written.
@usableFromInline final class SlotChunk<Element: Sendable>: @unchecked Sendable {
    @usableFromInline let elements: UnsafeMutablePointer<Element>
    /// Bit n is set while element n exists; the others are uninitialised memory.
    @usableFromInline var occupied: UInt64 = 0

    @usableFromInline init() { elements = .allocate(capacity: SlotMeasures.chunk) }

    @usableFromInline init(copying other: SlotChunk) {
        elements = .allocate(capacity: SlotMeasures.chunk)
        occupied = other.occupied
        for position in 0..<SlotMeasures.chunk where occupied >> UInt64(position) & 1 == 1 {
            (elements + position).initialize(to: other.elements[position])
        }
    }

    deinit {
        for position in 0..<SlotMeasures.chunk where occupied >> UInt64(position) & 1 == 1 {
            (elements + position).deinitialize(count: 1)
        }
        elements.deallocate()
    }
}

/// The measures of the storage.
@usableFromInline enum SlotMeasures {
    /// Elements in a chunk: as many as `SlotChunk.occupied` has bits.
    @inlinable static var chunk: Int { 64 }
}

/// Dense storage with generation-checked handles: insert, look up and remove are O(1), elements are changed in place.
///
/// Elements lie in chunks, so that growing moves none of them and costs no more than one chunk.
public struct SlotTable<Element: Sendable>: Sendable {
    @usableFromInline var generations: [UInt32] = []
    @usableFromInline var chunks: [SlotChunk<Element>] = []
    @usableFromInline var free: [UInt32] = []

    public init() {}

    /// How many elements are stored.
    @inlinable public var count: Int { generations.count - free.count }

    /// How many slots there are, empty ones included: every handle's index is below.
    @inlinable public var slotCount: Int { generations.count }

    /// The handle that the next `insert` will give.
    @inlinable public var nextHandle: SlotHandle {
        guard let index = free.last else { return SlotHandle(index: UInt32(generations.count), generation: 1) }
        return SlotHandle(index: index, generation: generations[Int(index)] &+ 1)
    }

    /// Stores `element` and returns its handle.
    @discardableResult
    @inlinable public mutating func insert(_ element: consuming Element) -> SlotHandle {
        let position: Int
        if let index = free.popLast() {
            position = Int(index)
            generations[position] &+= 1
        } else {
            position = generations.count
            generations.append(1)
            if position % SlotMeasures.chunk == 0 { chunks.append(SlotChunk()) }
        }
        let chunk = chunk(changing: position)
        let place = position % SlotMeasures.chunk
        (chunk.elements + place).initialize(to: element)
        chunk.occupied |= 1 << UInt64(place)
        return SlotHandle(index: UInt32(position), generation: generations[position])
    }

    /// Whether `handle` still names an element.
    @inlinable public func contains(_ handle: SlotHandle) -> Bool {
        Int(handle.index) < generations.count && generations[Int(handle.index)] == handle.generation
            && handle.generation & 1 == 1
    }

    /// Whether `handle` named an element that has been removed since.
    @inlinable public func hasRemoved(_ handle: SlotHandle) -> Bool {
        guard Int(handle.index) < generations.count, handle.generation & 1 == 1 else { return false }
        let age = generations[Int(handle.index)] &- handle.generation
        return age > 0 && age < 1 << 31
    }

    /// The handle of the element now at `index`, for identifiers that carry no generation; nil if the slot is empty.
    @inlinable public func handle(at index: UInt32) -> SlotHandle? {
        guard Int(index) < generations.count, generations[Int(index)] & 1 == 1 else { return nil }
        return SlotHandle(index: index, generation: generations[Int(index)])
    }

    /// A copy of the element that `handle` names, or nil when it was removed. Assigning to a dead handle does nothing, and
    /// neither does assigning nil. `read` and `update` look and change in place: prefer them for large elements.
    @inlinable public subscript(handle: SlotHandle) -> Element? {
        get { read(handle) { $0 } }
        set {
            if let newValue { update(handle) { $0 = newValue } }
        }
    }

    /// Shows the element to `body` where it lies; nil when it was removed.
    @discardableResult
    @inlinable public func read<Result>(_ handle: SlotHandle, _ body: (Element) -> Result) -> Result? {
        guard contains(handle) else { return nil }
        let position = Int(handle.index)
        return body(chunks[position / SlotMeasures.chunk].elements[position % SlotMeasures.chunk])
    }

    /// Lends the element to `body`, which changes it in place, without the copies that several accesses would make; nil
    /// when it was removed.
    @discardableResult
    @inlinable public mutating func update<Result>(
        _ handle: SlotHandle, _ body: (inout Element) -> Result
    ) -> Result? {
        guard contains(handle) else { return nil }
        let position = Int(handle.index)
        return body(&chunk(changing: position).elements[position % SlotMeasures.chunk])
    }

    /// As above, and lends `body` something else of the table's owner, which it may not reach by itself meanwhile.
    @discardableResult
    @inlinable public mutating func update<Lent, Result>(
        _ handle: SlotHandle, lending lent: inout Lent, _ body: (inout Element, inout Lent) -> Result
    ) -> Result? {
        guard contains(handle) else { return nil }
        let position = Int(handle.index)
        return body(&chunk(changing: position).elements[position % SlotMeasures.chunk], &lent)
    }

    /// Takes the element out; its handle is dead from now on.
    @discardableResult
    @inlinable public mutating func remove(_ handle: SlotHandle) -> Element? {
        guard contains(handle) else { return nil }
        let position = Int(handle.index)
        let chunk = chunk(changing: position)
        let place = position % SlotMeasures.chunk
        chunk.occupied &= ~(1 << UInt64(place))
        generations[position] &+= 1
        free.append(handle.index)
        return (chunk.elements + place).move()
    }

    /// The chunk of the element at `position`, which this table alone has.
    @inlinable mutating func chunk(changing position: Int) -> SlotChunk<Element> {
        let number = position / SlotMeasures.chunk
        if !isKnownUniquelyReferenced(&chunks[number]) { chunks[number] = SlotChunk(copying: chunks[number]) }
        return chunks[number]
    }

    /// The handles of all elements, in slot order.
    public var handles: [SlotHandle] { generations.indices.compactMap { handle(at: UInt32($0)) } }
}
