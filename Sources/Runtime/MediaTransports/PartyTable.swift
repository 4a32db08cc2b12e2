import Addresses
import MediaSessions
import PacketLoop
import Timeline

/// The parties of applications on a shard: their sockets, and the machine that makes their audio.
struct PartyTable {
    /// A party and its pair of sockets.
    private struct Party {
        let id: MediaSessionID
        let sockets: SocketPair
        /// Since when the party must be heard; nil while it is not supervised.
        var supervised: Instant?
    }

    /// Most parties in one room, whatever its conference allows.
    private static let maximumParties = 1_000

    private let silenceTimeout: Duration
    private let settings: PartySettings
    private var core: MediaCore
    private var output = MediaOutput()
    private var parties: [Party?] = []
    private var free: [Int] = []
    private var positions: [MediaSessionID: Int] = [:]
    /// When silence is looked for again.
    private var nextWatch: Instant?

    init(_ options: MediaShardOptions, seed: UInt64) {
        silenceTimeout = options.silenceTimeout
        settings = options.parties
        core = MediaCore(
            MediaCore.Options(adapters: options.adapters, maximumParties: Self.maximumParties), seed: seed)
    }

    var nextDeadline: Instant? { Instant.earliest(core.nextDeadline, nextWatch) }

    func contains(_ id: MediaSessionID) -> Bool { positions[id] != nil }

    /// Where the next party will be, for the tokens of its sockets.
    var nextPosition: Int { free.last ?? parties.count }

    /// Takes a party whose sockets are open and watched.
    mutating func open(_ id: MediaSessionID, _ sockets: SocketPair, at now: Instant, into events: inout [MediaEvent]) {
        let position = free.popLast() ?? parties.count
        if position == parties.count { parties.append(nil) }
        parties[position] = Party(id: id, sockets: sockets)
        positions[id] = position
        core.open(id, settings, at: now, into: &output)
        flush(into: &events)
    }

    /// Takes one datagram from a socket that has one.
    mutating func receive(
        _ position: Int, _ component: MediaRelay.Component, through buffer: UnsafeMutableRawBufferPointer,
        at now: Instant, into events: inout [MediaEvent]
    ) {
        guard let party = parties[position] else { return }
        var source = SocketAddress(Endpoint(IPAddress(v4: 0), 0))
        let socket = component == .rtp ? party.sockets.rtp : party.sockets.rtcp
        let count = socket.receive(into: buffer, from: &source)
        guard count >= 0 else { return }
        core.receive(
            UnsafeRawBufferPointer(start: buffer.baseAddress, count: count), from: source.endpoint, component,
            for: party.id, at: now, into: &output)
        flush(into: &events)
    }

    /// Carries out what is asked of a party; refused where there is none.
    mutating func receive(
        _ command: PartyCommand, for id: MediaSessionID, at now: Instant, into events: inout [MediaEvent]
    ) {
        core.receive(command, for: id, at: now, into: &output)
        flush(into: &events)
    }

    /// Carries out what is asked of a room.
    mutating func receive(_ command: RoomCommand, for room: RoomID, at now: Instant, into events: inout [MediaEvent]) {
        core.receive(command, for: room, at: now, into: &output)
        flush(into: &events)
    }

    /// Ends a party and gives its sockets away; nil where there is none.
    mutating func close(_ id: MediaSessionID, at now: Instant, into events: inout [MediaEvent]) -> SocketPair? {
        guard let position = positions[id], let party = parties[position] else { return nil }
        let statistics = core.statistics(of: id) ?? MediaStatistics()
        core.receive(.close, for: id, at: now, into: &output)
        flush(into: &events)
        positions[id] = nil
        parties[position] = nil
        free.append(position)
        events.append(.closed(id, caller: statistics, callee: statistics))
        return party.sockets
    }

    mutating func timeElapsed(at now: Instant, into events: inout [MediaEvent]) {
        core.timeElapsed(at: now, into: &output)
        flush(into: &events)
        if let nextWatch, nextWatch <= now { watch(at: now, into: &events) }
    }

    /// Sends what the core wants sent, and reports what it reports.
    private mutating func flush(into events: inout [MediaEvent]) {
        output.bytes.withUnsafeBytes { bytes in
            for datagram in output.datagrams {
                guard let position = positions[datagram.party], let party = parties[position] else { continue }
                let socket = datagram.component == .rtp ? party.sockets.rtp : party.sockets.rtcp
                let payload = UnsafeRawBufferPointer(
                    rebasing: bytes[datagram.offset..<datagram.offset + datagram.count])
                let isSent =
                    datagram.destination.address.isIPv6 == socket.local.address.isIPv6
                    && socket.send(payload, to: SocketAddress(datagram.destination)) == 0
                if !isSent { core.sendFailed(for: datagram.party) }
            }
        }
        for (party, event) in output.events {
            if case .closed = event { continue }
            events.append(.party(party, event))
        }
        for (room, event) in output.roomEvents { events.append(.room(room, event)) }
        output.removeAll()
    }

    // MARK: Silence

    mutating func supervise(_ id: MediaSessionID, _ isOn: Bool, at now: Instant) {
        guard let position = positions[id], silenceTimeout > .zero else { return }
        parties[position]?.supervised = isOn ? now : nil
        if isOn { nextWatch = Instant.earliest(nextWatch, now + silenceTimeout) }
    }

    /// Reports the parties that were silent for too long; packets move no deadline, they are looked at when it has come.
    private mutating func watch(at now: Instant, into events: inout [MediaEvent]) {
        nextWatch = nil
        for position in parties.indices {
            guard let party = parties[position], let since = party.supervised else { continue }
            let deadline = max(since, core.lastHeard(party.id) ?? since) + silenceTimeout
            if deadline <= now {
                parties[position]?.supervised = nil
                events.append(.silent(party.id, .caller))
            } else {
                nextWatch = Instant.earliest(nextWatch, deadline)
            }
        }
    }

    /// Closes everything.
    mutating func closeAll() {
        for case let party? in parties { party.sockets.close() }
        parties = []
    }
}
