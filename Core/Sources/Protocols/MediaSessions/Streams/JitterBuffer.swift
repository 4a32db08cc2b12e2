import Audio
import RTP
import Timeline

/// Puts received audio in order and gives it out in frames of 20 ms, late enough that few packets miss their turn.
///
/// Samples lie in a ring by their timestamp, so that packets may have any length. The delay starts at 40 ms. A packet
/// that comes too late makes it longer at once, by what the packet was late; while packets are early by more than is
/// needed for five seconds, it is shortened by one frame, in silence if there is some.
public struct JitterBuffer: Equatable, Sendable {
    /// Samples in the ring at first, 256 ms, and at most, 512 ms. More of them than a power of two would not be found by
    /// masking.
    private static let firstCapacity = 2048
    private static let longestCapacity = 4096
    /// Samples that one bit of the presence map stands for.
    private static let grain = 8
    private static let frame = AudioFrame.sampleCount
    /// The delay at the beginning of a stream, in samples.
    private static let initialDelay = 2 * frame
    /// The longest delay: 300 ms.
    private static let longestDelay = 15 * frame
    /// What every packet must be early by, in samples, before the delay is made shorter: three frames.
    private static let surplus = 3 * frame
    /// Frames between two looks at whether the delay may be shortened: five seconds.
    private static let reviewInterval = 250
    /// Packets in a row out of the ring's reach that are a new stream, not strays.
    private static let strangersToRestart = 2
    /// Packets in a row that are too late and make a new stream: its clock was put back.
    private static let latecomersToRestart = 10

    /// What became of a packet.
    public enum Verdict: Hashable, Sendable {
        case stored
        /// Its turn, or a part of it, is over.
        case late
        /// The ring cannot hold it; the next one like it begins a new stream.
        case outOfReach
    }

    private var ring: [Int16] = []
    private var capacity = firstCapacity
    private var present: [UInt64] = []
    private var isRunning = false
    /// The timestamp, at 8 kHz, of the next sample that is given out.
    private var position: UInt32 = 0
    private var lastTimestamp: UInt32 = 0
    private var strangers = 0
    private var latecomers = 0
    /// Frames before the first packet's turn.
    private var leadIn = 0
    /// Samples by which the delay must grow: frames that are given out without moving on.
    private var debt = 0
    private var leastMargin = Int.max
    private var framesToReview = reviewInterval
    private var emptyFrames = 0
    private var concealment = ConcealmentFilter()
    /// Packets that came after their turn.
    public private(set) var latePackets: UInt64 = 0
    /// Frames that had to be made up.
    public private(set) var concealedFrames: UInt64 = 0

    public init() {}

    /// Whether audio has come within the last second.
    public var isActive: Bool { isRunning }

    /// How long the newest audio waits, roughly: from the next sample that is given out to the last that came.
    public var depth: Duration {
        isRunning ? SampleCount(max(Int(Int32(bitPattern: lastTimestamp &- position)) + Self.frame, 0)).duration : .zero
    }

    /// Forgets everything; the next packet begins a new stream.
    public mutating func reset() {
        isRunning = false
        strangers = 0
        debt = 0
    }

    /// Takes the samples of a packet; `timestamp` counts at 8 kHz.
    public mutating func receive(_ samples: [Int16], timestamp: UInt32) -> Verdict {
        guard !samples.isEmpty, samples.count <= Self.longestCapacity / 2 else { return .outOfReach }
        if ring.isEmpty { allocate() }
        if !isRunning { start(at: timestamp) }
        var margin = Int(Int32(bitPattern: timestamp &- position))
        let end = margin + samples.count + Self.frame
        if end > capacity && end <= Self.longestCapacity { grow() }
        let isInReach = margin > -capacity && end <= capacity
        guard isInReach else {
            strangers += 1
            guard strangers >= Self.strangersToRestart else { return .outOfReach }
            start(at: timestamp)
            margin = Self.initialDelay
            store(samples, at: timestamp, margin: margin)
            return .stored
        }
        strangers = 0
        latecomers = margin + samples.count <= 0 ? latecomers + 1 : 0
        if latecomers >= Self.latecomersToRestart {
            start(at: timestamp)
            margin = Self.initialDelay
        }
        leastMargin = min(leastMargin, margin)
        if margin < 0 { lengthen(by: 0 - margin) }
        if Int32(bitPattern: timestamp &- lastTimestamp) > 0 { lastTimestamp = timestamp }
        store(samples, at: timestamp, margin: margin)
        if margin < 0 {
            latePackets &+= 1
            return .late
        }
        return .stored
    }

    /// Overwrites `frame` with the next 20 ms; false where nothing came for so long that it is silence.
    public mutating func next(into frame: inout [Int16]) -> Bool {
        guard isRunning else {
            frame.silence()
            return false
        }
        if debt >= Self.frame {
            debt -= Self.frame
            concealment.conceal(&frame)
            return true
        }
        review()
        defer { position &+= UInt32(Self.frame) }
        let isWhole = hasWholeFrame
        if leadIn > 0 {
            leadIn -= 1
            guard isWhole else {
                frame.silence()
                return take(into: &frame) > 0
            }
        }
        if !isWhole { concealment.conceal(&frame) }
        // What is there of a frame with holes replaces its concealment.
        let count = take(into: &frame)
        if isWhole {
            emptyFrames = 0
            concealment.accept(&frame)
            return true
        }
        emptyFrames = count == 0 ? emptyFrames + 1 : 0
        if emptyFrames <= 3 { concealedFrames &+= 1 }
        if emptyFrames >= 50 { isRunning = false }
        return emptyFrames <= 3
    }

