import MediaSessions

/// What a digit of a member does where the conference interprets it.
enum ConferenceKey: Hashable, Sendable {
    /// Changes whether the others hear the member.
    case toggleMute
    /// Changes whether the member hears the others and they hear it.
    case toggleHold
    case leave
    /// So many steps up; nil puts it back.
    case adjust(RoomLevels.Control, by: Int?)

    /// The key of a digit; nil for the letters.
    init?(_ digit: Character) {
        switch digit {
        case "0": self = .toggleMute
        case "*": self = .toggleHold
        case "#": self = .leave
        case "1": self = .adjust(.talk, by: -1)
        case "2": self = .adjust(.talk, by: nil)
        case "3": self = .adjust(.talk, by: 1)
        case "4": self = .adjust(.listen, by: -1)
        case "5": self = .adjust(.listen, by: nil)
        case "6": self = .adjust(.listen, by: 1)
        case "7": self = .adjust(.sensitivity, by: 1)
        case "8": self = .adjust(.sensitivity, by: nil)
        case "9": self = .adjust(.sensitivity, by: -1)
        default: return nil
        }
    }
}
