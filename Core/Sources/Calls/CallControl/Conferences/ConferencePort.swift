import Audio
import MediaSessions

/// What can happen to a conference.
public enum ConferenceEvent: Equatable, Sendable {
    /// A channel wants to come in on these terms.
    case enter(ChannelID, ConferencePartyTerms)
    /// A party is out already, or shall be.
    case leave(ChannelID, ConferenceDeparture)
    /// A party pressed a digit.
    case digit(ChannelID, UInt8)
    /// Whether a party is unheard.
    case mute(ChannelID, Bool)
    /// Whether a party neither hears nor is heard.
    case hold(ChannelID, Bool)
    /// A party is louder, softer, or as at first.
    case adjust(ChannelID, RoomLevels.Control, by: Int?)
    /// What the room hears from now on when a party leaves.
    case exitTone(ChannelID, TonePlan?)
    /// Everybody out.
    case end
}

/// What a conference wants done.
public enum ConferenceEffect: Equatable, Sendable {
    /// Let the channel into the room.
    case admit(ChannelID, RoomTerms)
    /// It cannot come in.
    case refuse(ChannelID, ConferenceRefusal)
    /// What it says and hears from now on.
    case setTerms(ChannelID, RoomTerms)
    /// Take it out of the room.
    case dismiss(ChannelID, ConferenceDeparture)
    /// Everybody in the room hears this.
    case announce(FilePlayer.Job)
    case tell(ConferenceChange)
    /// The room is gone.
    case ended
}

/// Why a channel cannot enter.
public enum ConferenceRefusal: Hashable, Sendable {
    /// There are as many parties as there may be.
    case full
    /// It is inside already.
    case inside
    /// The room is ending.
    case ended
}

/// How a party came to leave its conference.
public enum ConferenceDeparture: String, Hashable, Sendable {
    /// Its application took it out.
    case left
    /// It pressed its exit digit.
    case exitDigit = "exit digit"
    /// Somebody else took it out.
    case ejected
    /// Its call is over.
    case callEnded = "call ended"
    /// The room was ended, or destroyed by the party that has left.
    case roomEnded = "room ended"
}

/// What has happened to a conference.
public enum ConferenceChange: Hashable, Sendable {
    /// The room is there.
    case created
    /// The parties hear each other from now on.
    case started
    /// They do not hear each other any more.
    case stopped
    case joined(ChannelID)
    /// A party was muted or held, or is so no more.
    case changed(ChannelID)
    case left(ChannelID, ConferenceDeparture)
    /// What `play` put into the room is over.
    case played(MediaJobID, FilePlayer.Cause)
    /// The room is gone.
    case completed
}
