/// What a party's audio is joined to.
enum PartyAttachment: Hashable, Sendable {
    case none
    case connected(MediaSessionID)
    case room(RoomID)
}
