import Audio

/// When a conference begins and ends, as far as one of its parties decides (call-channel.md §3.9).
public struct ConferenceLifetimeControl: Equatable, Sendable {
    /// Whether the conference may begin when this party enters; until one of this kind has come, all others wait.
    public var startOnEntry: Bool
    /// Whether the room is destroyed when this party leaves.
    public var destroyOnExit: Bool

    public init(startOnEntry: Bool = true, destroyOnExit: Bool = false) {
        self.startOnEntry = startOnEntry
        self.destroyOnExit = destroyOnExit
    }
}

/// What a party hears and presses in its conference, and what the room hears of it.
public struct ConferencePartyTerms: Equatable, Sendable {
    /// Whether it may talk, not only listen.
    public var isTalker = true
    public var lifetime = ConferenceLifetimeControl()
    /// What it hears while it waits for the conference to begin; nil for the standard ringing tone.
    public var ringback: TonePlan?
    /// What it hears instead, again and again, while the conference is stopped.
    public var stoppedMedia: [AudioClip] = []
    /// What the room hears when it enters, before anything else; nil for nothing.
    public var entryTone: TonePlan? = .beep
    /// What the room hears when it leaves, before anything else; nil for nothing.
    public var exitTone: TonePlan?
    /// What is played before `entryMedia` and `exitMedia`, as the party's name.
    public var prefixMedia: [AudioClip] = []
    public var entryMedia: [AudioClip] = []
    public var exitMedia: [AudioClip] = []
    /// The digit with which it leaves.
    public var exitDigit: UInt8?
    /// The digit with which it makes itself unheard; the same as `unmuteDigit` to change between the two.
    public var muteDigit: UInt8?
    /// The digit with which it is heard again.
    public var unmuteDigit: UInt8?
    /// Whether it enters unheard.
    public var startMuted = false
    /// Whether it enters neither hearing nor heard.
    public var startHeld = false

    public init() {}
}

/// How a room is made.
public struct ConferenceSettings: Equatable, Sendable {
    /// Most parties; nil for what the configuration says.
    public var maximumParties: Int?

    public init() {}
}
