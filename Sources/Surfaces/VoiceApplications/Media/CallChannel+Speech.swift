import MediaSessions

extension CallChannel {
    /// Says a text to the far end and returns why that ended; `volume` in decibels, `loop` until it is stopped by
    /// `filePlayer.stop()`. Throws `CallError` as `filePlayer.play` does, and where no speech engine is installed. The
    /// far end's hang-up ends the engine's work, too.
    @discardableResult
    public func say(
        _ text: String, as voice: SpeechVoice = .standard, volume: Double = 0, loop: Bool = false,
        bargeIn: BargeIn = .off
    ) async throws -> FilePlayer.Cause {
        switch state {
        case .answered: break
        case .idle: throw CallError(.hangup, "say needs a call, but the channel is IDLE")
        default: throw CallError(.error, "say needs a channel that is ANSWERED")
        }
        let clip = try await whileThereIsACall { try await files.speech.clip(text, voice) }
        return try await filePlayer.play([clip], bargeIn: bargeIn, repetitions: loop ? nil : 1, volume: volume)
    }

    /// Does something that takes a while, and cancels it when the call is over. Throws what it throws, and `CallError`
    /// with code `hangup` where the call ended first.
    private func whileThereIsACall<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let changes = link.events(isReader: false)
        let result = try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                for try await event in changes where event == .changed(.idle) { break }
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        guard let result else {
            try Task.checkCancellation()
            throw CallError(.hangup, "the call ended")
        }
        return result
    }
}