    /// Whether the next 20 ms are all there.
    private var hasWholeFrame: Bool {
        for index in stride(from: 0, through: Self.frame, by: Self.grain) {
            let offset = min(index, Self.frame - 1)
            let bit = (Int(position &+ UInt32(offset)) & (capacity - 1)) / Self.grain
            guard present[bit >> 6] & 1 << UInt64(bit & 63) != 0 else { return false }
        }
        return true
    }

    private mutating func start(at timestamp: UInt32) {
        isRunning = true
        strangers = 0
        latecomers = 0
        debt = 0
        emptyFrames = 0
        leadIn = Self.initialDelay / Self.frame
        position = timestamp &- UInt32(Self.initialDelay)
        lastTimestamp = timestamp
        leastMargin = .max
        framesToReview = Self.reviewInterval
        for index in present.indices { present[index] = 0 }
    }

    private mutating func allocate() {
        ring = [Int16](repeating: 0, count: capacity)
        present = [UInt64](repeating: 0, count: capacity / Self.grain / 64)
    }

    /// Makes room for as long a delay as there may be; what has come stays.
    private mutating func grow() {
        let (old, there, mask) = (ring, present, capacity - 1)
        capacity = Self.longestCapacity
        allocate()
        let first = Int(position) / Self.grain
        for grain in first..<first + old.count / Self.grain {
            let bit = grain & (mask / Self.grain)
            guard there[bit >> 6] & 1 << UInt64(bit & 63) != 0 else { continue }
            let place = grain & (capacity / Self.grain - 1)
            for offset in 0..<Self.grain { ring[place * Self.grain + offset] = old[bit * Self.grain + offset] }
            setBit(place)
        }
    }

    /// Makes the delay longer by whole frames, up to its limit.
    private mutating func lengthen(by samples: Int) {
        let wanted = (samples + Self.frame - 1) / Self.frame * Self.frame
        let delay = Int(Int32(bitPattern: lastTimestamp &- position)) + debt
        guard delay + wanted <= Self.longestDelay, wanted > debt else { return }
        debt = wanted
        leastMargin = .max
        framesToReview = Self.reviewInterval
    }

    /// Every five seconds: if every packet was early by a frame more than needed, a frame is passed over.
    private mutating func review() {
        framesToReview -= 1
        guard framesToReview <= 0 else { return }
        let isTooEarly = leastMargin != .max && leastMargin >= Self.surplus
        // A frame of speech is worth more than 20 ms of delay, for another second.
        guard isTooEarly, !isLoud(at: position) || framesToReview < -50 else {
            if !isTooEarly {
                leastMargin = .max
                framesToReview = Self.reviewInterval
            }
            return
        }
        forget(at: position)
        position &+= UInt32(Self.frame)
        leastMargin = .max
        framesToReview = Self.reviewInterval
    }

    private func isLoud(at position: UInt32) -> Bool {
        for index in 0..<Self.frame where abs(Int32(ring[Int(position &+ UInt32(index)) & (capacity - 1)])) > 300 {
            return true
        }
        return false
    }

    private mutating func store(_ samples: [Int16], at timestamp: UInt32, margin: Int) {
        let skipped = min(max(0 - margin, 0), samples.count)
        guard skipped < samples.count else { return }
        var place = Int(timestamp &+ UInt32(skipped)) & (capacity - 1)
        for index in skipped..<samples.count {
            ring[place] = samples[index]
            place = (place + 1) & (capacity - 1)
        }
        let first = Int(timestamp &+ UInt32(skipped)) / Self.grain
        let last = Int(timestamp &+ UInt32(samples.count - 1)) / Self.grain
        // Across the wrap of the timestamp both numbers are of one ring.
        let count = (last - first + (Int(UInt32.max) + 1) / Self.grain) % ((Int(UInt32.max) + 1) / Self.grain)
        for step in 0...count { setBit((first + step) & (capacity / Self.grain - 1)) }
    }

    private mutating func setBit(_ bit: Int) { present[bit >> 6] |= 1 << UInt64(bit & 63) }

    /// Copies the samples that are there and empties their places; how many there were.
    private mutating func take(into frame: inout [Int16]) -> Int {
        var count = 0
        var index = 0
        while index < Self.frame {
            let timestamp = position &+ UInt32(index)
            let place = Int(timestamp) & (capacity - 1)
            let bit = place / Self.grain
            let run = min(Self.grain - place % Self.grain, Self.frame - index)
            let isThere = present[bit >> 6] & 1 << UInt64(bit & 63) != 0
            if isThere {
                for offset in 0..<run { frame[index + offset] = ring[place + offset] }
                count += run
                if (place + run) % Self.grain == 0 { present[bit >> 6] &= ~(1 << UInt64(bit & 63)) }
            }
            index += run
        }
        return count
    }

    private mutating func forget(at position: UInt32) {
        for index in stride(from: 0, to: Self.frame, by: Self.grain) {
            let bit = (Int(position &+ UInt32(index)) & (capacity - 1)) / Self.grain
            present[bit >> 6] &= ~(1 << UInt64(bit & 63))
        }
    }
}
