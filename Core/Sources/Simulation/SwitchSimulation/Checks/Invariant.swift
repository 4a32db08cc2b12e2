import Timeline

/// What has to be true of the switch, whatever happens to it.
public enum Invariant: String, Sendable, CaseIterable {
    /// Each request gets exactly one final answer, and its repetitions are equal to it.
    case oneFinalAnswer
    /// A new INVITE is answered in the step in which it arrives, if only by 100 Trying.
    case promptFirstAnswer
    /// Every message sent parses, and written again from its parts it has the same bytes.
    case messagesRoundTrip
    /// The CSeq of our requests rises in each direction of each dialog (RFC 3261 §12.2.1.1).
    case cSeqRises
    /// A branch names one request only.
    case branchesAreUnique
    /// Nothing of one leg's Call-ID, tags, Via, Contact or addresses appears in the other leg's messages.
    case legsDoNotLeak
    /// Nothing is sent to an address that is neither configured nor a party's.
    case knownPeersOnly
    /// A caller that has not proved who it is never reaches a callee.
    case callersAreAuthenticated
    /// No more calls of an account are under way than it may have.
    case limitsHold
    /// The states of a call come in legal order, and it dies exactly once.
    case legalStateOrder
    /// No leg lives on for long after the other leg has ended.
    case legsEndTogether
    /// Every call that was let in leaves exactly one record.
    case oneRecordPerCall
    /// A call is recorded as soon as its media are closed, whoever leaves what ends it unanswered.
    case recordsComeAtOnce
    /// The duration of a record is the time from the answer to the end.
    case durationIsAnswerToEnd
    /// The listing shows exactly the calls that live, in their states.
    case listingMatchesCalls
    /// A listing made in pages has every call that lived as long as it was made, once, and none that came later.
    case listingInPagesIsWhole
    /// As many calls begin to end as the operator is told.
    case disconnectCountIsExact
    /// The counters of each account say what a listing says.
    case countersMatchListing
    /// A media session that was opened is closed exactly once, and nothing is asked of it before or after.
    case mediaIsClosedOnce
    /// When the world has long been silent, nothing is left.
    case worldGoesQuiet
    /// A call between polite parties is answered, over any network with up to a tenth of loss.
    case politeCallsAreAnswered
    /// Over a stream nothing is sent twice but a 2xx to INVITE and its ACK (RFC 3261 §17), and a caller that uses one
    /// is answered over it.
    case nothingIsRepeatedOverStreams
    /// A switch that drains takes no new call and says 503.
    case drainingTakesNoCalls
    /// After a crash every request of a dialog of before is answered 481.
    case oldDialogsAreGone
    /// A vendor that did not answer its OPTIONS is not called.
    case darkVendorsAreSkipped
    /// No party that is still there is left in a call that is over.
    case partiesAreReleased
    /// Every verb of an application completes exactly once, also one that is given up or comes too late.
    case verbsHaveOneOutcome
    /// Every player, recorder and detector that was asked for ends, or is refused, exactly once.
    case jobsEndOnce
    /// The states of a channel follow the arrows of the call-channel interface; its cause is NORMAL until it is IDLE.
    case legalChannelStates
    /// Every channel that an application is through with becomes IDLE and is forgotten.
    case channelsEndIdle
    /// Nothing that was admitted is counted for ever.
    case ticketsAreGivenBack
}

/// An invariant that did not hold.
public struct Violation: Sendable, Equatable {
    public var invariant: Invariant
    /// What was seen.
    public var detail: String
    /// The number of the call in the plan; nil where it is not one call's.
    public var call: Int?
    public var step: Int
    public var instant: Instant
}
