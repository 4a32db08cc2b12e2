import Audio
import CallControl
import VoiceApplications

/// How a call is joined with the one that it is transferred to.
extension DrivenCall {
    /// The call is being transferred: its party hears it ring.
    func beginTransfer() throws(RESTError) {
        let channel = try activeChannel()
        guard channel.details.connectedTo == nil else { throw invalidState("transfer") }
        show { $0.state = .transferring }
        step("transfer")
        let before = player
        before?.stop()
        ringing = Task {
            await before?.finished()
            if !Task.isCancelled { _ = try? await channel.tonePlayer.play(ToneCatalogue().standard) }
        }
    }

    /// The transfer came to nothing: the call is the application's again.
    func transferFailed() async {
        await endRinging()
        if record.state == .transferring { show { $0.state = .active } }
    }

    /// Joins the party with that of the call that was placed for it; answers it where nobody has.
    func join(_ other: DrivenCall) async {
        await endRinging()
        if let channel, record.state == .started, terms.direction == .incoming { _ = try? await channel.answer() }
        await player?.finishedSoon()
        await other.player?.finishedSoon()
        guard await connect(other) else { return await other.release() }
        isJoined = true
        if record.state == .transferring { show { $0.state = .active } }
    }

    /// Joins the audio of the two as soon as nothing else is being sent to either party; false where that is never.
    private func connect(_ other: DrivenCall) async -> Bool {
        await sending?.value
        for _ in 0..<Self.connectAttempts {
            guard let channel, let partner = await other.channel, !isOver, await !other.isOver else { return false }
            if (try? await channel.connect(partner)) == true { return true }
            try? await services.clock.wait(Self.connectInterval)
        }
        return false
    }

    /// How often, and how long after another, it is tried to join two calls of which one is still sent something.
    private static let connectAttempts = 40
    private static let connectInterval: Duration = .milliseconds(50)

    /// The call that was placed for this one is over: with it this one, where the other had answered or nobody had taken it.
    /// A caller whom nobody has taken hears why the other one was not answered.
    func partnerEnded(_ other: DrivenCall) async {
        if record.state == .started, other.record.activeTime == nil, let cause = await other.endCause {
            return refuse(for: cause)
        }
        if isJoined || other.record.activeTime != nil || record.state == .started { return release() }
        await transferFailed()
    }

    /// Does something when the call is over; at once where it is.
    func whenOver(_ action: @escaping @Sendable () async -> Void) async {
        if isOver { await action() } else { onEnd.append { _ in await action() } }
    }

    private func endRinging() async {
        guard let ringing else { return }
        ringing.cancel()
        channel?.tonePlayer.stop()
        await ringing.value
        self.ringing = nil
    }
}
