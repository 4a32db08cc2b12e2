import Audio
import CallControl
import MediaSessions

/// Which conference room a channel enters, and how.
public struct ConferenceVisit: Equatable, Sendable {
    public var name: ConferenceName
    public var terms: ConferencePartyTerms

    public init(_ name: ConferenceName, _ terms: ConferencePartyTerms = ConferencePartyTerms()) {
        self.name = name
        self.terms = terms
    }
}

/// What is asked of conferences, from inside or outside; nothing happens where there is no such room or party.
public enum ConferenceOrder: Sendable {
    /// Makes a room before its first party enters.
    case prepare(ConferenceName, ConferenceSettings)
    /// Everybody out.
    case end(ConferenceName)
    /// Takes a party out.
    case remove(ChannelID, ConferenceDeparture)
    case mute(ChannelID, Bool)
    case hold(ChannelID, Bool)
    /// Makes a party louder or softer, or puts that back.
    case adjust(ChannelID, RoomLevels.Control, by: Int?)
    /// What the room hears when the party leaves.
    case exitTone(ChannelID, TonePlan?)
    /// Everybody hears this after what was played before; ends with the change `played`.
    case play(ConferenceName, MediaJobID, FilePlayer.Job)
    /// Ends what is played to everybody.
    case silence(ConferenceName)
}

/// A conference as it is at a moment.
public struct ConferenceReport: Equatable, Sendable {
    /// One party.
    public struct Member: Equatable, Sendable {
        public var channel: ChannelID
        /// Number of its call in listings and records; nil for a party that is the application's own.
        public var call: UInt64?
        /// Whom the application speaks to on the party's channel: the caller of an inbound call, else who was called.
        public var party: [UInt8]
        public var isTalker: Bool
        public var isMuted: Bool
        /// Whether it neither hears nor is heard.
        public var isHeld: Bool
    }

    public var name: ConferenceName
    /// Names this conference; a later one in a room of the same name has another. 0 for one that there is not, or no more.
    public var number: UInt64
    public var state: Conference.State
    public var maximumParties: Int
    /// In the order in which they came.
    public var members: [Member]
}

extension ConferenceReport {
    /// Of a conference that there is not, or no more.
    init(gone name: ConferenceName) {
        self.init(name: name, number: 0, state: .ended, maximumParties: 0, members: [])
    }
}
