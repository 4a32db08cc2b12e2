import Timeline

/// Whom a transaction belongs to: a number the transaction user chooses and the table only hands back.
public struct TransactionUser: Hashable, Sendable, BitwiseCopyable {
    /// 0 stands for nobody.
    public var rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Nobody: no user was set, or none is known.
    public static let none = TransactionUser(rawValue: 0)
}

/// Names a client transaction of one table; dead once the transaction is over.
public struct ClientTransactionID: SlotIdentifier, BitwiseCopyable {
    /// Where the table keeps it.
    public let handle: SlotHandle

    public init(handle: SlotHandle) { self.handle = handle }

    public var slotIndex: UInt32 { handle.index }
}

/// Names a server transaction of one table; dead once the transaction is over.
public struct ServerTransactionID: SlotIdentifier, BitwiseCopyable {
    /// Where the table keeps it.
    public let handle: SlotHandle

    public init(handle: SlotHandle) { self.handle = handle }

    public var slotIndex: UInt32 { handle.index }
}
