import Addresses
import MediaSessions
import Timeline

/// The change of a party of an answered call: to somebody whom it named itself by REFER (RFC 5589), or who took its place
/// by INVITE with Replaces (RFC 3891).
struct Succession: Sendable {
    enum Step: UInt8, Sendable {
        /// The application has not said whether it wants this. Exits: `calling`, or the end.
        case requested
        /// The successor is being looked for and called. Exits: `joining`, or the end.
        case calling
        /// The successor is there, and the other party learns of its media. Exit: the end.
        case joining
    }

    /// Whose place is taken.
    let side: MediaSide
    var step: Step
    /// What the party asked for; nil where its successor came by itself.
    var request: TransferRequest?
    /// The successor's leg, while there is one.
    var leg: SlotHandle?
    /// Whether the party has hung up in the meantime.
    var isAlone = false
}

/// A party whose place has been taken, and who is expected to hang up (RFC 5589 §6.1).
struct RetiredParty: Sendable {
    let leg: SlotHandle
    /// When we hang up ourselves.
    let deadline: Instant
}

/// Somebody who invites himself into a call in place of a party.
public struct Replacement: Sendable {
    /// Whose place he takes.
    public var side: MediaSide
    /// His leg.
    public var leg: SlotHandle
    /// His offer; nil where he wants ours.
    public var offer: [UInt8]?

    public init(side: MediaSide, leg: SlotHandle, offer: [UInt8]?) {
        self.side = side
        self.leg = leg
        self.offer = offer
    }
}
