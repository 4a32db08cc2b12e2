import SIPMessages
import SIPTransactions
import Timeline

/// What makes a leg findable: its call, its name among the transaction users and its tag.
public struct LegIdentity: Sendable {
    public var call: SlotHandle
    public var user: TransactionUser
    public var tag: [UInt8]

    /// The identity of the leg that will live in `handle`.
    public init(_ handle: SlotHandle, of call: SlotHandle, shard: UInt8, using identifiers: inout IdentifierSource) {
        self.call = call
        user = TransactionUser(rawValue: handle.rawValue)
        tag = LegTag.mint(shard: shard, handle: handle, using: &identifiers)
    }
}

/// The tag that we put into our end of a dialog: shard, slot handle and random characters, so that an in-dialog request
/// finds its leg by an array look-up. The whole tag is compared before the leg is believed.
public enum LegTag {
    /// Bytes of every tag: 2 for the shard, 13 for the handle, 8 random.
    public static let length = 23

    /// A fresh tag for the leg in `handle`.
    public static func mint(shard: UInt8, handle: SlotHandle, using identifiers: inout IdentifierSource) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        IdentifierSource.append(shard: shard, to: &bytes)
        IdentifierSource.append(handle.rawValue, digits: 13, to: &bytes)
        identifiers.appendToken(count: 8, to: &bytes)
        return bytes
    }

    /// The handle that the tag at `range` of a message names; nil for tags of other shards and of others.
    public static func handle(at range: ByteRange, of message: SIPMessage, shard: UInt8) -> SlotHandle? {
        guard range.count == length else { return nil }
        return handle(in: message.bytes, at: range.start, shard: shard)
    }

    /// The handle that a tag names.
    public static func handle(of tag: [UInt8], shard: UInt8) -> SlotHandle? {
        tag.count == length ? handle(in: tag, at: 0, shard: shard) : nil
    }

    private static func handle(in bytes: [UInt8], at start: Int, shard: UInt8) -> SlotHandle? {
        guard IdentifierSource.shard(in: bytes, at: start) == shard,
            let high = IdentifierSource.number(in: bytes, at: start + 2, digits: 5), high < 1 << 24,
            let low = IdentifierSource.number(in: bytes, at: start + 7, digits: 8)
        else { return nil }
        return SlotHandle(rawValue: high << 40 | low)
    }
}
