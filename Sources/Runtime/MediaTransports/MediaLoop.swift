import Addresses
import MediaSessions
import PacketLoop
import Timeline

/// What a media shard does on its thread: relays datagrams as they arrive, carries out commands, watches for silence.
///
/// One datagram is taken of a socket at a time; the loop announces the socket again while there are more. So a flood on
/// one port costs the other calls no more than one datagram each turn.
final class MediaLoop: PacketLoopClient {
    /// Longer than any datagram, so that none is cut.
    private static let bufferBytes = 65_536
    /// Most streams of one session: the media lines that a description may have.
    private static let maximumStreams = 32

    private let options: MediaShardOptions
    private let loop: PacketLoop
    private let inbox: Inbox<MediaCommand>
    private let report: @Sendable ([MediaEvent]) -> Void
    private let buffer: UnsafeMutableRawBufferPointer
    private var streams: StreamTable
    private var parties: PartyTable
    private var sessions = SlotTable<MediaSession>()
    private var handles: [MediaSessionID: SlotHandle] = [:]
    private var deadlines = DeadlineQueue<SlotHandle>()
    private var commands: [MediaCommand] = []
    private var events: [MediaEvent] = []
    private(set) var nextDeadline: Instant?

    init(
        _ loop: PacketLoop, options: MediaShardOptions, inbox: Inbox<MediaCommand>,
        events: @escaping @Sendable ([MediaEvent]) -> Void
    ) {
        self.options = options
        self.loop = loop
        self.inbox = inbox
        report = events
        buffer = .allocate(byteCount: Self.bufferBytes, alignment: 16)
        streams = StreamTable(options, on: loop)
        parties = PartyTable(
            options, seed: UInt64.random(in: 1...UInt64.max))
    }

    deinit {
        parties.closeAll()
        streams.closeAll()
        buffer.deallocate()
    }

    func socketReady(_ token: UInt32, at now: Instant) {
        let token = SocketToken(rawValue: token)
        if let party = token.party {
            parties.receive(party, token.component, through: buffer, at: now, into: &events)
        } else {
            streams[token.stream]?.relayOne(token.side, token.component, through: buffer, at: now)
        }
    }

    func inboxSignalled(at now: Instant) {
        inbox.take(into: &commands)
        for command in commands { carryOut(command, at: now) }
        commands.removeAll(keepingCapacity: true)
        nextDeadline = Instant.earliest(deadlines.nextDeadline, parties.nextDeadline)
    }

    func timeElapsed(at now: Instant) {
        while let handle = deadlines.popExpired(at: now) { reportSilence(of: handle, at: now) }
        parties.timeElapsed(at: now, into: &events)
        nextDeadline = Instant.earliest(deadlines.nextDeadline, parties.nextDeadline)
    }

    func iterationEnding(at now: Instant) {
        guard !events.isEmpty else { return }
        report(events)
        events.removeAll(keepingCapacity: true)
    }

    private func carryOut(_ command: MediaCommand, at now: Instant) {
        switch command {
        case .open(let id, let count, let caller, let callee):
            events.append(open(id, streams: count, caller: caller, callee: callee))
        case .update(let id, let side, let targets):
            guard let session = session(id) else { return }
            for (position, target) in zip(session.streams, targets) { streams[position]?.update(side, target) }
        case .openParty(let id, let address): openParty(id, on: address, at: now)
        case .party(let id, let command): parties.receive(command, for: id, at: now, into: &events)
        case .room(let id, let command): parties.receive(command, for: id, at: now, into: &events)
        case .supervise(let id, _, let isOn) where parties.contains(id): parties.supervise(id, isOn, at: now)
        case .supervise(let id, let side, let isOn):
            guard let handle = handles[id], options.silenceTimeout > .zero else { return }
            sessions[handle]?[supervised: side] = isOn ? now : nil
            schedule(handle)
        case .close(let id):
            if let sockets = parties.close(id, at: now, into: &events) {
                streams.closeParty(sockets)
            } else {
                events.append(close(id))
            }
        }
    }

    private func openParty(_ id: MediaSessionID, on address: IPAddress, at now: Instant) {
        let position = parties.nextPosition
        let rtp = SocketToken(party: position, component: .rtp).rawValue
        let rtcp = SocketToken(party: position, component: .rtcp).rawValue
        guard !parties.contains(id), let sockets = streams.openParty(on: address, (rtp, rtcp)) else {
            return events.append(.openFailed(id))
        }
        let port = sockets.port
        parties.open(id, sockets, at: now, into: &events)
        events.append(.opened(id, callerPorts: [port], calleePorts: [port]))
    }

    private func session(_ id: MediaSessionID) -> MediaSession? {
        guard let handle = handles[id] else { return nil }
        return sessions[handle]
    }

    /// Opens what is missing of a session; on failure the session is as before.
    private func open(_ id: MediaSessionID, streams count: Int, caller: IPAddress, callee: IPAddress) -> MediaEvent {
        var session = session(id) ?? MediaSession(id: id)
        let before = session.streams.count
        guard count <= Self.maximumStreams else { return .openFailed(id) }
        while session.streams.count < count {
            guard let position = streams.open(caller: caller, callee: callee) else {
                for position in session.streams.dropFirst(before) { streams.close(position) }
                return .openFailed(id)
            }
            session.streams.append(position)
        }
        let opened = session.streams.compactMap { streams[$0] }
        if let handle = handles[id] {
            sessions[handle] = session
        } else {
            handles[id] = sessions.insert(session)
        }
        return .opened(id, callerPorts: opened.map(\.caller.port), calleePorts: opened.map(\.callee.port))
    }

    private func close(_ id: MediaSessionID) -> MediaEvent {
        var caller = MediaStatistics()
        var callee = MediaStatistics()
        if let handle = handles.removeValue(forKey: id), let session = sessions.remove(handle) {
            deadlines.cancel(handle)
            for position in session.streams {
                if let relay = streams[position]?.relay {
                    caller.add(relay.statistics(of: .caller))
                    callee.add(relay.statistics(of: .callee))
                }
                streams.close(position)
            }
        }
        return .closed(id, caller: caller, callee: callee)
    }

    /// When a supervised party counts as silent unless it is heard before; nil while it is not supervised.
    private func silenceDeadline(_ session: MediaSession, _ side: MediaSide) -> Instant? {
        guard var latest = session[supervised: side] else { return nil }
        for position in session.streams {
            if let heard = streams[position]?.relay.lastHeard(side) { latest = max(latest, heard) }
        }
        return latest + options.silenceTimeout
    }

    /// Sets the session's deadline; packets do not move it, they are looked at when it has come.
    private func schedule(_ handle: SlotHandle) {
        guard let session = sessions[handle] else { return }
        let deadlines = [silenceDeadline(session, .caller), silenceDeadline(session, .callee)].compactMap { $0 }
        if let earliest = deadlines.min() {
            self.deadlines.schedule(handle, at: earliest)
        } else {
            self.deadlines.cancel(handle)
        }
    }

    private func reportSilence(of handle: SlotHandle, at now: Instant) {
        guard var session = sessions[handle] else { return }
        for side in [MediaSide.caller, .callee] {
            guard let deadline = silenceDeadline(session, side), deadline <= now else { continue }
            session[supervised: side] = nil
            events.append(.silent(session.id, side))
        }
        sessions[handle] = session
        schedule(handle)
    }
}
