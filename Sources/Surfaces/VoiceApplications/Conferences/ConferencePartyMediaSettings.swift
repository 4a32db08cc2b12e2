import Audio
import CallControl
import SwitchEngine

/// What a party hears and presses in a conference, and what the room hears of it; the defaults are the original's.
public struct ConferencePartyMediaSettings: Sendable {
    /// Digits that mute the party and unmute it; the same one for both changes between the two.
    public struct MuteDigits: Hashable, Sendable {
        public var mute: Character?
        public var unmute: Character?

        public init(mute: Character? = nil, unmute: Character? = nil) {
            self.mute = mute
            self.unmute = unmute
        }

        /// Sets both.
        public mutating func setDigits(mute: Character?, unmute: Character?) {
            (self.mute, self.unmute) = (mute, unmute)
        }
    }

    /// What the party hears until the conference starts; nil for RINGBACK.
    public var ringbackTone: TonePlan?
    /// What it hears instead, again and again, while the conference is stopped.
    public var onConferenceStoppedFile: String?
    /// Whether the room hears a beep when the party enters.
    public var beepOnEntry = true
    /// The digit with which the party leaves.
    public var exitOnDTMFDigit: Character?
    /// Kept for the original's sake: a room of two is mixed as well as it can be.
    public var twoPartyOptimisation = false
    /// Whether the party enters unheard.
    public var startMuted = false
    /// What the room hears when it enters, after the beep and the prefix.
    public var onEntryMedia: PlayableMedia?
    /// What the room hears when it leaves, after the prefix.
    public var onExitMedia: PlayableMedia?
    /// Played before either, as the party's name.
    public var prefixMedia: PlayableMedia?
    public var muteOnDTMFDigits = MuteDigits()
    /// What the room hears instead of the beep; nil for the usual one.
    public var entryTone: TonePlan?
    /// What the room hears when the party leaves, before anything else; nil for nothing.
    public var exitTone: TonePlan?
    /// Whether the party enters neither hearing nor heard.
    public var startHeld = false

    public init(exitOnDTMFDigit: Character? = nil) { self.exitOnDTMFDigit = exitOnDTMFDigit }

    /// The terms of the core, with all files read and texts said. Throws `CallError` for digits that are none, files that
    /// cannot be played and texts that cannot be said.
    func terms(
        isTalker: Bool, _ lifetime: ConferenceLifetimeControl, in files: MediaFiles
    ) async throws -> ConferencePartyTerms {
        var terms = ConferencePartyTerms()
        terms.isTalker = isTalker
        terms.lifetime = lifetime
        terms.ringback = ringbackTone
        terms.stoppedMedia = try onConferenceStoppedFile.map { [try files.clip($0)] } ?? []
        terms.entryTone = beepOnEntry ? entryTone ?? .beep : nil
        terms.exitTone = exitTone
        terms.prefixMedia = try await prefixMedia?.clips(in: files) ?? []
        terms.entryMedia = try await onEntryMedia?.clips(in: files) ?? []
        terms.exitMedia = try await onExitMedia?.clips(in: files) ?? []
        terms.exitDigit = try Self.digit(exitOnDTMFDigit)
        terms.muteDigit = try Self.digit(muteOnDTMFDigits.mute)
        terms.unmuteDigit = try Self.digit(muteOnDTMFDigits.unmute)
        terms.startMuted = startMuted
        terms.startHeld = startHeld
        return terms
    }

    private static func digit(_ character: Character?) throws -> UInt8? {
        guard let character else { return nil }
        guard let byte = character.asciiValue, DTMFKeypad.digits.contains(byte) else {
            throw CallError(.error, "a conference digit is one of 0-9, A-D, * and #, not \(character)")
        }
        return byte
    }
}

extension PlayableMedia {
    /// What it sounds like; nothing for a tone without end. Throws where a file cannot be read or a text not be said.
    public func clips(in files: MediaFiles) async throws -> [AudioClip] {
        switch self {
        case .files(let names): try names.map { try files.clip($0) }
        case .text(let text, let voice): [try await files.speech.clip(text, voice)]
        case .tone(let plan): [AudioClip(plan)]
        }
    }
}
