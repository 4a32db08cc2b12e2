import Audio
import CallControl
import CallEvents
import Foundation
import Logging
import Synchronization
import Timeline
import VoiceApplications

@testable import MartletTesting
@testable import VoiceRESTAPI

/// A whole switch in virtual time whose calls are driven as the voice REST interface drives them, while callers, callees,
/// requests and an operator do at any moment what the seed says.
final class SimulatedCalls {
    /// Speaks, and has a file for whoever wants one.
    private struct Audios: AudioSource {
        func clip(_ url: String, for user: String) async throws -> AudioClip {
            AudioClip(.once(700, for: .milliseconds(400)))
        }
    }

    private static let user = SimulatedRooms.user
    /// When the last party that is still there hangs up.
    private static let curfew: Duration = .seconds(8)
    /// Longer than every retransmission and every recording.
    private static let silence: Duration = .seconds(120)

    let world: TestSwitch
    let receiver: SimulatedReceiver
    private let plans: [SimulatedStory]
    private let made = MadeCalls()
    /// The wall clock, and when it is set by how much.
    private let wall = SetClock()
    private let settings: [(at: Duration, by: Duration)]
    private let rooms = SimulatedRooms()

    init(seed: UInt64) {
        var dice = IdentifierSource(seed: seed)
        world = TestSwitch(seed: dice.next(), network: .rolled(&dice))
        let time = world.time
        let clock = CallClock(
            now: { .zero + time.now.elapsed },
            wall: { [wall] in
                let elapsed = time.now.elapsed + wall.offset
                return UTCTime(milliseconds: 1_700_000_000_000 + elapsed.milliseconds)
            },
            wait: { try await time.sleep(until: time.now.advanced(by: $0), tolerance: nil) })
        receiver = SimulatedReceiver(seed: dice.next(), clock: clock)
        settings = (0..<3).map { _ in
            let hour = Duration.seconds(dice.next() % 2 == 0 ? 3600 : 1)
            return (.milliseconds(Int(dice.next() % 8000)), dice.next() % 2 == 0 ? hour : .zero - hour)
        }
        plans = (0..<6).map { _ in SimulatedStory(&dice) }
        let files = world.files
        let services = CallServices(
            sink: receiver, causes: .documented, baseURL: "http://127.0.0.1:8080", recorded: { _ in },
            audio: Audios(), speech: { _, _ in AudioClip(.once(300, for: .seconds(1))) },
            fallBack: { _, _ in false }, recordings: RecordingShelf(files: files) { _ in }, note: { _ in },
            over: { [rooms] in rooms.forget($0) }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            clock: clock)
        for (position, story) in plans.enumerated() {
            world.serve(Self.number(position)) { [made, rooms] run in
                var terms = story.terms(Self.number(position), Self.party(position))
                terms.conference = await rooms.conference(position % 2)
                var actions = DrivenCall.Actions()
                if story.joinsBridge, let bridge = await rooms.bridge() {
                    actions.answered = { await rooms.join($0, bridge) }
                } else if story.joinsConference {
                    actions.answered = { await rooms.carryOut(.becomeMember, $0, with: nil) }
                }
                let call = DrivenCall(terms, services, actions)
                rooms.keep(call)
                made.keep(call, position)
                await DrivenRun(call: call).serve(run.channel)
                return 0
            }
            world.serve(Self.transferNumber(position)) { [made, rooms] run in
                guard let first = made.all[position], (try? await first.beginTransfer()) != nil else { return 0 }
                let terms = CallTerms(
                    user: Self.user, .outgoing, from: Self.number(position), to: Self.target(position))
                let whisper = position % 2 == 0 ? nil : Prompt(.sentence("a call for you", .standard))
                let second = DrivenCall(terms, services, .joining(first, whisper: whisper))
                made.keepSecond(second)
                rooms.keep(second)
                await first.whenOver { await second.release() }
                await DrivenRun(call: second).serve(run.channel)
                return 0
            }
        }
        world.begin()
        if let host = world.host { rooms.open(services, host.conferences) }
    }

    deinit { rooms.close() }

    private static func number(_ position: Int) -> String { "100\(position)" }
    private static func party(_ position: Int) -> String { "202555010\(position)" }
    /// The number that places the calls to which the calls of a plan are transferred, and whom they call.
    private static func transferNumber(_ position: Int) -> String { "110\(position)" }
    private static func target(_ position: Int) -> String { "202555020\(position)" }

