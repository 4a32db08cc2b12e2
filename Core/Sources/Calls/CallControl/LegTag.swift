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
        append(UInt64(shard), digits: 2, to: &bytes)
        append(handle.rawValue, digits: 13, to: &bytes)
        identifiers.appendToken(count: 8, to: &bytes)
        return bytes
    }

    /// The handle that a tag of this shard names; nil for foreign tags.
    public static func handle(in tag: UnsafeBufferPointer<UInt8>, shard: UInt8) -> SlotHandle? {
        guard tag.count == length, value(tag[0..<2]) == UInt64(shard), let raw = value(tag[2..<15]) else { return nil }
        return SlotHandle(rawValue: raw)
    }

    private static func append(_ value: UInt64, digits: Int, to bytes: inout [UInt8]) {
        for position in (0..<digits).reversed() {
            let digit = UInt8(truncatingIfNeeded: (value >> UInt64(position * 5)) & 31)
            bytes.append(digit < 26 ? 97 + digit : 48 + digit - 26)
        }
    }

    private static func value(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64? {
        var result: UInt64 = 0
        for byte in digits {
            switch byte {
            case 97...122: result = result << 5 | UInt64(byte - 97)
            case 48...53: result = result << 5 | UInt64(byte - 48 + 26)
            default: return nil
            }
        }
        return result
    }
}
