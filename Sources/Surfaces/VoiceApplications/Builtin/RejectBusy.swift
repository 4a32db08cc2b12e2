/// Rejects the call with BUSY.
struct RejectBusy: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let state = try await run.channel.reject(cause: .busy)
        if state != .idle { try await run.channel.waitForIdle() }
        return 0
    }
}
