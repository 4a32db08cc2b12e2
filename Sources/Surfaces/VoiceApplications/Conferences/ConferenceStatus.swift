import CallControl
import Foundation
import SwitchEngine

/// A conference as it was last heard of.
public struct ConferenceStatus: Sendable {
    /// One party.
    public struct Member: Sendable, Identifiable {
        /// The channel that is in the room; names the party in every order.
        public var id: ChannelID
        /// Number of its call in listings and records; nil for a party that is an application's own.
        public var call: UInt64?
        /// Whom the application speaks to on that channel.
        public var party: String
        public var isTalker: Bool
        public var isMuted: Bool
        /// Whether it neither hears nor is heard.
        public var isHeld: Bool
        public var joined: Date
    }

    public var name: ConferenceName
    /// Names this conference; a later one in a room of the same name has another.
    public var number: UInt64
    /// Whether the parties hear each other.
    public var state: Conference.State
    public var maximumParties: Int
    /// In the order in which they came.
    public var members: [Member]
    public var created: Date

    /// Takes over a report, and the times of what was known before.
    init(_ report: ConferenceReport, after earlier: ConferenceStatus?, at time: Date) {
        name = report.name
        number = report.number
        state = report.state
        maximumParties = report.maximumParties
        let earlier = earlier?.number == report.number ? earlier : nil
        created = earlier?.created ?? time
        members = report.members.map { member in
            Member(
                id: member.channel, call: member.call, party: String(decoding: member.party, as: UTF8.self),
                isTalker: member.isTalker, isMuted: member.isMuted, isHeld: member.isHeld,
                joined: earlier?.members.first { $0.id == member.channel }?.joined ?? time)
        }
    }
}
