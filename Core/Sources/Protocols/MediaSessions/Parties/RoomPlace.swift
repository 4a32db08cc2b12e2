import Audio
import Timeline

/// What a party is in its room, and when its packets are sent.
struct RoomPlace: Equatable, Sendable {
    /// The group of packet times, with or without a room.
    var group = 0
    private(set) var terms = RoomTerms()
    /// Whether its last frame went into the mix, and must not come back to it.
    var isInMix = false
    /// The party that takes part in the place of this one.
    var line: SlotHandle?
    /// Whether it takes part in the place of the party that it is connected to.
    var isLine = false
    private var tone: ToneGenerator?
    private var clips = FilePlayer()

    init(_ terms: RoomTerms = RoomTerms(), group: Int = 0) {
        self.group = group
        set(terms)
    }

    /// Takes new terms; what it heard before goes on where it is the same.
    mutating func set(_ terms: RoomTerms) {
        let isSame = terms.hearing == self.terms.hearing
        self.terms = terms
        if isSame { return }
        tone = nil
        clips = FilePlayer()
        switch terms.hearing {
        case .room, .nothing: break
        case .tone(var plan):
            plan.repetitions = nil
            tone = ToneGenerator(plan)
        case .clips(let clips):
            var effects: [FilePlayer.Effect] = []
            self.clips.receive(.play(FilePlayer.Job(clips, repetitions: nil)), at: .zero, into: &effects)
        }
    }

    /// Overwrites `frame` with what it hears instead of the room.
    mutating func fill(_ frame: inout [Int16]) {
        var effects: [FilePlayer.Effect] = []
        if tone != nil {
            tone?.fill(&frame)
        } else if clips.prepare(into: &effects) {
            clips.fill(&frame)
        } else {
            frame.silence()
        }
    }
}
