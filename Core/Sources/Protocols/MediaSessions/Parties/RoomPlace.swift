/// What a party is in its room, and when its packets are sent.
struct RoomPlace: Equatable, Sendable {
    var role = RoomRole.talkerAndListener
    /// The group of packet times, with or without a room.
    var group = 0
    var isMuted = false
    /// Whether its last frame went into the mix, and must not come back to it.
    var isInMix = false
}
