import Addresses
import CallControl
import MediaSessions
import Routing
import SIPMessages
import SwitchEngine
import Testing
import Timeline

/// A switch whose number 5000 leads to the application `a-front`, and an application driven by hand.
struct ApplicationHarness {
    static let outbound = ChannelID(rawValue: 1 << 62)

    var harness: SwitchHarness
    /// Everything that the application was told so far.
    private(set) var notices: [ChannelNotice] = []
    /// Everything that was asked of the media shard so far.
    private(set) var media: [MediaCommand] = []
    private var lastVerb: UInt64 = 100

    init(_ change: (inout Provisioning, inout ConfigurationSnapshot) -> Void = { _, _ in }) throws {
        harness = try SwitchHarness { provisioning, configuration in
            var application = Application(id: "a-front", name: "front-desk")
            application.builtin = "front-desk"
            provisioning.applications = [application]
            var number = DID(number: "5000")
            number.application = "a-front"
            provisioning.dids = [number]
            change(&provisioning, &configuration)
        }
        harness.give(.channel(.open(Self.outbound, account: 3)))
    }

    /// Takes what the last step brought; two parties that are to be joined are joined at once.
    private mutating func gather() {
        let outputs = harness.outputs
        for output in outputs {
            if case .channel(let notice) = output { notices.append(notice) }
            if case .media(let command) = output { media.append(command) }
        }
        for case .media(.party(let session, .connect(let job, _))) in outputs {
            give(.media(.party(session, .connected(job))))
        }
        for case .media(.party(let session, .join(let job, let room, _))) in outputs {
            give(.media(.party(session, .joined(job, room))))
        }
        for case .media(.room(let room, .open(let session, let job, _))) in outputs {
            give(.media(.party(session, .joined(job, room))))
        }
    }

    @discardableResult
    mutating func deliver(_ text: String, from source: Endpoint = SwitchHarness.caller) -> [Sent] {
        let sent = harness.deliver(text, from: source)
        gather()
        return sent
    }

    @discardableResult
    mutating func give(_ input: SwitchInput) -> [Sent] {
        let sent = harness.give(input)
        gather()
        return sent
    }

    @discardableResult
    mutating func advance(_ time: Duration) -> [Sent] {
        let sent = harness.advance(time)
        gather()
        return sent
    }

    /// The application performs a verb; a port that is asked for is opened at once.
    @discardableResult
    mutating func perform(
        _ verb: ChannelVerb, on channel: ChannelID, to destination: String = "", from origin: String = "",
        headers: [ChannelHeader] = [], codecs: [[UInt8]] = []
    ) -> (sent: [Sent], id: VerbID) {
        lastVerb += 1
        let id = VerbID(rawValue: lastVerb)
        var arguments = ChannelArguments()
        arguments.callTo = Array(destination.utf8)
        arguments.callFrom = Array(origin.utf8)
        arguments.headers = headers
        arguments.codecs = codecs
        var sent = give(.channel(.perform(channel, id, verb, arguments)))
        sent += openPort()
        return (sent, id)
    }

    /// What the media were told of a party's audio.
    var descriptions: [(target: MediaStreamTarget, agreement: AudioAgreement)] {
        media.compactMap { command in
            if case .party(_, .describe(let target, let agreement)) = command { (target, agreement) } else { nil }
        }
    }

    /// How many tones the media were asked to play.
    var playedTones: Int { media.reduce(0) { if case .party(_, .playTone) = $1 { $0 + 1 } else { $0 } } }

    /// Why media functions were refused.
    var refusals: [MediaRefusal] {
        notices.compactMap { if case .media(_, .refused(_, let refusal)) = $0 { refusal } else { nil } }
    }

    private mutating func openPort() -> [Sent] {
        for case .media(.openParty(let session, _)) in harness.outputs {
            return give(.media(.opened(session, callerPorts: [20_000], calleePorts: [20_000])))
        }
        return []
    }

    /// A call comes in; gives its channel.
    mutating func invited(_ text: String = Messages.invite(to: "5000")) throws -> ChannelID {
        #expect(deliver(text).map(\.line) == ["100 INVITE"])
        for case .offered(let id, "a-front", let report) in notices {
            #expect(report.state == .callIncoming)
            return id
        }
        throw Missing()
    }

    struct Missing: Error {}

    /// A call comes in, is answered and acknowledged; gives its channel and the 200.
    mutating func answered() throws -> (ChannelID, Sent) {
        let id = try invited()
        let ok = try #require(perform(.answer, on: id).sent.last)
        #expect(ok.line == "200 INVITE")
        deliver(Messages.inDialog("ACK", 1, after: ok))
        return (id, ok)
    }

    /// What a channel was told last of itself.
    func report(of id: ChannelID) -> ChannelReport? {
        for notice in notices.reversed() {
            switch notice {
            case .offered(id, _, let report), .changed(id, let report): return report
            case .offered, .changed, .completed, .information, .media, .transferRequested, .conference, .numberIsIdle:
                continue
            }
        }
        return nil
    }

    /// The states that a channel passed through.
    func states(of id: ChannelID) -> [ChannelState] {
        notices.compactMap { if case .changed(id, let report) = $0 { report.state } else { nil } }
    }

    func outcome(of verb: VerbID) -> VerbOutcome? {
        for case .completed(_, verb, let outcome) in notices { return outcome }
        return nil
    }

    /// The record of the ended call is durable, and late messages have had their time.
    mutating func conclude(advancing: Bool = true) {
        for case .close(let session) in media {
            give(.media(.closed(session, caller: MediaStatistics(), callee: MediaStatistics())))
        }
        give(.recorded(harness.allRecords.map(\.id)))
        if advancing { advance(.seconds(70)) }
    }
}
