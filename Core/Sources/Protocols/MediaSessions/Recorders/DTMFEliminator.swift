import Audio

/// Takes push-button tones out of audio: holds it back until a tone in it would have been recognised.
struct DTMFEliminator: Equatable, Sendable {
    /// Frames held back: the detector's latency.
    static let depth = 3

    private var detector = DTMFToneDetector()
    private var changes: [DTMFToneDetector.Change] = []
    private var held: [[Int16]]
    private var next = 0
    /// Frames that are held; `depth` of them once so many have come.
    private var count = 0

    init() { held = [[Int16]](repeating: [Int16](repeating: 0, count: AudioFrame.sampleCount), count: Self.depth) }

    /// Replaces `frame` by the one of 60 ms ago, without tones; false where there was none yet.
    mutating func pass(_ frame: inout [Int16]) -> Bool {
        changes.removeAll(keepingCapacity: true)
        let wasSounding = detector.sounding != nil
        detector.receive(frame, into: &changes)
        let began = changes.contains { if case .began = $0 { true } else { false } }
        if began {
            for index in held.indices { for place in held[index].indices { held[index][place] = 0 } }
        }
        if began || wasSounding || detector.sounding != nil {
            for place in frame.indices { frame[place] = 0 }
        }
        swap(&frame, &held[next])
        next = (next + 1) % Self.depth
        guard count == Self.depth else {
            count += 1
            return false
        }
        return true
    }

    /// The frames that are still held back, oldest first.
    var rest: [[Int16]] { (0..<Self.depth).suffix(count).map { held[(next + $0) % Self.depth] } }
}
