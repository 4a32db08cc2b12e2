import Audio
import CallControl
import Foundation
import MediaSessions
import SwitchEngine
import Synchronization

/// All conferences of the switch, seen and changed from outside of them: what management and the REST surface ask for.
///
/// Orders go to the shard and return at once; what came of them is an event, and is seen in `list`. An order for a room
/// or a party that is not there changes nothing.
public final class Conferences: Sendable {
    /// Something that has happened, and the conference as it is since.
    public struct Event: Sendable {
        public var conference: ConferenceStatus
        public var change: ConferenceChange
        public var time: Date
        /// The party of `joined`, `changed` and `left`.
        public var member: ConferenceStatus.Member?
    }

    private struct Shared {
        var conferences: [ConferenceName: ConferenceStatus] = [:]
        var readers: [UInt64: AsyncStream<Event>.Continuation] = [:]
        var playing: [MediaJobID: CheckedContinuation<FilePlayer.Cause, Never>] = [:]
        var last: UInt64 = 0
        var isStopped = false
    }

    /// Most events that wait for a slow reader; the oldest are lost then.
    private static let eventCapacity = 4_096

    private let port: any ChannelPort
    private let shared = Mutex(Shared())

    init(port: any ChannelPort) { self.port = port }

    // MARK: Seeing

    /// All conferences, sorted by name.
    public var list: [ConferenceStatus] {
        shared.withLock { Array($0.conferences.values) }
            .sorted { ($0.name.owner, $0.name.room) < ($1.name.owner, $1.name.room) }
    }

    /// The conference of a name; nil where there is none.
    public subscript(_ name: ConferenceName) -> ConferenceStatus? { shared.withLock { $0.conferences[name] } }

    /// The conference that a channel is in; nil where it is in none.
    public func conference(of member: ChannelID) -> ConferenceStatus? {
        shared.withLock { shared in
            shared.conferences.values.first { $0.members.contains { $0.id == member } }
        }
    }

    /// What happens from now on, for each reader from its own beginning: rooms created, started, stopped and completed,
    /// parties that join, are muted or held, and leave, and what was played. Ends when the host stops.
    public var events: AsyncStream<Event> {
        AsyncStream(bufferingPolicy: .bufferingNewest(Self.eventCapacity)) { continuation in
            let number = shared.withLock { shared -> UInt64? in
                guard !shared.isStopped else { return nil }
                shared.last += 1
                shared.readers[shared.last] = continuation
                return shared.last
            }
            guard let number else { return continuation.finish() }
            continuation.onTermination = { [weak self] _ in self?.shared.withLock { $0.readers[number] = nil } }
        }
    }

    // MARK: Changing

    /// Makes a room before its first party enters; it ends with its last party, or by `end`. Nothing where it exists.
    public func prepare(_ name: ConferenceName, _ settings: ConferenceSettings = ConferenceSettings()) {
        order(.prepare(name, settings))
    }

    /// Ends a conference: every party is out, and what its application waits for comes back.
    public func end(_ name: ConferenceName) { order(.end(name)) }

    /// Whether a party hears the others and is not heard.
    public func mute(_ member: ChannelID, _ isMuted: Bool = true) { order(.mute(member, isMuted)) }

    /// Whether a party neither hears nor is heard.
    public func hold(_ member: ChannelID, _ isHeld: Bool = true) { order(.hold(member, isHeld)) }

    /// Makes a party louder or softer, or the others to it, by so many steps; nil puts it back.
    public func adjust(_ member: ChannelID, _ control: RoomLevels.Control, by steps: Int?) {
        order(.adjust(member, control, by: steps))
    }

    /// Takes a party out; its call goes on with its application.
    public func eject(_ member: ChannelID) { order(.remove(member, .ejected)) }

    /// What the room hears when the party leaves; nil for nothing.
    public func setExitTone(_ tone: TonePlan?, of member: ChannelID) { order(.exitTone(member, tone)) }

    /// Plays clips to everybody in a room, after what is being played, and returns why it ended: `aborted` where the room
    /// has gone or there is none.
    @discardableResult
    public func play(
        _ clips: [AudioClip], in name: ConferenceName, repetitions: Int? = 1, volume: Double = 0
    ) async -> FilePlayer.Cause {
        await withCheckedContinuation { continuation in
            let job = shared.withLock { shared -> MediaJobID? in
                guard !shared.isStopped else { return nil }
                shared.last += 1
                let job = MediaJobID(rawValue: shared.last)
                shared.playing[job] = continuation
                return job
            }
            guard let job else { return continuation.resume(returning: .aborted) }
            order(.play(name, job, FilePlayer.Job(clips, repetitions: repetitions, volume: volume)))
        }
    }

    /// Ends what is played to everybody in a room, and what waits to be.
    public func stopPlaying(in name: ConferenceName) { order(.silence(name)) }

    private func order(_ order: ConferenceOrder) { port.submit([.conference(order)]) }

    // MARK: What the switch tells

    /// Takes note of a change; callable from the shard's thread.
    func receive(_ report: ConferenceReport, _ change: ConferenceChange) {
        let time = Date()
        if case .played(let job, let cause) = change {
            shared.withLock { $0.playing.removeValue(forKey: job) }?.resume(returning: cause)
        }
        if report.state == .ended, report.number == 0 { return }
        shared.withLock { shared in
            let earlier = shared.conferences[report.name]
            let status = ConferenceStatus(report, after: earlier, at: time)
            shared.conferences[report.name] = change == .completed ? nil : status
            let event = Event(
                conference: status, change: change, time: time, member: change.member(of: status, earlier))
            for reader in shared.readers.values { reader.yield(event) }
        }
    }

    /// Nothing more will be heard.
    func stop() {
        let (readers, playing) = shared.withLock { shared in
            defer { (shared.isStopped, shared.readers, shared.playing) = (true, [:], [:]) }
            return (shared.readers, shared.playing)
        }
        for reader in readers.values { reader.finish() }
        for continuation in playing.values { continuation.resume(returning: .aborted) }
    }
}

extension ConferenceChange {
    /// The party that it is about; one that has left as it was before.
    fileprivate func member(of status: ConferenceStatus, _ earlier: ConferenceStatus?) -> ConferenceStatus.Member? {
        switch self {
        case .joined(let id), .changed(let id): status.members.first { $0.id == id }
        case .left(let id, _): earlier?.members.first { $0.id == id }
        case .created, .started, .stopped, .played, .completed: nil
        }
    }
}
