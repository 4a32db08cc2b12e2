import SIPDialogs
import SIPMessages

/// What can happen to a channel.
public enum ChannelEvent: Equatable, Sendable {
    /// The application asks for something.
    case verb(VerbID, ChannelVerb)
    /// The application no longer waits for the verb.
    case abandoned(VerbID)
    /// A call came in for the application.
    case incoming
    /// The caller was told that it rings: with a description, so that audio can be sent to it, or without.
    case rung(withEarlyMedia: Bool)
    /// The far end of an outbound call rings.
    case ringing
    /// The call is answered and audio passes, in either direction.
    case answered
    /// The call is gone: refused, given up, hung up or ended by us.
    case cleared(ClearingCause, raw: StatusCode?)
    /// A tone in the audio before the answer said that the call has failed, and why.
    case failedInBand(ClearingCause)
    /// Our hold or resume was accepted.
    case holdChanged
    /// Our hold or resume was refused; all is as before.
    case holdRefused
    /// Something happened to the call that this one is being, or has been, transferred to.
    case target(TransferTargetEvent)
    /// The audio of this call and that channel's was joined; nil: it could not be.
    case joined(ChannelID?)
    /// The audio is this channel's own again.
    case parted
    /// What became of our REFER.
    case referred(ReferProgress)
    /// The far end asks by REFER to be put through to somebody else, or no longer waits for our answer.
    case transferRequested(Bool)
    /// Somebody else is the far end now, as it had asked for; or nobody could be reached.
    case farEndChanged(Bool)
    /// Audio is being sent by a player, or no longer is.
    case transmitting(Bool)
}

/// What can happen to the call to a transfer's target.
public enum TransferTargetEvent: Equatable, Sendable {
    case ringing
    case answered
    /// It is gone.
    case cleared(ClearingCause)
}

/// What a channel wants done.
public enum ChannelEffect: Equatable, Sendable {
    /// Send 180, or 183 with a description.
    case ring(withEarlyMedia: Bool)
    case answer
    /// Refuse the unanswered call with this status.
    case reject(StatusCode, q850: UInt8? = nil)
    /// Hang up the call, or call it off.
    case release
    /// Give up the call, as it was not answered in time.
    case giveUp
    /// Give up the call, as a tone said that it has failed, and why.
    case failInBand(ClearingCause)
    /// Place the call that the verb described.
    case place(VerbID)
    /// Join the audio with that channel.
    case join(ChannelID)
    /// Part it from whatever it is joined with.
    case part
    case hold
    case resume
    /// Place the call to the transfer's target on that channel.
    case placeTarget(ChannelID, VerbID)
    /// End the call to the transfer's target.
    case releaseTarget(ChannelID)
    /// Play or stop the ringback that the verb described.
    case ringback(Bool)
    /// Send the REFER that the verb described, so that the far end takes over that channel's call where there is one.
    case refer(VerbID, replacing: ChannelID?)
    /// Call whom the far end asked for by REFER, or refuse.
    case answerTransfer(isAccepted: Bool)
    /// The state changed.
    case changed(ChannelState)
    /// A verb is through.
    case completed(VerbID, VerbOutcome)
}
