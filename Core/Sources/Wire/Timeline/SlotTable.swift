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
    /// Elements in a chunk; a power of two.
    @usableFromInline static var size: Int { 64 }

    @usableFromInline let elements: UnsafeMutablePointer<Element?>

    @usableFromInline init() {
        elements = .allocate(capacity: Self.size)
        elements.initialize(repeating: nil, count: Self.size)
    }

    @usableFromInline init(copying other: SlotChunk) {
        elements = .allocate(capacity: Self.size)
        elements.initialize(from: other.elements, count: Self.size)
    }

    deinit {
        elements.deinitialize(count: Self.size)
        elements.deallocate()
    }
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
    @inlinable public mutating func insert(_ element: Element) -> SlotHandle {
        let position: Int
        if let index = free.popLast() {
            position = Int(index)
            generations[position] &+= 1
        } else {
            position = generations.count
            generations.append(1)
            if position % SlotChunk<Element>.size == 0 { chunks.append(SlotChunk()) }
        }
        pointer(changing: position).pointee = element
        return SlotHandle(index: UInt32(position), generation: generations[position])
    }

    /// Whether `handle` still names an element.
    @inlinable public func contains(_ handle: SlotHandle) -> Bool {
        Int(handle.index) < generations.count && generations[Int(handle.index)] == handle.generation
            && handle.generation & 1 == 1
    }

    /// The handle of the element now at `index`, for identifiers that carry no generation; nil if the slot is empty.
    @inlinable public func handle(at index: UInt32) -> SlotHandle? {
        guard Int(index) < generations.count, generations[Int(index)] & 1 == 1 else { return nil }
        return SlotHandle(index: index, generation: generations[Int(index)])
    }

    /// The element that `handle` names, or nil when it was removed. Assigning to a dead handle does nothing; assigning
    /// nil is for `remove`.
    @inlinable public subscript(handle: SlotHandle) -> Element? {
        _read {
            if contains(handle) {
                let position = Int(handle.index)
                yield chunks[position / SlotChunk<Element>.size].elements[position % SlotChunk<Element>.size]
            } else {
                yield nil
            }
        }
        _modify {
            if contains(handle) {
                yield &pointer(changing: Int(handle.index)).pointee
            } else {
                var nothing: Element?
                yield &nothing
            }
        }
    }

    /// Lends the element to `body`, which changes it in place, without the copies that several accesses would make; nil
    /// when it was removed.
    @inlinable public mutating func update<Result>(
        _ handle: SlotHandle, _ body: (inout Element) -> Result
    ) -> Result? {
        guard contains(handle) else { return nil }
        let pointer = pointer(changing: Int(handle.index))
        guard pointer.pointee != nil else { return nil }
        return body(&pointer.pointee!)
    }

    /// Lends the element to `body` for reading, without a copy; nil when it was removed.
    @discardableResult
    @inlinable public func read<Result>(_ handle: SlotHandle, _ body: (Element) -> Result) -> Result? {
        guard contains(handle) else { return nil }
        let position = Int(handle.index)
        let pointer = chunks[position / SlotChunk<Element>.size].elements + position % SlotChunk<Element>.size
        return pointer.pointee.map(body)
    }

    /// Takes the element out; its handle is dead from now on.
    @discardableResult
    @inlinable public mutating func remove(_ handle: SlotHandle) -> Element? {
        guard contains(handle) else { return nil }
        let position = Int(handle.index)
        let element = pointer(changing: position).pointee.take()
        generations[position] &+= 1
        free.append(handle.index)
        return element
    }

    /// Where the element at `position` lies, in a chunk that this table alone has.
    @inlinable mutating func pointer(changing position: Int) -> UnsafeMutablePointer<Element?> {
        let chunk = position / SlotChunk<Element>.size
        if !isKnownUniquelyReferenced(&chunks[chunk]) { chunks[chunk] = SlotChunk(copying: chunks[chunk]) }
        return chunks[chunk].elements + position % SlotChunk<Element>.size
    }

    /// The handles of all elements, in slot order.
    public var handles: [SlotHandle] { generations.indices.compactMap { handle(at: UInt32($0)) } }
}
