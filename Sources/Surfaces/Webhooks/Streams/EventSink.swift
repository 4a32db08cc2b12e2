import CallEvents

/// Takes events: makes them durable and delivers them, those of one subject in the order in which they are given.
public protocol EventSink: Sendable {
    /// Takes an event and returns at once; `outcome` is called when its delivery has ended.
    func take(_ event: CallEvent, _ route: CallRoute, outcome: (@Sendable (CallbackOutcome) -> Void)?)

    /// Returns when every event that was taken before is durable.
    func flushed() async
}
