import MediaSessions
import Timeline

/// The streams of one call, and since when its parties must be heard.
struct MediaSession: Sendable {
    let id: MediaSessionID
    /// Positions of the streams, in the order of the media lines.
    var streams: [Int] = []
    /// Since when the party is supervised; nil while it is not.
    var callerSupervised: Instant?
    var calleeSupervised: Instant?

    init(id: MediaSessionID) { self.id = id }

    subscript(supervised side: MediaSide) -> Instant? {
        get { side == .caller ? callerSupervised : calleeSupervised }
        set {
            switch side {
            case .caller: callerSupervised = newValue
            case .callee: calleeSupervised = newValue
            }
        }
    }
}
