import CallControl
import MediaSessions

/// The conferences of a shard.
struct ConferenceTable: Sendable {
    /// A conference and its room of the media shard.
    struct Entry: Sendable {
        var machine: Conference
        let room: RoomID
    }

    private(set) var entries: [ConferenceName: Entry] = [:]
    private var names: [RoomID: ConferenceName] = [:]
    private var lastRoom: UInt64 = 0

    subscript(_ name: ConferenceName) -> Entry? {
        get { entries[name] }
        set { entries[name] = newValue }
    }

    /// The conference of a room; nil where that is gone.
    func name(of room: RoomID) -> ConferenceName? { names[room] }

    mutating func insert(_ machine: Conference) {
        lastRoom += 1
        let room = RoomID(rawValue: lastRoom)
        entries[machine.name] = Entry(machine: machine, room: room)
        names[room] = machine.name
    }

    mutating func remove(_ name: ConferenceName) {
        if let entry = entries.removeValue(forKey: name) { names[entry.room] = nil }
    }
}

/// What a channel is in a conference.
struct ConferenceSeat: Sendable {
    let name: ConferenceName
    /// Whether the channel has called the room and has no call besides.
    let isOwn: Bool
}

extension MediaSessionID {
    private static let portless: UInt64 = 1 << 63

    /// The session of a channel that has called a room; those of calls are below.
    init(portless channel: ChannelID) { self.init(rawValue: Self.portless | channel.rawValue) }

    /// The channel of such a session; nil for the session of a call.
    var portlessChannel: ChannelID? {
        rawValue & Self.portless == 0 ? nil : ChannelID(rawValue: rawValue & ~Self.portless)
    }
}
