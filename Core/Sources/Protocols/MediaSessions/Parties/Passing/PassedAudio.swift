import RTP

/// A digit that a party pressed.
struct PressedKey: Equatable, Sendable {
    var digit: UInt8
    var way: DTMFDetector.Way
}

/// What goes with a packet from one party to the one that it is connected to.
struct PassedAudio: Sendable {
    var agreement = AudioAgreement([])
    /// Digits that were heard first in this packet.
    var keys: [PressedKey] = []
    /// Whether a telephone event of the party is in progress: what is in its audio meanwhile is the same digit.
    var isKeyHeld = false
    /// The event that came by SIP INFO before, and was passed on then.
    var knownEvent: RTPTimestamp?
}
