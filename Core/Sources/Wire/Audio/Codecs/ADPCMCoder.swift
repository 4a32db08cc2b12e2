/// The adaptive differential coders of four bits a sample: OKI (Dialogic) ADPCM with 12-bit samples, and IMA ADPCM with
/// 16-bit samples. Both add an eighth, a quarter, a half and the whole of a step that grows and shrinks with the code.
struct ADPCMCoder: Equatable, Sendable, BitwiseCopyable {
    enum Variant: Sendable, BitwiseCopyable { case oki, ima }

    let variant: Variant
    /// The last sample, in the variant's own depth.
    private(set) var predictor: Int32 = 0
    /// Position in the table of steps.
    private(set) var index: Int32 = 0

    init(_ variant: Variant) { self.variant = variant }

    /// A coder in the state that the header of an IMA block names.
    init(imaPredictor: Int16, index: UInt8) {
        variant = .ima
        predictor = Int32(imaPredictor)
        self.index = min(Int32(index), Int32(Self.steps.count - 1))
    }

    /// The linear sample of a code, of which only the lower four bits count.
    mutating func decode(_ code: UInt8) -> Int16 {
        let difference = difference(of: code)
        let sum = code & 8 != 0 ? predictor &- difference : predictor &+ difference
        index = min(max(index &+ Self.adjustments[Int(code & 7)], 0), largestIndex)
        switch variant {
        case .oki:
            predictor = min(max(sum, -2048), 2047)
            return Int16(truncatingIfNeeded: predictor << 4)
        case .ima:
            predictor = min(max(sum, -32768), 32767)
            return Int16(truncatingIfNeeded: predictor)
        }
    }

    /// The code of a linear sample.
    mutating func encode(_ sample: Int16) -> UInt8 {
        let wanted = variant == .oki ? Int32(sample) >> 4 : Int32(sample)
        var difference = wanted &- predictor
        var code: UInt8 = 0
        if difference < 0 {
            code = 8
            difference = 0 &- difference
        }
        var step = self.step
        for bit in [4, 2, 1] as [UInt8] {
            if difference >= step {
                code |= bit
                difference &-= step
            }
            step >>= 1
        }
        _ = decode(code)
        return code
    }

    /// How far a code moves, without its sign; IMA cuts each part to whole units, OKI the sum.
    private func difference(of code: UInt8) -> Int32 {
        let step = self.step
        guard variant == .ima else { return ((Int32(code & 7) &* 2 &+ 1) &* step) >> 3 }
        var difference = step >> 3
        if code & 4 != 0 { difference &+= step }
        if code & 2 != 0 { difference &+= step >> 1 }
        if code & 1 != 0 { difference &+= step >> 2 }
        return difference
    }

    private var step: Int32 { variant == .oki ? Self.steps[Int(index) &+ Self.firstOKIStep] : Self.steps[Int(index)] }
    private var largestIndex: Int32 { variant == .oki ? 48 : 88 }

    /// OKI's 49 steps, 16 to 1552, are a part of IMA's 89.
    private static let firstOKIStep = 8
    private static let adjustments: [Int32] = [-1, -1, -1, -1, 2, 4, 6, 8]
    private static let steps: [Int32] = [
        7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97,
        107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796,
        876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871,
        5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623,
        27086, 29794, 32767,
    ]
}
