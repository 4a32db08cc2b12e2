extension [Int16] {
    /// Overwrites every sample with silence.
    mutating func silence() {
        for index in indices { self[index] = 0 }
    }
}
