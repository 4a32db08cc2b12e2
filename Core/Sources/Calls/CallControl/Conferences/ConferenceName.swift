/// Names a conference room. Names are unique within their owner: rooms of two owners never meet.
public struct ConferenceName: Hashable, Sendable, CustomStringConvertible {
    /// Whose room it is; empty for rooms of nobody in particular.
    public var owner: String
    public var room: String

    public init(_ room: String, owner: String = "") {
        self.owner = owner
        self.room = room
    }

    /// Longest name of a room, in bytes.
    public static let maximumLength = 128

    /// Whether an application may use it: letters and digits only.
    public var isPlain: Bool {
        (1...Self.maximumLength).contains(room.utf8.count)
            && room.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: false
                }
            }
    }

    public var description: String { owner.isEmpty ? room : "\(owner)/\(room)" }
}
