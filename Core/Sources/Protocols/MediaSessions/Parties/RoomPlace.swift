/// What a party is in its room.
struct RoomPlace: Equatable, Sendable {
    var role = RoomRole.talkerAndListener
    var isMuted = false
    /// Whether its last frame went into the mix, and must not come back to it.
    var isInMix = false
}
