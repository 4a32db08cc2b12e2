/// An identifier that carries its position in a dense table, so that side tables need no hashing.
public protocol SlotIdentifier: Hashable, Sendable {
    /// Position in the table; small and dense, reused after the element is gone.
    var slotIndex: UInt32 { get }
}

extension SlotHandle: SlotIdentifier {
    @inlinable public var slotIndex: UInt32 { index }
}