    // MARK: What happens

    /// Lets everything happen, and then nothing, until nothing is left.
    func run() {
        var schedule: [(at: Duration, order: Int, step: () -> Void)] = []
        for (position, story) in plans.enumerated() {
            schedule.append((story.start, position, { self.begin(position) }))
            schedule += story.acts.map { act in (act.at, position, { self.carryOut(act.act, position) }) }
        }
        schedule += settings.map { setting in
            (setting.at, plans.count, { self.wall.set(by: setting.by) })
        }
        for entry in schedule.sorted(by: { ($0.at, $0.order) < ($1.at, $1.order) }) {
            if entry.at > world.elapsed { world.passes(entry.at - world.elapsed) }
            entry.step()
        }
        world.passes(max(.zero, Self.curfew - world.elapsed))
        for position in plans.indices {
            world.party(Self.party(position)).hangsUp()
            world.party(Self.target(position)).hangsUp()
        }
        world.passes(Self.silence)
    }

    private func begin(_ position: Int) {
        let story = plans[position]
        let party = world.party(Self.party(position))
        if let time = story.answersAfter { party.manner = .answers(after: time) } else { party.manner = .rings }
        if let status = story.refusesWith { party.manner = .refuses(status) }
        if story.isIncoming {
            party.dials(Self.number(position))
        } else {
            _ = try? world.start(Self.number(position))
        }
    }

    private func carryOut(_ act: SimulatedStory.Act, _ position: Int) {
        let party = world.party(Self.party(position))
        switch act {
        case .partyHangsUp: return party.hangsUp()
        case .partyPresses: return party.presses("1#")
        case .transfer:
            // Whom the call is transferred to does what the next plan's party does.
            let manner = world.party(Self.party((position + 1) % plans.count)).manner
            world.party(Self.target(position)).manner = manner
            _ = try? world.start(Self.transferNumber(position))
            return
        default: break
        }
        guard let call = made.all[position] else { return }
        if case .operatorDisconnects = act {
            guard let number = call.record.number else { return }
            world.core?.receive(.command(.disconnect(number, by: .api)), at: world.clock.now, into: &world.outputs)
        } else {
            let other = made.all[(position + 1) % plans.count]
            TaskCapture.capture(world.runs) { _ = Task { [rooms] in await Self.request(act, call, other, rooms) } }
        }
    }

    /// A request; one that comes at a wrong moment is refused.
    private static func request(
        _ act: SimulatedStory.Act, _ call: DrivenCall, _ other: DrivenCall?, _ rooms: SimulatedRooms
    ) async {
        switch act {
        case .answer: try? await call.answer()
        case .reject: try? await call.reject()
        case .rejectBusy: try? await call.reject(busy: true)
        case .hangUp: try? await call.hangUp()
        case .play: try? await call.start(Prompt(.file("a.wav")))
        case .speak: try? await call.play(Prompt(.sentence("hello", .standard)))
        case .stopPlaying: try? await call.stopPlaying(spoken: nil)
        case .gather:
            var terms = DigitGather.Terms()
            terms.interDigitTimeout = .seconds(1)
            _ = try? await call.startGather(terms, prompt: nil)
        case .sendDigits: try? await call.send(digits: "12")
        case .record: await call.startRecording()
        case .stopRecording: await call.stopRecording()
        case .room(let act): await rooms.carryOut(act, call, with: other)
        case .partyHangsUp, .partyPresses, .operatorDisconnects, .transfer: break
        }
    }

    // MARK: What came of it

    /// What was told of the conferences.
    var conferenceStories: [[String]] { rooms.stories { receiver.contents(of: $0) } }

    /// What was told of the calls that others were transferred to.
    var transferredStories: [[CallEventType]] { made.seconds.map { receiver.told(of: $0.id) } }

    /// What was told of each call.
    var stories: [[CallEventType]] {
        made.all.sorted { $0.key < $1.key }.map { receiver.told(of: $0.value.id) } + transferredStories
    }

