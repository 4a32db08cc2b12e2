import Audio
import CallControl
import MediaSessions
import SwitchEngine

/// Conferences. A call takes part in one of two ways: `joinConference` puts it into the room and leaves it ANSWERED;
/// `transferToConferenceRoom` hands it to the room through another channel, as the original does.
extension CallChannel {
    /// Puts the far end into the conference room of this name, which is made if it does not exist and ends with its last
    /// party. Returns when it is in the room. Throws where the call is not ANSWERED, connected elsewhere, or the room full.
    public func joinConference(
        _ name: String, talkerAndListener: Bool = true,
        lifetime: ConferenceLifetimeControl = ConferenceLifetimeControl(),
        media: ConferencePartyMediaSettings = ConferencePartyMediaSettings()
    ) async throws {
        try await joinConference(
            try roomName(name), talkerAndListener: talkerAndListener, lifetime: lifetime, media: media)
    }

    /// The same for a name of any form, and the room of another owner.
    public func joinConference(
        _ name: ConferenceName, talkerAndListener: Bool = true,
        lifetime: ConferenceLifetimeControl = ConferenceLifetimeControl(),
        media: ConferencePartyMediaSettings = ConferencePartyMediaSettings()
    ) async throws {
        let visit = ConferenceVisit(
            name, try await media.terms(isTalker: talkerAndListener, lifetime, in: files))
        switch await link.enter(visit) {
        case .joined: return
        case .refused(_, let refusal): throw CallError(refusal, "joinConference")
        default: throw CallError.stopping
        }
    }

    /// Waits until the call that `joinConference` put into a room is out of it; says how it left, and at once where it has
    /// left already. nil where it never was in one, or the task is cancelled.
    @discardableResult
    public func waitForConferenceExit() async -> ConferenceDeparture? { await link.departure() }

    /// Takes the far end out of its conference.
    public func leaveConference() { link.ask(.leave) }

    /// Whether the far end is unheard in its conference.
    public func mute(_ isMuted: Bool = true) { link.order(.mute(id, isMuted)) }

    /// Whether the far end neither hears its conference nor is heard in it.
    public func holdInConference(_ isHeld: Bool = true) { link.order(.hold(id, isHeld)) }

    /// Makes the far end louder or softer in its conference, or the conference to it, by so many steps; nil puts it back.
    public func adjustInConference(_ control: RoomLevels.Control, by steps: Int?) {
        link.order(.adjust(id, control, by: steps))
    }

    /// Plays clips to the far end alone while it is in a conference, in the place of what the others say.
    @discardableResult
    public func playInConference(
        _ clips: [AudioClip], repetitions: Int? = 1, volume: Double = 0
    ) async throws -> FilePlayer.Cause {
        let job = FilePlayer.Job(clips, repetitions: repetitions, volume: volume)
        switch await link.run({ .play($0, job, .signalling) }, stop: .filePlayer) {
        case .played(_, let cause): return cause
        case .refused(_, let refusal): throw CallError(refusal, "playInConference")
        default: throw CallError.stopping
        }
    }

    // MARK: Rooms as destinations

    /// Calls a conference room: this channel becomes a party that is the application itself. What it plays the room
    /// hears, what it records the room says, and a call that is connected to it takes part. Returns ANSWERED in the room,
    /// or IDLE with the cause, NOCHANNELS where the room is full.
    @discardableResult
    public func callConferenceRoom(
        _ name: String, talkerAndListener: Bool = true,
        lifetime: ConferenceLifetimeControl = ConferenceLifetimeControl(),
        media: ConferencePartyMediaSettings = ConferencePartyMediaSettings(),
        timeout: Duration? = defaultTimeout
    ) async throws -> ChannelState {
        let arguments = try await visit(name, talkerAndListener, lifetime, media)
        return try await perform(.call(timeout: timeout), arguments)
    }

    /// The same, and returns at once.
    @discardableResult
    public func startCallConferenceRoom(
        _ name: String, talkerAndListener: Bool = true,
        lifetime: ConferenceLifetimeControl = ConferenceLifetimeControl(),
        media: ConferencePartyMediaSettings = ConferencePartyMediaSettings()
    ) async throws -> ChannelState {
        let arguments = try await visit(name, talkerAndListener, lifetime, media)
        return try await perform(.startCall, arguments)
    }

    /// Hands the far end to a conference room through `other`, in such a way that it comes back: with its exit digit, when
    /// the room ends, or by `retrieveTransferredCall`. Returns TRANSFERRED, or ANSWERED and `transferCause` says why not.
    @discardableResult
    public func transferToConferenceRoom(
        _ name: String, using other: CallChannel, talkerAndListener: Bool = true,
        lifetime: ConferenceLifetimeControl = ConferenceLifetimeControl(),
        media: ConferencePartyMediaSettings = ConferencePartyMediaSettings(),
        timeout: Duration? = defaultTimeout
    ) async throws -> ChannelState {
        let arguments = try await visit(name, talkerAndListener, lifetime, media)
        return try await perform(.transfer(other.peer, timeout: timeout), arguments)
    }

    private func visit(
        _ name: String, _ isTalker: Bool, _ lifetime: ConferenceLifetimeControl, _ media: ConferencePartyMediaSettings
    ) async throws -> ChannelArguments {
        var arguments = ChannelArguments()
        arguments.conference = ConferenceVisit(
            try roomName(name), try await media.terms(isTalker: isTalker, lifetime, in: files))
        return arguments
    }

    private func roomName(_ name: String) throws -> ConferenceName {
        let room = ConferenceName(name, owner: link.owner)
        guard room.isPlain else {
            throw CallError(
                .error,
                "\(name.debugDescription) is no conference room: 1 to \(ConferenceName.maximumLength) letters and digits"
            )
        }
        return room
    }

    // MARK: Echo

    /// Sends back to the far end what it says, until the call ends or `endEcho`.
    public func echo() async throws {
        switch await link.run({ .echo($0) }, stop: nil) {
        case .connected: return
        case .refused(_, let refusal): throw CallError(refusal, "echo")
        default: throw CallError.stopping
        }
    }

    /// Ends the echo.
    public func endEcho() { link.ask(.disconnect) }
}

extension ChannelArguments {
    /// The same, where `callTo` is `con:` and the name of a room with that room as its destination.
    func withRoom(of owner: String) -> ChannelArguments {
        let prefix = "con:"
        guard conference == nil, callTo.starts(with: prefix.utf8) else { return self }
        var arguments = self
        let name = ConferenceName(String(decoding: callTo.dropFirst(prefix.utf8.count), as: UTF8.self), owner: owner)
        if name.isPlain { arguments.conference = ConferenceVisit(name) }
        arguments.callTo = []
        return arguments
    }
}
