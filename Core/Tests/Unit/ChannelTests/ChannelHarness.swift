import CallControl
import SIPMessages
import Timeline

/// A channel driven by hand, with everything it asked for.
struct ChannelHarness {
    static let target = ChannelID(rawValue: 2)

    var channel: Channel
    var now: Instant = .zero
    private(set) var effects: [ChannelEffect] = []
    private var verbs: UInt64 = 0

    init(isInbound: Bool = false) { channel = Channel(id: ChannelID(rawValue: 1), isInbound: isInbound) }

    /// A channel brought to this state by events alone; `isInbound` where both kinds can be in it.
    init(in state: ChannelState, isInbound: Bool = true) {
        self.init(isInbound: isInbound || [.waiting, .callIncoming, .ringIncoming, .answering].contains(state))
        switch state {
        case .waiting: break
        case .idle:
            if channel.isInbound {
                feed(.incoming)
                feed(.cleared(.normal, raw: nil))
            }
        case .callIncoming: feed(.incoming)
        case .ringIncoming: run([.incoming], .ring(withEarlyMedia: false, for: .zero))
        case .answering: run([.incoming], .answer)
        case .answered: answer()
        case .callOutgoing, .ringOutgoing:
            self.init(isInbound: false)
            perform(.startCall)
            if state == .ringOutgoing { feed(.ringing) }
        case .holding, .onHold:
            answer()
            perform(.hold)
            if state == .onHold { feed(.holdChanged) }
        case .transferring, .transferred, .reconnecting:
            answer()
            perform(.transfer(Self.idlePeer, timeout: nil))
            if state == .transferring { break }
            feed(.target(.answered))
            feed(.joined(Self.target))
            if state == .reconnecting { feed(.target(.cleared(.normal))) }
        case .error:
            if channel.isInbound { feed(.incoming) } else { answer() }
            perform(.reject(.rejected, raw: 302))
        }
        effects = []
    }

    static var idlePeer: ChannelPeer { ChannelPeer(id: target, state: .idle, isAudioTaken: false) }
    static var answeredPeer: ChannelPeer { ChannelPeer(id: target, state: .answered, isAudioTaken: false) }

    private mutating func answer() {
        if channel.isInbound { run([.incoming], .answer) } else { perform(.startCall) }
        feed(.answered)
    }

    private mutating func run(_ events: [ChannelEvent], _ verb: ChannelVerb) {
        for event in events { feed(event) }
        perform(verb)
    }

    mutating func feed(_ event: ChannelEvent) { channel.receive(event, at: now, into: &effects) }

    /// Performs a verb and returns what it did, its own completion apart.
    @discardableResult
    mutating func perform(_ verb: ChannelVerb) -> VerbID {
        verbs += 1
        let id = VerbID(rawValue: verbs)
        feed(.verb(id, verb))
        return id
    }

    mutating func advance(by time: Duration) {
        now = now + time
        channel.timeElapsed(at: now, into: &effects)
    }

    /// How a verb completed; nil while it waits.
    func outcome(of verb: VerbID) -> VerbOutcome? {
        for case .completed(verb, let outcome) in effects { return outcome }
        return nil
    }

    /// What was asked for, completions and state changes apart.
    var deeds: [ChannelEffect] {
        effects.filter {
            switch $0 {
            case .completed, .changed: false
            case .ring, .answer, .reject, .release, .giveUp, .failInBand, .place, .join, .part, .hold, .resume,
                .placeTarget,
                .releaseTarget, .ringback, .refer, .answerTransfer:
                true
            }
        }
    }
}
