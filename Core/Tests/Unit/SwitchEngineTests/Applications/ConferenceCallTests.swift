import CallControl
import MediaSessions
import SwitchEngine
import Testing
import Timeline

@Suite("Calls in conferences")
struct ConferenceCallTests {
    private static let outbound = ApplicationHarness.outbound
    private static let hall = ConferenceName("hall", owner: "2")

    private static func visit(_ change: (inout ConferencePartyTerms) -> Void = { _ in }) -> ChannelArguments {
        var terms = ConferencePartyTerms()
        change(&terms)
        var arguments = ChannelArguments()
        arguments.conference = ConferenceVisit(hall, terms)
        return arguments
    }

    private static func changes(_ application: ApplicationHarness) -> [ConferenceChange] {
        application.notices.compactMap { if case .conference(_, let change) = $0 { change } else { nil } }
    }

    /// The session of a call that is answered.
    private static func session(_ application: ApplicationHarness) throws -> MediaSessionID {
        try #require(
            application.media.compactMap { if case .openParty(let id, _) = $0 { id } else { nil } }.first)
    }

    private static func transferred(
        _ change: (inout ConferencePartyTerms) -> Void = { _ in }
    ) throws -> (ApplicationHarness, ChannelID, answer: Sent) {
        var application = try ApplicationHarness()
        let (caller, answer) = try application.answered()
        let peer = ChannelPeer(id: outbound, state: .idle, isAudioTaken: false)
        let verb = VerbID(rawValue: 77)
        application.give(.channel(.perform(caller, verb, .transfer(peer, timeout: .seconds(9)), visit(change))))
        #expect(application.outcome(of: verb) == .state(.transferred))
        return (application, caller, answer)
    }

    @Test("the end of what was played to a room that is over is told of no conference")
    func playedToNobody() throws {
        var application = try ApplicationHarness()
        application.give(.channel(.perform(Self.outbound, VerbID(rawValue: 70), .call(timeout: nil), Self.visit())))
        let job = MediaJobID(rawValue: 5)
        application.give(.channel(.conference(.play(Self.hall, job, FilePlayer.Job([])))))
        let rooms = application.media.compactMap {
            if case .room(let room, .announce(job, _)) = $0 { room } else { nil }
        }
        application.perform(.hangUp, on: Self.outbound)
        application.give(.media(.room(try #require(rooms.first), .announced(job, .aborted))))
        let told = application.notices.compactMap { notice -> UInt64? in
            if case .conference(let report, .played(job, .aborted)) = notice { report.number } else { nil }
        }
        #expect(told == [0])
    }

    @Test("a channel that calls a room is ANSWERED in it, and IDLE after it has hung up; the room is over")
    func call() throws {
        var application = try ApplicationHarness()
        let verb = VerbID(rawValue: 70)
        application.give(.channel(.perform(Self.outbound, verb, .call(timeout: .seconds(9)), Self.visit())))
        #expect(application.outcome(of: verb) == .state(.answered))
        #expect(application.report(of: Self.outbound)?.state == .answered)
        #expect(Self.changes(application) == [.created, .joined(Self.outbound)])
        let hold = application.perform(.hold, on: Self.outbound)
        #expect(application.outcome(of: hold.id) == .state(.answered))
        let end = application.perform(.hangUp, on: Self.outbound)
        #expect(application.outcome(of: end.id) == .state(.idle))
        #expect(Self.changes(application).suffix(2) == [.left(Self.outbound, .left), .completed])
        application.give(.channel(.perform(Self.outbound, VerbID(rawValue: 71), .call(timeout: nil), Self.visit())))
        #expect(application.report(of: Self.outbound)?.state == .answered)
        application.give(.channel(.close(Self.outbound)))
        #expect(application.report(of: Self.outbound)?.state == .idle)
    }

    @Test("a transferred caller comes back with the exit digit, and the channel to the room is IDLE")
    func exitDigit() throws {
        var (application, caller, _) = try Self.transferred { $0.exitDigit = 0x23 }
        let session = try Self.session(application)
        application.give(.media(.party(session, .digit(0x35, .telephoneEvent))))
        #expect(application.report(of: caller)?.state == .transferred)
        application.give(.media(.party(session, .digit(0x23, .telephoneEvent))))
        #expect(application.states(of: caller).suffix(2) == [.reconnecting, .answered])
        #expect(application.report(of: Self.outbound)?.state == .idle)
        #expect(Self.changes(application).contains(.left(Self.outbound, .exitDigit)))
    }

    @Test("a room that is ended, or a party that is ejected, gives the caller back")
    func givenBack() throws {
        for order in [ConferenceOrder.end(Self.hall), .remove(Self.outbound, .ejected)] {
            var (application, caller, _) = try Self.transferred()
            application.give(.channel(.conference(order)))
            #expect(application.report(of: caller)?.state == .answered)
            #expect(application.report(of: Self.outbound)?.state == .idle)
        }
    }

    @Test("the application takes the caller back itself, and a caller who hangs up takes the party along")
    func retrieved() throws {
        var (application, caller, _) = try Self.transferred()
        let verb = application.perform(.retrieve, on: caller)
        #expect(application.outcome(of: verb.id) == .state(.answered))
        #expect(Self.changes(application).last == .completed)
        var (other, _, answer) = try Self.transferred()
        other.deliver(Messages.inDialog("BYE", 2, after: answer))
        other.conclude()
        #expect(Self.changes(other).last == .completed)
        #expect(other.report(of: Self.outbound)?.state == .idle)
    }

    @Test("a full room turns a channel away with NOCHANNELS, and a transfer leaves its caller ANSWERED")
    func full() throws {
        var application = try ApplicationHarness()
        let (caller, _) = try application.answered()
        var settings = ConferenceSettings()
        settings.maximumParties = 0
        application.give(.channel(.conference(.prepare(Self.hall, settings))))
        let peer = ChannelPeer(id: Self.outbound, state: .idle, isAudioTaken: false)
        let verb = VerbID(rawValue: 77)
        application.give(.channel(.perform(caller, verb, .transfer(peer, timeout: nil), Self.visit())))
        #expect(application.outcome(of: verb) == .state(.answered))
        #expect(application.report(of: Self.outbound)?.cause == .noChannels)
    }

    @Test("a call that was put into a room leaves it with its call, and may enter once only")
    func direct() throws {
        var application = try ApplicationHarness()
        let (caller, answer) = try application.answered()
        for job in 1...2 as ClosedRange<UInt64> {
            application.give(.channel(.enter(caller, MediaJobID(rawValue: job), ConferenceVisit(Self.hall))))
        }
        #expect(application.refusals == [.externalSource])
        #expect(application.report(of: caller)?.state == .answered)
        application.give(.channel(.conference(.mute(caller, true))))
        #expect(Self.changes(application).last == .changed(caller))
        application.deliver(Messages.inDialog("BYE", 2, after: answer))
        application.conclude()
        #expect(Self.changes(application).suffix(2) == [.left(caller, .callEnded), .completed])
    }
}
