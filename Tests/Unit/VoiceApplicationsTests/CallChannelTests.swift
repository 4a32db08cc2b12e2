import Audio
import CallControl
import MediaSessions
import SwitchEngine
import Testing

@testable import VoiceApplications

@Suite("The call channel", .timeLimit(.minutes(5)))
struct CallChannelTests {
    private typealias Verb = @Sendable (CallChannel) async throws -> Void
    private static let other = CallChannel(
        ChannelLink(ChannelID(rawValue: 2), report(.idle), port: ScriptedPort()), files: Lone().channel.files)
    private static let peer = ChannelPeer(id: ChannelID(rawValue: 2), state: .idle, isAudioTaken: false)
    private static let verbs: [(Verb, ChannelVerb)] = [
        ({ try await $0.ring(for: .seconds(3), withEarlyMedia: true) }, .ring(withEarlyMedia: true, for: .seconds(3))),
        ({ try await $0.answer() }, .answer),
        ({ try await $0.reject() }, .reject(.rejected, raw: nil)),
        ({ try await $0.reject(cause: .busy, rawCause: 499) }, .reject(.busy, raw: 499)),
        ({ try await $0.reject(rawCause: "480") }, .reject(.rejected, raw: 480)),
        ({ try await $0.reject(rawCause: "busy") }, .reject(.rejected, raw: 0)),
        ({ try await $0.call(to: "1") }, .call(timeout: .seconds(120))),
        ({ try await $0.call(to: "1", timeout: nil) }, .call(timeout: nil)),
        ({ try await $0.startCall(to: "1") }, .startCall),
        ({ try await $0.waitForAnswer(timeout: .seconds(1)) }, .waitForAnswer(timeout: .seconds(1))),
        ({ try await $0.hangUp() }, .hangUp),
        ({ try await $0.waitForIdle() }, .waitForIdle(timeout: nil)),
        ({ try await $0.connect(other) }, .connect(peer)),
        ({ try await $0.disconnect() }, .disconnect),
        ({ try await $0.hold() }, .hold),
        ({ try await $0.resume() }, .resume),
        ({ try await $0.retrievableTransfer(to: "1", using: other) }, .transfer(peer, timeout: .seconds(120))),
        ({ try await $0.blindTransfer(to: "1") }, .refer(timeout: .seconds(120))),
        (
            { try await $0.attendedTransfer(to: other, timeout: .seconds(9)) },
            .referReplacing(peer, timeout: .seconds(9))
        ),
        (
            { try await $0.transferToInboundService(using: other, service: "x") },
            .transfer(peer, timeout: .seconds(120))
        ),
        ({ try await $0.acceptTransfer() }, .answerTransfer(isAccepted: true)),
        ({ try await $0.refuseTransfer() }, .answerTransfer(isAccepted: false)),
        ({ try await $0.retrieveTransferredCall() }, .retrieve),
        ({ try await $0.waitForTransferredCallRetrieval() }, .waitForRetrieval(timeout: nil)),
    ]

    @Test("Each function asks for its verb, and a refusal is thrown with its code and message")
    func refusals() async throws {
        for (function, verb) in Self.verbs {
            for code in [VerbRefusal.Code.hangup, .error] {
                let lone = Lone()
                let channel = lone.channel
                let task = Task { try await function(channel) }
                let asked = await lone.port.verb()
                #expect(asked.verb == verb)
                let refusal = VerbRefusal(code, verb.name, in: .ringIncoming, .needs([.answered, .onHold]))
                lone.link.completed(asked.id, .refused(refusal))
                let error = await #expect(throws: CallError.self) { try await task.value }
                #expect(error?.code == (code == .hangup ? .hangup : .error))
                #expect(error?.message == "\(verb.name) needs ANSWERED or ON_HOLD, but the channel is RING_INCOMING")
            }
        }
    }

