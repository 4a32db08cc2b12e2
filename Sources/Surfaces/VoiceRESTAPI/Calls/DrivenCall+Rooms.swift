import Audio
import CallControl
import MediaSessions
import VoiceApplications

/// How a call takes part in bridges and conferences.
extension DrivenCall {
    /// Brings the party into a room, when it is out of one that it is leaving; false where it cannot, for it is connected
    /// elsewhere or the room is full.
    @discardableResult
    func enterRoom(_ name: ConferenceName, _ media: ConferencePartyMediaSettings) async -> Bool {
        if isLeavingRoom {
            await withCheckedContinuation { left in onRoomExit.append { left.resume() } }
        }
        guard let channel, record.state == .active, !isOver, room == nil else { return false }
        room = name
        await player?.finishedSoon()
        do {
            try await channel.joinConference(name, media: media)
        } catch {
            services.logger.info("a call did not enter a room", metadata: ["call": "\(id)", "reason": "\(error)"])
            await isOutOfRoom(name)
            return false
        }
        Task {
            _ = await channel.waitForConferenceExit()
            await self.isOutOfRoom(name)
        }
        return true
    }

    private func isOutOfRoom(_ name: ConferenceName) async {
        guard room == name else { return }
        room = nil
        isLeavingRoom = false
        digitInterpreter = nil
        let actions = onRoomExit
        onRoomExit = []
        for action in actions { await action() }
    }

    /// Takes the party out of a room, where it is in that.
    func leaveRoom(_ name: ConferenceName) {
        guard room == name else { return }
        isLeavingRoom = true
        channel?.leaveConference()
    }

    /// Does something when the party is out of its room.
    func whenOutOfRoom(_ action: @escaping @Sendable () async -> Void) async {
        if room == nil { await action() } else { onRoomExit.append(action) }
    }

    /// Gives the digits of the party to its conference instead of the application, while it is in it.
    func interpretDigits(_ interpreter: @escaping @Sendable (Character) -> Void) {
        if room != nil { digitInterpreter = interpreter }
    }

    func mute(_ isMuted: Bool) { channel?.mute(isMuted) }

    func hold(_ isHeld: Bool) { channel?.holdInConference(isHeld) }

    func adjust(_ control: RoomLevels.Control, by steps: Int?) { channel?.adjustInConference(control, by: steps) }

    func setExitTone(_ tone: TonePlan?, _ conferences: Conferences) {
        if let channel { conferences.setExitTone(tone, of: channel.id) }
    }

    /// Does something when the call is active; at once where it is.
    func whenActive(_ action: @escaping @Sendable (DrivenCall) async -> Void) async {
        if record.state == .started { onAnswer.append(action) } else { await action(self) }
    }
}
