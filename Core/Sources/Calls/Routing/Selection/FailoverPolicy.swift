/// Whether the hunt goes on after a failed attempt.
public enum FailoverPolicy {
    public enum Verdict: Equatable, Sendable {
        /// Try the next route.
        case continueHunt
        /// Tell the caller.
        case stop
    }

    /// The verdict on `outcome`: a route with huntstop ends the hunt however it fails once it was tried, and an answer
    /// among the connection's codes ends it (486 and 6xx by default); every other answer, time-outs and unreachable
    /// peers go on to the next route. A route that had no capacity was not tried and never ends the hunt.
    public static func verdict(
        on outcome: AttemptOutcome, codes: HuntstopCodes, isHuntstop: Bool
    ) -> Verdict {
        switch outcome {
        case .answered(let status): isHuntstop || codes.contains(status) ? .stop : .continueHunt
        case .noReply, .noAnswer, .unreachable: isHuntstop ? .stop : .continueHunt
        case .overCapacity: .continueHunt
        }
    }
}
