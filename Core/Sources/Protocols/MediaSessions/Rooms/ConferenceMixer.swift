import Audio

/// Adds the audio of a room, so that each party hears all others and not itself.
public struct ConferenceMixer: Equatable, Sendable {
    /// The sum of all frames; 32 bits hold those of 65,536 parties.
    private var sum = [Int32](repeating: 0, count: AudioFrame.sampleCount)
    /// How many frames are in the mix.
    public private(set) var count = 0

    public init() {}

    /// Begins the next 20 ms.
    public mutating func clear() {
        count = 0
        for index in sum.indices { sum[index] = 0 }
    }

    /// Adds the frame of a party that talks, multiplied by `gain`.
    public mutating func add(_ frame: [Int16], gain: Float = 1) {
        count += 1
        if gain != 1 {
            for index in 0..<min(sum.count, frame.count) { sum[index] &+= Self.scaled(frame[index], gain) }
            return
        }
        frame.withUnsafeBufferPointer { frame in
            sum.withUnsafeMutableBufferPointer { sum in
                for index in 0..<min(sum.count, frame.count) { sum[index] &+= Int32(frame[index]) }
            }
        }
    }

    /// Overwrites `frame` with what a party hears that is not in the mix.
    public func mix(into frame: inout [Int16]) {
        frame.withUnsafeMutableBufferPointer { frame in
            sum.withUnsafeBufferPointer { sum in
                for index in 0..<min(sum.count, frame.count) { frame[index] = Int16(clamping: sum[index]) }
            }
        }
    }

    private static func scaled(_ sample: Int16, _ gain: Float) -> Int32 { Int32((Float(sample) * gain).rounded()) }

    /// Overwrites `frame` with what the party hears that added `own`, multiplied by `gain`.
    public func mix(without own: [Int16], gain: Float = 1, into frame: inout [Int16]) {
        if gain != 1 {
            for index in 0..<min(sum.count, frame.count, own.count) {
                frame[index] = Int16(clamping: sum[index] &- Self.scaled(own[index], gain))
            }
            return
        }
        frame.withUnsafeMutableBufferPointer { frame in
            sum.withUnsafeBufferPointer { sum in
                own.withUnsafeBufferPointer { own in
                    for index in 0..<min(sum.count, frame.count, own.count) {
                        frame[index] = Int16(clamping: sum[index] &- Int32(own[index]))
                    }
                }
            }
        }
    }
}
