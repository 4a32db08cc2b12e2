extension [Int16] {
    /// Overwrites every sample with silence.
    mutating func silence() {
        for index in indices { self[index] = 0 }
    }

    /// Multiplies every sample; what becomes too large is cut.
    mutating func amplify(by gain: Float) {
        for index in indices {
            self[index] = Int16(Swift.max(-32768, Swift.min((Float(self[index]) * gain).rounded(), 32767)))
        }
    }
}
