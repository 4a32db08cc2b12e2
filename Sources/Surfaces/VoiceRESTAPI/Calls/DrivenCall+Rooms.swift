import Audio
import CallControl
import MediaSessions
import VoiceApplications

/// How a call takes part in bridges and conferences.
extension DrivenCall {
    /// Brings the party into a room; false where it cannot, for it is connected elsewhere or the room is full.
    @discardableResult
    func enterRoom(_ name: ConferenceName, _ media: ConferencePartyMediaSettings) async -> Bool {
        if isLeavingRoom { await outOfRoom() }
        guard let channel, record.state == .active, !isOver, room == nil else { return false }
        room = name
        (isEnteringRoom, isLeavingRoom) = (true, false)
        await player?.finishedSoon()
        do {
            try await channel.joinConference(name, media: media)
        } catch {
            services.logger.info("a call did not enter a room", metadata: ["call": "\(id)", "reason": "\(error)"])
            isEnteringRoom = false
            await isOutOfRoom(name)
            return false
        }
        isEnteringRoom = false
        if isLeavingRoom { channel.leaveConference() }
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

    /// Takes the party out of a room, where it is in that or on its way there.
    func leaveRoom(_ name: ConferenceName) {
        guard room == name else { return }
        isLeavingRoom = true
        if !isEnteringRoom { channel?.leaveConference() }
    }

    /// Whether the party cannot enter this room, for it is in another one or talks to another call.
    func isElsewhere(than name: ConferenceName) -> Bool {
        if record.state == .transferring || channel?.details.connectedTo != nil { return true }
        return room != nil && room != name && !isLeavingRoom
    }

    private func outOfRoom() async {
        await withCheckedContinuation { continuation in
            if room == nil { continuation.resume() } else { onRoomExit.append { continuation.resume() } }
        }
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
