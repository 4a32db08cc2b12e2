import Audio
import Timeline

/// What a party is in its room, and when its packets are sent.
struct RoomPlace: Equatable, Sendable {
    /// The group of packet times, with or without a room.
    var group = 0
    private(set) var terms = RoomTerms()
    /// What its levels mean for samples.
    private(set) var talkGain: Float = 1
    private(set) var listenGain: Float = 1
    private var threshold: Float?
    /// How long it has been softer than that; it must be loud first to be heard.
    private var quietFrames = holdFrames
    /// Frames for which it is heard on then, so that no word loses its end: 200 ms.
    private static let holdFrames = 10
    /// Whether its last frame went into the mix, and must not come back to it.
    var isInMix = false
    /// The party that takes part in the place of this one.
    var line: SlotHandle?
    /// Whether it takes part in the place of the party that it is connected to.
    var isLine = false
    private var tone = OnDemand<ToneGenerator>()
    private var clips = OnDemand<FilePlayer>()

    init(_ terms: RoomTerms = RoomTerms(), group: Int = 0) {
        self.group = group
        set(terms)
    }

    /// Takes new terms; what it heard before goes on where it is the same.
    mutating func set(_ terms: RoomTerms) {
        let isSame = terms.hearing == self.terms.hearing
        self.terms = terms
        talkGain = terms.levels.talkGain
        listenGain = terms.levels.listenGain
        threshold = terms.levels.threshold
        if isSame { return }
        tone.value = nil
        clips.value = nil
        switch terms.hearing {
        case .room, .nothing: break
        case .tone(var plan):
            plan.repetitions = nil
            tone.value = ToneGenerator(plan)
        case .clips(let clips):
            var player = FilePlayer()
            var effects: [FilePlayer.Effect] = []
            player.receive(.play(FilePlayer.Job(clips, repetitions: nil)), at: .zero, into: &effects)
            self.clips.value = player
        }
    }

    /// Whether the others hear a frame of it.
    mutating func lets(_ frame: [Int16]) -> Bool {
        guard terms.isHeard, let threshold else { return terms.isHeard }
        let isLoud = ActivityDetector.meanSquare(frame) >= threshold
        quietFrames = isLoud ? 0 : min(quietFrames + 1, Self.holdFrames)
        return quietFrames < Self.holdFrames
    }

    /// Overwrites `frame` with what it hears instead of the room.
    mutating func fill(_ frame: inout [Int16]) {
        var effects: [FilePlayer.Effect] = []
        if tone.value != nil {
            tone.value?.fill(&frame)
        } else if clips.value?.prepare(into: &effects) ?? false {
            clips.value?.fill(&frame)
        } else {
            frame.silence()
        }
    }
}
