import Addresses
import CallControl
import MediaSessions
import Routing
import SIPMessages
import SwitchEngine
import Testing
import Timeline

@Suite("A call that enters another application")
struct InboundServiceTests {
    private static let channel = ApplicationHarness.outbound

    /// A second application, `Support`, and a caller of the first one.
    private func scene(owner: String? = nil) throws -> (ApplicationHarness, ChannelID, Sent) {
        var application = try ApplicationHarness { provisioning, _ in
            provisioning.users = [
                User(id: "u-3", customer: 1, account: 3, token: "t", secret: "s")
            ]
            var other = provisioning.accounts[0]
            other.id = 4
            other.authname = "bob"
            provisioning.accounts.append(other)
            provisioning.users.append(User(id: "u-4", customer: 1, account: 4, token: "t4", secret: "s"))
            var support = Application(id: "a-support", name: "Support", user: owner)
            support.builtin = "echo"
            provisioning.applications.append(support)
        }
        let (caller, ok) = try application.answered()
        return (application, caller, ok)
    }

    private func entered(_ application: ApplicationHarness) throws -> (ChannelID, ChannelReport) {
        for case .offered(let id, "a-support", let report) in application.notices { return (id, report) }
        throw ApplicationHarness.Missing()
    }

    private func transfer(_ application: inout ApplicationHarness, _ caller: ChannelID) -> VerbID {
        let peer = ChannelPeer(id: Self.channel, state: .idle, isAudioTaken: false)
        let performed = application.perform(.transfer(peer, timeout: .seconds(60)), on: caller, to: "loc:Support")
        #expect(performed.sent.isEmpty)
        return performed.id
    }

    @Test("by a transfer: it rings and answers, the far end is joined with it, and no SIP is sent")
    func transferred() throws {
        var (application, caller, _) = try scene(owner: "u-3")
        let verb = transfer(&application, caller)
        let (service, report) = try entered(application)
        #expect(report.state == .callIncoming)
        #expect(report.details.callTo == Array("Support".utf8))
        #expect(report.details.callFrom == Array("alice".utf8))
        #expect(report.details.canHaveEarlyMedia)
        #expect(application.report(of: Self.channel)?.state == .callOutgoing)
        #expect(application.perform(.ring(withEarlyMedia: false, for: .zero), on: service).sent.isEmpty)
        #expect(application.report(of: Self.channel)?.state == .ringOutgoing)
        #expect(application.playedTones == 1)
        #expect(application.perform(.answer, on: service).sent.isEmpty)
        #expect(application.report(of: service)?.state == .answered)
        #expect(application.outcome(of: verb) == .state(.transferred))
        #expect(application.report(of: caller)?.connectedTo == Self.channel)
        let targets = application.descriptions.suffix(2).map { $0.target.rtp.map { "\($0)" } }
        #expect(targets == ["127.0.0.1:20000", "127.0.0.1:20000"])
        #expect(application.harness.core.listing(at: application.harness.now).count == 3)
    }

    @Test("comes back when the application hangs up, and when it is retrieved")
    func retrieved() throws {
        for isRetrieved in [true, false] {
            var (application, caller, ok) = try scene()
            _ = transfer(&application, caller)
            let (service, _) = try entered(application)
            application.perform(.answer, on: service)
            #expect(application.report(of: caller)?.state == .transferred)
            let wait = application.perform(.waitForRetrieval(timeout: nil), on: caller)
            if isRetrieved {
                application.perform(.retrieve, on: caller)
            } else {
                application.perform(.hangUp, on: service)
            }
            application.conclude(advancing: false)
            #expect(application.outcome(of: wait.id) == .state(.answered))
            #expect(application.report(of: service)?.state == .idle)
            #expect(application.report(of: service)?.cause == .normal)
            #expect(application.report(of: Self.channel)?.state == .idle)
            let states = application.harness.core.listing(at: application.harness.now).map(\.state)
            #expect(states.filter(\.isActive) == [.connected])
            application.deliver(Messages.inDialog("BYE", 2, after: ok))
            application.conclude()
            #expect(application.harness.allRecords.count == 3)
            let isQuiet = application.harness.core.isQuiet
            #expect(isQuiet)
        }
    }

    @Test("that rejects is TARGETREJECT, and the caller is still there")
    func rejected() throws {
        var (application, caller, _) = try scene()
        let verb = transfer(&application, caller)
        let (service, _) = try entered(application)
        application.perform(.reject(.busy, raw: nil), on: service)
        application.conclude(advancing: false)
        #expect(application.outcome(of: verb) == .state(.answered))
        #expect(application.report(of: caller)?.transferCause == .targetReject)
        #expect(application.report(of: Self.channel)?.cause == .busy)
        #expect(application.report(of: service)?.cause == .busy)
    }

    @Test("a caller who hangs up takes the application along, before and after its answer")
    func callerGone() throws {
        for isAnswered in [true, false] {
            var (application, caller, ok) = try scene()
            _ = transfer(&application, caller)
            let (service, _) = try entered(application)
            if isAnswered { application.perform(.answer, on: service) }
            application.deliver(Messages.inDialog("BYE", 2, after: ok))
            application.conclude(advancing: false)
            application.conclude()
            #expect(application.report(of: caller)?.state == .idle)
            #expect(application.report(of: service)?.state == .idle)
            let isQuiet = application.harness.core.isQuiet
            #expect(isQuiet)
        }
    }

    @Test("one that nobody knows, and one of another account, cannot be entered")
    func unknown() throws {
        var (application, caller, _) = try scene(owner: "u-4")
        for name in ["loc:Support", "loc:Nobody", "loc:"] {
            let peer = ChannelPeer(id: Self.channel, state: .idle, isAudioTaken: false)
            let performed = application.perform(.transfer(peer, timeout: nil), on: caller, to: name)
            #expect(application.outcome(of: performed.id) == .state(.answered), "\(name)")
            #expect(application.report(of: caller)?.transferCause == .targetReject)
            #expect(application.report(of: Self.channel)?.cause == .unobtainable)
        }
    }

    @Test("a plain call to it is a call like any other: held, resumed, with digits, and given up in time")
    func called() throws {
        var (application, _, _) = try scene()
        let call = application.perform(.call(timeout: .seconds(5)), on: Self.channel, to: "loc:Support")
        let (service, _) = try entered(application)
        application.perform(.answer, on: service)
        #expect(application.outcome(of: call.id) == .state(.answered))
        let hold = application.perform(.hold, on: Self.channel)
        #expect(application.outcome(of: hold.id) == .state(.onHold))
        let resume = application.perform(.resume, on: Self.channel)
        #expect(application.outcome(of: resume.id) == .state(.answered))
        let refer = application.perform(.refer(timeout: nil), on: service, to: "4420")
        #expect(application.outcome(of: refer.id) == .state(.answered))
        #expect(application.report(of: service)?.transferCause == .fail)
        application.perform(.hangUp, on: Self.channel)
        application.conclude(advancing: false)
        #expect(application.report(of: service)?.state == .idle)

        let late = application.perform(.call(timeout: .seconds(5)), on: Self.channel, to: "loc:Support")
        application.advance(.seconds(5))
        application.conclude()
        #expect(application.outcome(of: late.id) == .state(.idle))
        #expect(application.report(of: Self.channel)?.cause == .timeout)
    }
}
