import BXML

/// What drives a call by the replies to its events: the door through which BXML joins.
public protocol CallFollower: Sendable {
    /// How the reply to the incomingcall event of a call that nobody has taken refuses it; nil where it does not.
    func refusal(in reply: [UInt8]) -> BXMLRejection?

    /// Judges the reply to the answer event of a call, which came from this URL; nil where there is nothing in it to follow.
    func begin(_ reply: [UInt8], from url: String?, on call: DrivenCall) async -> (any FollowedCall)?
}

/// A call that is driven by documents.
public protocol FollowedCall: Sendable {
    /// A digit was heard; its dtmf event was told before.
    func heard(_ digit: Character)
    /// The call is gone. What is to be told before its hangup is told before this returns, which is at once.
    func ended() async
}
