/// What a party's audio is joined to.
enum PartyAttachment: Hashable, Sendable {
    case none
    case connected(MediaSessionID)
    case room(RoomID)

    var isConnection: Bool { if case .connected = self { true } else { false } }
    var isRoom: Bool { if case .room = self { true } else { false } }
}

/// What others must know of a party before they join it.
struct PartyStanding: Equatable, Sendable {
    var id: MediaSessionID
    var condition: CallCondition
    var attachment: PartyAttachment
    /// The group of packet times that it belongs to.
    var group: Int
    var isPlaying: Bool
    /// Whether a codec has been agreed.
    var hasCodec: Bool
    /// Whether it has no port, and is in a room for whoever is connected to it.
    var isPortless: Bool
}
