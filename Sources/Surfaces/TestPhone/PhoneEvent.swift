import SIPMessages

/// What happens in a phone's call.
public enum PhoneEvent: Hashable, Sendable {
    /// A provisional response came or was sent; 183 with audio counts as such.
    case progress(StatusCode)
    /// The call is answered: 200 came, or the ACK to ours.
    case answered
    /// The other side put the call on hold.
    case held
    /// The other side took the call back from hold, or moved its audio.
    case resumed
    /// A digit came as a telephone event: one of `0123456789*#ABCD`.
    case digit(Character)
    /// A tone of this frequency in hertz has been heard for long enough.
    case heard(Double)
    /// Everything there was to play and to dial was sent.
    case played
    /// The call is over.
    case ended
}