    @Test("A function returns the state that its verb came to, and connect whether it was done")
    func outcomes() async throws {
        let lone = Lone()
        let channel = lone.channel
        let call = Task { try await channel.call(to: "15550001", from: "77") }
        let asked = await lone.port.verb()
        #expect(asked.arguments.callTo == Array("15550001".utf8))
        #expect(asked.arguments.callFrom == Array("77".utf8))
        lone.link.completed(VerbID(rawValue: asked.id.rawValue + 1), .state(.answered))
        lone.link.completed(asked.id, .state(.idle))
        #expect(try await call.value == .idle)
        for isDone in [true, false] {
            let connect = Task { try await channel.connect(Self.other) }
            lone.link.completed(await lone.port.verb().id, .done(isDone))
            #expect(try await connect.value == isDone)
        }
    }

    @Test("Verbs of one channel that wait side by side each get their own outcome")
    func sideBySide() async throws {
        let lone = Lone()
        let channel = lone.channel
        let idle = Task { try await channel.waitForIdle() }
        let first = await lone.port.verb()
        let hold = Task { try await channel.hold() }
        let second = await lone.port.verb()
        lone.link.completed(second.id, .state(.onHold))
        #expect(try await hold.value == .onHold)
        lone.link.completed(first.id, .state(.idle))
        #expect(try await idle.value == .idle)
    }

    @Test("A task that was cancelled before it asked gives its verb up after asking for it")
    func cancelledBefore() async throws {
        let lone = Lone()
        let channel = lone.channel
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await channel.call(to: "1")
        }
        task.cancel()
        let asked = await lone.port.verb()
        #expect(await lone.port.abandoned() == asked.id)
        lone.link.completed(asked.id, .state(.idle))
        #expect(try await task.value == .idle)
    }

    @Test("A channel whose switch stops throws from every function, those under way and those that come")
    func stopped() async throws {
        let lone = Lone()
        let channel = lone.channel
        let verb = Task { try await channel.waitForIdle() }
        _ = await lone.port.verb()
        let play = Task { try await channel.tonePlayer.play(.beep) }
        _ = await lone.port.media()
        lone.link.stop()
        var errors: [CallError?] = []
        errors.append(await #expect(throws: CallError.self) { try await verb.value })
        errors.append(await #expect(throws: CallError.self) { try await play.value })
        errors.append(await #expect(throws: CallError.self) { try await channel.answer() })
        errors.append(await #expect(throws: CallError.self) { try await channel.echo() })
        #expect(errors.map { $0?.code } == Array(repeating: .stopped, count: 4))
    }

    // MARK: Events

    @Test("Events come in order to every reader: states that change, digits, speech, the end of a room; then the end")
    func events() async throws {
        let lone = Lone(.callIncoming)
        let readers = [lone.channel.events, lone.channel.events]
        lone.link.changed(report(.callIncoming))
        lone.link.changed(report(.answered))
        lone.link.heard(.digit(0x23, .telephoneEvent))
        lone.link.heard(.activity(isActive: true))
        lone.link.visited(.roomEnded)
        lone.link.stop()
        for reader in readers {
            var events: [CallChannel.Event] = []
            for try await event in reader { events.append(event) }
            #expect(events == [.changed(.answered), .digit("#"), .activity(true), .leftConference(.roomEnded)])
        }
        for try await _ in lone.channel.events { Issue.record("an event after the end") }
    }

    @Test("A reader that is 256 events behind loses none; one more, and it gets `overflow` after them, others go on")
    func overflow() async throws {
        let lone = Lone()
        let (slow, exact) = (lone.channel.events, lone.channel.events)
        for count in 0..<256 { lone.link.heard(.activity(isActive: count % 2 == 0)) }
        var fast = exact.makeAsyncIterator()
        for _ in 0..<256 { #expect(try await fast.next() != nil) }
        lone.link.visited(.roomEnded)
        #expect(try await fast.next() == .leftConference(.roomEnded))
        var count = 0
        do {
            for try await _ in slow { count += 1 }
            Issue.record("nothing was thrown")
        } catch {
            #expect((error as? CallError)?.code == .overflow)
        }
        #expect(count == 256)
        lone.link.changed(report(.idle))
        #expect(try await fast.next() == .changed(.idle))
    }
}