    /// Everything that is not as it has to be, in words.
    var faults: [String] {
        var faults: [String] = []
        let calls = made.all.sorted { $0.key < $1.key }.map { ("call \($0.key)", $0.value) }
        for (name, call) in calls + made.seconds.map({ ("transferred to", $0) }) {
            let told = receiver.told(of: call.id)
            faults += faultsOfTime(call).map { "\(name): \($0)" }
            faults += Self.faults(told, of: call.record).map { "\(name) \(told.map(\.rawValue)): \($0)" }
        }
        faults += rooms.faults { receiver.contents(of: $0) }
        let open = world.host?.conferences.list ?? []
        if !open.isEmpty { faults.append("rooms are left: \(open.map(\.name))") }
        if !world.isQuiet { faults.append("calls, channels or parties are left") }
        if receiver.unanswered != 0 { faults.append("\(receiver.unanswered) deliveries have no outcome") }
        return faults
    }

    /// What is wrong with the times of a call that is over, for the wall clock was set in it.
    private func faultsOfTime(_ call: DrivenCall) -> [String] {
        let record = call.record
        let times = [record.startTime, record.activeTime ?? record.startTime, record.endTime ?? 0]
        var faults = receiver.isOrdered(call.id) ? [] : ["an event is older than the one before"]
        if times != times.sorted() { faults.append("its times are not in order: \(times)") }
        if times[2] - times[0] > (Self.curfew + Self.silence).milliseconds { faults.append("it is too long: \(times)") }
        for case .hangup(let hangup) in receiver.contents(of: call.id)
        where hangup.duration != record.activeTime.map({ Int(times[2] - $0) / 1000 }) ?? 0 {
            faults.append("its duration is \(hangup.duration ?? -1): \(times)")
        }
        return faults
    }

    /// What is wrong with the story of a call that is over.
    static func faults(_ told: [CallEventType], of record: CallRecord) -> [String] {
        var faults: [String] = []
        func expect(_ isTrue: Bool, _ words: String) { if !isTrue { faults.append(words) } }
        let hangups = told.count { $0 == .hangup }
        expect(hangups == 1, "\(hangups) hangups")
        if let end = told.firstIndex(of: .hangup) {
            expect(told[(end + 1)...].allSatisfy { $0 == .recording }, "something follows the hangup")
        }
        if record.direction == .incoming {
            expect(told.first == .incomingCall || told == [.hangup], "it does not begin with its arrival")
        }
        expect(told.count { $0 == .incomingCall } <= 1, "it came in twice")
        expect(told.count { $0 == .answer } == (record.activeTime == nil ? 0 : 1), "its answer is not told once")
        if let timeout = told.firstIndex(of: .timeout) {
            expect(Array(told[timeout...]) == [.timeout, .hangup], "its time-out is not its end")
        }
        let media: Set<CallEventType> = [.playback, .speak, .dtmf, .gather, .recording]
        if let first = told.firstIndex(where: media.contains) {
            expect(told.firstIndex(of: .answer).map { $0 < first } ?? false, "it was heard before it was answered")
        }
        expect(record.state.isFinal && record.endTime != nil, "it goes on: \(record.state)")
        return faults
    }
}

/// A wall clock that somebody sets.
private final class SetClock: Sendable {
    private let shared = Mutex<Duration>(.zero)

    /// How far it has been set forward.
    var offset: Duration { shared.withLock { $0 } }

    func set(by time: Duration) { shared.withLock { $0 += time } }
}

/// The calls that have been made, by the position of their plan, and those that they were transferred to.
private final class MadeCalls: Sendable {
    private let calls = Mutex<[Int: DrivenCall]>([:])
    private let transferred = Mutex<[DrivenCall]>([])

    var seconds: [DrivenCall] { transferred.withLock { $0 } }

    func keepSecond(_ call: DrivenCall) { transferred.withLock { $0.append(call) } }

    var all: [Int: DrivenCall] { calls.withLock { $0 } }

    func keep(_ call: DrivenCall, _ position: Int) { calls.withLock { $0[position] = call } }
}

extension SimulatedStory {
    /// The terms of its call.
    fileprivate func terms(_ number: String, _ party: String) -> CallTerms {
        var terms = CallTerms(
            user: "u-1", isIncoming ? .incoming : .outgoing, from: isIncoming ? party : number,
            to: isIncoming ? number : party)
        terms.isAutoAnswered = isAutoAnswered
        terms.callTimeout = callTimeout
        terms.callback.url = "http://127.0.0.1:9/"
        return terms
    }
}
