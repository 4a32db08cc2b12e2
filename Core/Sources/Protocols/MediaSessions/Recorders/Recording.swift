import Audio
import Timeline

/// What all recorders share: the file that grows, its limits, and whether there was anything to hear.
struct Recording: Equatable, Sendable {
    /// What ended it.
    enum Ending: Sendable { case silence, size, timeout }

    /// How much audio may be lost when the program dies: half a second.
    private static let framesPerFlush = 25

    private let options: RecordingOptions
    private var file: WAVERecording
    private var activity = ActivityDetector()
    private var eliminator: DTMFEliminator?
    private var otherEliminator: DTMFEliminator?
    private var frames = 0
    private var unflushed = 0
    private var quietFrames = 0
    private var left = [Int16](repeating: 0, count: AudioFrame.sampleCount)
    private var right: [Int16] = []
    /// Whether any audio was heard.
    private(set) var hasAudio = false
    /// Whether frames are passed over.
    var isPaused = false

    init(_ options: RecordingOptions, channels: Int) {
        self.options = options
        file = WAVERecording(options.format, rate: options.rate, channels: channels)
        guard options.eliminatesDTMF ?? false else { return }
        eliminator = DTMFEliminator()
        if channels == 2 { otherEliminator = DTMFEliminator() }
    }

    /// Records 20 ms; what ends the recording, if anything does.
    mutating func append(_ frame: [Int16], into writes: inout [WAVERecording.Write]) -> Ending? {
        guard !isPaused else { return nil }
        if let ending = limit() { return ending }
        copy(frame, to: &left)
        if eliminator?.pass(&left) ?? true { file.append(left) }
        return count(ActivityDetector.meanSquare(left), into: &writes)
    }

    /// Records 20 ms of both sides of a call.
    mutating func append(
        _ frame: [Int16], _ other: [Int16], into writes: inout [WAVERecording.Write]
    ) -> Ending? {
        guard !isPaused else { return nil }
        if let ending = limit() { return ending }
        copy(frame, to: &left)
        copy(other, to: &right)
        if file.channels == 1 {
            for index in left.indices { left[index] = Int16(clamping: Int32(left[index]) &+ Int32(right[index])) }
            if eliminator?.pass(&left) ?? true { file.append(left) }
            return count(ActivityDetector.meanSquare(left), into: &writes)
        }
        let isLeft = eliminator?.pass(&left) ?? true
        let isRight = otherEliminator?.pass(&right) ?? true
        if isLeft && isRight { file.append(left, right) }
        return count(max(ActivityDetector.meanSquare(left), ActivityDetector.meanSquare(right)), into: &writes)
    }

    /// Writes the end of the file.
    mutating func finish(into writes: inout [WAVERecording.Write]) {
        if let eliminator, limit() == nil {
            if file.channels == 2, let otherEliminator {
                for (left, right) in zip(eliminator.rest, otherEliminator.rest) { file.append(left, right) }
            } else {
                for frame in eliminator.rest { file.append(frame) }
            }
        }
        file.finish(into: &writes)
    }

    /// How long it is, without pauses.
    var duration: Duration { AudioFrame.duration * frames }

    /// What forbids another frame.
    private func limit() -> Ending? {
        if let timeout = options.timeout, duration >= timeout { return .timeout }
        let perFrame = options.format.bitsPerSample * file.channels * Int(options.rate.rawValue) / 400
        // What a resampler, a block or an eliminator holds back is written at the end.
        let frames = 2 + (eliminator == nil ? 0 : DTMFEliminator.depth)
        let blocks = options.format == .imaADPCM ? WAVERecording.longestBlock * 2 : 2
        let next = file.byteCount + perFrame * frames + blocks
        if options.maximumBytes > 0 && next > options.maximumBytes { return .size }
        return nil
    }

    private mutating func count(_ power: Float, into writes: inout [WAVERecording.Write]) -> Ending? {
        frames += 1
        unflushed += 1
        if unflushed >= Self.framesPerFlush {
            unflushed = 0
            file.flush(into: &writes)
        }
        _ = activity.receive(meanSquare: power)
        if activity.isActive { hasAudio = true }
        let isLoud = options.silenceThreshold.map { power >= Float($0 * $0) } ?? activity.isLoud
        quietFrames = isLoud ? 0 : quietFrames + 1
        let silence = hasAudio ? options.maximumSilence : options.initialSilence ?? options.maximumSilence
        if silence > .zero && AudioFrame.duration * quietFrames >= silence { return .silence }
        return nil
    }

    private func copy(_ source: [Int16], to target: inout [Int16]) {
        if target.count != AudioFrame.sampleCount {
            target = [Int16](repeating: 0, count: AudioFrame.sampleCount)
        }
        for index in target.indices { target[index] = index < source.count ? source[index] : 0 }
    }
}
