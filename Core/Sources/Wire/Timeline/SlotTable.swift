/// Names one element of a `SlotTable`; a handle whose element was removed never names a later one.
public struct SlotHandle: Hashable, Sendable, BitwiseCopyable {
    /// Position in the table.
    public var index: UInt32
    /// Counts the reuses of the position; even generations are never handed out.
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

/// Dense storage with generation-checked handles: insert, look up and remove are O(1), elements are changed in place.
public struct SlotTable<Element: Sendable>: Sendable {
    @usableFromInline struct Slot: Sendable {
        @usableFromInline var generation: UInt32
        @usableFromInline var element: Element?
        @usableFromInline init(generation: UInt32, element: Element?) {
            self.generation = generation
            self.element = element
        }
    }

    @usableFromInline var slots: [Slot] = []
    @usableFromInline var free: [UInt32] = []

    public init() {}

    /// How many elements are stored.
    @inlinable public var count: Int { slots.count - free.count }

    /// The handle that the next `insert` will give.
    @inlinable public var nextHandle: SlotHandle {
        guard let index = free.last else { return SlotHandle(index: UInt32(slots.count), generation: 1) }
        return SlotHandle(index: index, generation: slots[Int(index)].generation &+ 1)
    }

    /// Stores `element` and returns its handle.
    @discardableResult
    @inlinable public mutating func insert(_ element: Element) -> SlotHandle {
        if let index = free.popLast() {
            slots[Int(index)].generation &+= 1
            slots[Int(index)].element = element
            return SlotHandle(index: index, generation: slots[Int(index)].generation)
        }
        slots.append(Slot(generation: 1, element: element))
        return SlotHandle(index: UInt32(slots.count - 1), generation: 1)
    }

    /// Whether `handle` still names an element. Slots in use have odd generations.
    @inlinable public func contains(_ handle: SlotHandle) -> Bool {
        Int(handle.index) < slots.count && slots[Int(handle.index)].generation == handle.generation
            && handle.generation & 1 == 1
    }

    /// The element that `handle` names, or nil when it was removed. Assigning to a dead handle does nothing; assigning
    /// nil is for `remove`.
    @inlinable public subscript(handle: SlotHandle) -> Element? {
        get { contains(handle) ? slots[Int(handle.index)].element : nil }
        _modify {
            if contains(handle) {
                yield &slots[Int(handle.index)].element
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
        guard contains(handle), slots[Int(handle.index)].element != nil else { return nil }
        return body(&slots[Int(handle.index)].element!)
    }

    /// Takes the element out; its handle is dead from now on.
    @discardableResult
    @inlinable public mutating func remove(_ handle: SlotHandle) -> Element? {
        guard contains(handle) else { return nil }
        let element = slots[Int(handle.index)].element.take()
        slots[Int(handle.index)].generation &+= 1
        free.append(handle.index)
        return element
    }

    /// The handle of the element at a position; nil when the position is empty.
    @inlinable public func handle(at index: UInt32) -> SlotHandle? {
        guard Int(index) < slots.count, slots[Int(index)].generation & 1 == 1 else { return nil }
        return SlotHandle(index: index, generation: slots[Int(index)].generation)
    }

    /// The handles of all elements, in slot order.
    public var handles: [SlotHandle] {
        slots.indices.compactMap { index in
            slots[index].element == nil ? nil : SlotHandle(index: UInt32(index), generation: slots[index].generation)
        }
    }
}
