// 7. Call screening. Dial this with: martlet call sip:107@127.0.0.1 --from sip:2025550666@127.0.0.1
import Martlet

/// Rejects callers whose number begins with one in the parameter `busy` with BUSY, and those of `moved` with 301, which
/// cannot be sent and leads to ERROR and a second reject; everybody else is answered.
struct CallScreening: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        let caller = channel.details.callFrom
        if let busy = run.parameters["busy"], caller.hasPrefix(busy) {
            return try await reject(channel) { try await channel.reject(cause: .busy) }
        }
        if let moved = run.parameters["moved"], caller.hasPrefix(moved) {
            return try await reject(channel) { try await channel.reject(rawCause: 301) }
        }
        try await channel.answer()
        try await channel.say("Welcome.")
        try await channel.hangUp()
        return 0
    }

    /// As document 000 shows it: a reject that cannot be sent is followed by one that can.
    private func reject(_ channel: CallChannel, _ first: () async throws -> ChannelState) async throws -> Int {
        var state = try await first()
        if state != .idle {
            if state == .error { state = try await channel.reject() }
            if state != .idle { try await channel.waitForIdle() }
        }
        return 1
    }
}
