import Audio
import CallControl
import MediaSessions
import SIPDialogs
import SwitchEngine
import Testing

@testable import VoiceApplications

@Suite("What a channel does before the answer, and with header fields and REFER", .timeLimit(.minutes(5)))
struct EarlyMediaTests {
    private static func ringing(withEarlyMedia: Bool) -> ChannelReport {
        var report = report(.ringIncoming)
        report.hasEarlyMedia = withEarlyMedia
        return report
    }

    /// Rings with a tone, up to the moment when it has been signalled.
    private func ring(
        _ lone: Lone, for time: Duration?, withEarlyMedia: Bool
    ) async -> Task<ChannelState, any Error> {
        let channel = lone.channel
        let task = Task { try await channel.ring(for: time, playing: .tone(.busy)) }
        let asked = await lone.port.verb()
        #expect(asked.verb == .ring(withEarlyMedia: true, for: .zero))
        lone.link.changed(Self.ringing(withEarlyMedia: withEarlyMedia))
        lone.link.completed(asked.id, .state(.ringIncoming))
        return task
    }

    @Test("Ringing with a tone begins it before the answer, and without a time goes on at once")
    func begins() async throws {
        let lone = Lone(.callIncoming)
        let task = await ring(lone, for: .zero, withEarlyMedia: true)
        guard case .playTone(_, .busy, timeout: nil, .signalling) = await lone.port.media().command else {
            Issue.record("no tone")
            return
        }
        #expect(try await task.value == .ringIncoming)
    }

    @Test("Ringing with a tone for a time stops it then")
    func stops() async throws {
        let lone = Lone(.callIncoming)
        let task = await ring(lone, for: .seconds(3), withEarlyMedia: true)
        let on = await lone.port.verb()
        #expect(on.verb == .ringOn(for: .seconds(3)))
        lone.link.completed(on.id, .state(.ringIncoming))
        #expect(try await task.value == .ringIncoming)
        guard case .stop(.filePlayer) = await lone.port.media().command,
            case .stop(.tonePlayer) = await lone.port.media().command
        else {
            Issue.record("not stopped")
            return
        }
    }

    @Test("A caller without early media only hears that it rings, for its time, and nil is as zero")
    func without() async throws {
        let lone = Lone(.callIncoming)
        let endless = await ring(lone, for: nil, withEarlyMedia: false)
        #expect(try await endless.value == .ringIncoming)
        let timed = await ring(lone, for: .seconds(1), withEarlyMedia: false)
        let on = await lone.port.verb()
        #expect(on.verb == .ringOn(for: .seconds(1)))
        lone.link.completed(on.id, .state(.answered))
        #expect(try await timed.value == .answered)
    }

    @Test("A file that is not there is an error before anything is signalled")
    func missing() async throws {
        let lone = Lone(.callIncoming)
        await #expect(throws: (any Error).self) {
            try await lone.channel.ring(playing: .file("no-such-file.wav"))
        }
        let channel = lone.channel
        let next = Task { try await channel.answer(headers: [ChannelHeader("X-A", "1")]) }
        let asked = await lone.port.verb()
        #expect(asked.verb == .answer)
        #expect(asked.arguments.headers == [ChannelHeader("X-A", "1")])
        lone.link.completed(asked.id, .state(.answered))
        _ = try await next.value
    }

    @Test("Header fields are read in any case and in their compact form")
    func headers() {
        let lone = Lone()
        var told = report(.answered)
        told.details.requestHeaders = [
            PassedHeader(name: Array("X-Key".utf8), value: Array("1".utf8)),
            PassedHeader(name: Array("x-key".utf8), value: Array("2".utf8)),
            PassedHeader(name: Array("s".utf8), value: Array("hello".utf8)),
        ]
        told.details.responseHeaders = [PassedHeader(name: Array("Server".utf8), value: Array("other".utf8))]
        lone.link.changed(told)
        let sip = lone.channel.sip
        #expect(sip.requestHeaders("X-KEY") == ["1", "2"])
        #expect(sip.requestHeader("subject") == "hello")
        #expect(sip.requestHeader("X-None") == nil)
        #expect(sip.responseHeader("server") == "other")
        #expect(sip.requestNames == ["X-Key", "x-key", "s"])
    }

    @Test("A REFER is told to who reads events; where nobody does, a connected channel accepts and others refuse")
    func transferRequests() async throws {
        let request = CallChannel.TransferRequest(target: "sip:x@y", replaces: nil, referredBy: "")
        for isConnected in [true, false] {
            let lone = Lone()
            lone.link.transferRequested(request, isConnected: isConnected)
            #expect(await lone.port.verb().verb == .answerTransfer(isAccepted: isConnected))
        }
        let watched = Lone()
        var events = watched.channel.events.makeAsyncIterator()
        watched.link.transferRequested(request, isConnected: true)
        #expect(try await events.next() == .transferRequested(request))
    }

    @Test("A REFER is refused at once where only a function of the channel listens, such as one that says a text")
    func transferRequestedMeanwhile() async throws {
        let lone = Lone()
        let listening = lone.link.events(isReader: false)
        lone.link.transferRequested(
            CallChannel.TransferRequest(target: "sip:x@y", replaces: nil, referredBy: ""), isConnected: false)
        #expect(await lone.port.verb().verb == .answerTransfer(isAccepted: false))
        lone.link.stop()
        for try await event in listening { Issue.record("it was told \(event)") }
    }

    @Test("A reader who has gone is none: the next REFER is refused at once")
    func transferRequestedLater() async throws {
        let lone = Lone()
        let reading = Task { [events = lone.channel.events] in for try await _ in events {} }
        reading.cancel()
        _ = await reading.result
        lone.link.transferRequested(
            CallChannel.TransferRequest(target: "sip:x@y", replaces: nil, referredBy: ""), isConnected: false)
        #expect(await lone.port.verb().verb == .answerTransfer(isAccepted: false))
    }
}
