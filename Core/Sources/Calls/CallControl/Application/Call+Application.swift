import Accounting
import MediaSessions
import SDP
import SIPMessages
import Timeline

/// How a call goes whose other party is an application: inbound, the caller's leg is answered by it; outbound, the
/// callee is hunted for it. All that the application hears of it are events of its channel.
extension Call {
    var application: ApplicationSide? {
        get { if case .application(let side) = source { side } else { nil } }
        set { if let newValue { source = .application(newValue) } }
    }

    /// The party that is no application.
    private var partySide: MediaSide { application?.party ?? .caller }

    private var partyAddress: MediaAddress { partySide == .caller ? media.caller : media.callee }

    func tellChannel(_ event: ChannelEvent, _ effects: inout [Effect]) {
        if let application { effects.append(.channel(application.channel, event)) }
    }

    // MARK: Inbound

    /// The caller reaches an application instead of a route.
    mutating func serve(_ channel: ChannelID, _ codecs: [RTPMap], _ effects: inout [Effect]) {
        guard state == .waitRoute else { return }
        source = .application(ApplicationSide(channel: channel, party: .caller, codecs: codecs))
        enter(.arComplete, &effects)
    }

    mutating func obey(_ command: ApplicationCommand, _ now: Instant, _ effects: inout [Effect]) {
        guard ending == nil, application != nil else { return }
        switch command {
        case .ring(let withEarlyMedia): ring(withEarlyMedia, now, &effects)
        case .answer: answer(now, &effects)
        case .reject(let status, let cause): refuse(Failure(status, cause: cause), by: .application, now, &effects)
        case .release: disconnect(by: .application, "", unanswered: Failure(.requestTerminated), now, &effects)
        case .giveUp: disconnect(by: .application, "not answered in time", now, &effects)
        case .failInBand(let cause):
            let failure = Failure(cause.rejectionStatus ?? .temporarilyUnavailable, cause: cause.rejectionReason)
            disconnect(by: .switch, "a tone said that the call has failed", unanswered: failure, now, &effects)
        case .hold(let isHolding): hold(isHolding, now, &effects)
        case .carry(let headers): tell(partySide, .carry(headers), &effects)
        case .prefer(let codecs):
            guard times.answer == nil else { return }
            application?.codecs = codecs
            application?.isChoosing = true
        case .answerTransfer(let isAccepted): transferAnswered(isAccepted, &effects)
        case .refer(let target):
            guard state == .connected, partyLeg != nil else {
                return tellChannel(.referred(.refused(.serverInternalError)), &effects)
            }
            tell(partySide, .refer(to: target), &effects)
        case .inform(let digit, let duration):
            let (type, body) = DigitInformation.write(digit, duration)
            tell(partySide, .inform(contentType: type, body: body), &effects)
        }
    }

    private mutating func ring(_ withEarlyMedia: Bool, _ now: Instant, _ effects: inout [Effect]) {
        guard state == .arComplete else { return }
        if times.ringing == nil { times.ringing = now }
        var description: [UInt8]?
        if withEarlyMedia && negotiation.callerOffer != nil {
            guard hasPort(for: .ring(withEarlyMedia: true), &effects) else { return }
            description = ownAnswer(to: negotiation.callerOffer, &effects)
        }
        tell(.caller, .ring(description == nil ? .ringing : .sessionProgress, description: description), &effects)
        tellChannel(.rung(withEarlyMedia: description != nil), &effects)
    }

    private mutating func answer(_ now: Instant, _ effects: inout [Effect]) {
        guard state == .arComplete, hasPort(for: .answer, &effects) else { return }
        guard let description = ownAnswer(to: negotiation.callerOffer, &effects) else {
            return refuse(Failure(.notAcceptableHere), by: .switch, now, &effects)
        }
        tell(.caller, .answer(description: description), &effects)
        answered(now, &effects)
    }

    /// The party and the application talk from now on.
    mutating func answered(_ now: Instant, _ effects: inout [Effect]) {
        beginConversation(now, &effects)
        // What was played before the answer is over; what the application plays next must find nobody there.
        for function in [MediaFunction.filePlayer, .tonePlayer] {
            effects.append(.media(.party(media.session, .stop(function))))
        }
        effects.append(.media(.party(media.session, .condition(.answered))))
        superviseParty(&effects)
        tellChannel(.answered, &effects)
    }

    // MARK: Outbound

    /// What we offer the party, or whoever is to take its place: one who is on hold hears, and is not heard.
    mutating func applicationOffer() -> [UInt8]? {
        guard let application else { return nil }
        return ownOffer(application.codecs, application.isHolding ? .sendOnly : .sendReceive)
    }

    mutating func applicationsPartyRings(_ description: [UInt8]?, _ now: Instant, _ effects: inout [Effect]) {
        if times.ringing == nil { times.ringing = now }
        negotiation.earlyAnswer = description ?? negotiation.earlyAnswer
        // What is heard before the answer may say that there will be none.
        if let description, agree(on: description, &effects) != nil {
            effects.append(.media(.party(media.session, .watchProgress(isOn: true))))
        }
        tellChannel(.ringing, &effects)
    }

    mutating func applicationsPartyAnswered(_ description: [UInt8]?, _ now: Instant, _ effects: inout [Effect]) {
        hunt.endAttempt(.connected, nil, at: now)
        hunt.candidates = []
        guard let description = description ?? negotiation.earlyAnswer, agree(on: description, &effects) != nil else {
            // He has answered, and nobody can talk to him: no conversation has come about.
            let failure = Failure(.notAcceptableHere)
            return disconnect(
                by: .switch, "the callee described no audio that we know", unanswered: failure, now, &effects)
        }
        negotiation.earlyAnswer = nil
        answered(now, &effects)
    }

    // MARK: In the call

    /// The party renegotiates: the switch answers for the application.
    mutating func answerForApplication(_ description: [UInt8]?, _ effects: inout [Effect]) {
        let side = partySide
        guard state == .connected, application?.isChangingHold == false else {
            return tell(side, .reject(Failure(.requestPending)), &effects)
        }
        guard let answer = ownAnswer(to: description, &effects) else {
            return tell(side, .reject(Failure(.notAcceptableHere)), &effects)
        }
        tell(side, .answer(description: answer), &effects)
        superviseParty(&effects)
    }

    /// The party's answer to an offer of ours, in its ACK.
    mutating func applicationsOfferAnswered(_ description: [UInt8]?, _ now: Instant, _ effects: inout [Effect]) {
        guard state == .connected else { return }
        guard let description, agree(on: description, &effects) != nil else {
            return disconnect(by: .switch, "the party described no audio that we know", now, &effects)
        }
        superviseParty(&effects)
    }

    private mutating func hold(_ isHolding: Bool, _ now: Instant, _ effects: inout [Effect]) {
        guard state == .connected, let codecs = application?.codecs,
            let description = ownOffer(codecs, isHolding ? .sendOnly : .sendReceive)
        else { return tellChannel(.holdRefused, &effects) }
        application?.isChangingHold = true
        application?.isHolding = isHolding
        tell(partySide, .offer(description: description), &effects)
    }

    /// The session with the party has to be refreshed: it is offered what it has.
    mutating func refreshApplicationsSession(_ effects: inout [Effect]) {
        if let description = applicationOffer() { tell(partySide, .offer(description: description), &effects) }
    }

    /// The party has accepted or refused our hold or resume.
    mutating func holdSettled(_ description: [UInt8]?, isAccepted: Bool, _ effects: inout [Effect]) {
        guard application?.isChangingHold == true else {
            if isAccepted, let description { _ = agree(on: description, &effects) }
            return superviseParty(&effects)
        }
        application?.isChangingHold = false
        if !isAccepted { application?.isHolding.toggle() }
        if isAccepted, let description { _ = agree(on: description, &effects) }
        superviseParty(&effects)
        tellChannel(isAccepted ? .holdChanged : .holdRefused, &effects)
    }

    /// The party sent INFO: a digit is for the endpoint, everything else for the application.
    mutating func hear(_ type: [UInt8], _ body: [UInt8], _ effects: inout [Effect]) {
        guard let application else { return }
        tell(partySide, .answerInformation(.ok), &effects)
        if let digit = DigitInformation.digit(type, body), media.openStreams > 0 {
            effects.append(.media(.party(media.session, .digit(digit))))
        } else {
            effects.append(.channelInformation(application.channel, contentType: type, body: body))
        }
    }

    /// The media of the call end: every job of them has its end before the port is closed.
    mutating func endPartysJobs(_ effects: inout [Effect]) {
        if application != nil && media.openStreams > 0 {
            effects.append(.media(.party(media.session, .condition(.idle))))
        }
    }

    /// The channel that the call is of, if it is an application's.
    public var channel: ChannelID? { application?.channel }

    /// The leg of the party that is no application, while there is one.
    public var partyLeg: SlotHandle? { application == nil ? nil : leg(on: partySide) }

    /// Whether the media of the call's party can be asked for something.
    public var hasParty: Bool { application != nil && media.openStreams > 0 && ending == nil }

    // MARK: Descriptions

    /// Whether the endpoint has its port; if not, it is asked for and the command comes again.
    private mutating func hasPort(for command: ApplicationCommand, _ effects: inout [Effect]) -> Bool {
        if media.openStreams > 0 { return true }
        // An answer must not be forgotten for the ringing that went before it.
        application?.deferred = command
        if !media.isOpen { openEndpoint(&effects) }
        return false
    }

    mutating func openEndpoint(_ effects: inout [Effect]) {
        media.isOpen = true
        effects.append(.media(.openParty(media.session, partyAddress.bound)))
    }

    /// The endpoint has its port.
    mutating func endpointOpened(_ now: Instant, _ effects: inout [Effect]) {
        guard let command = application?.deferred else { return }
        application?.deferred = nil
        obey(command, now, &effects)
    }

    /// Our answer to an offer, or, where there is none, our offer; nil where nothing of an offer fits.
    mutating func ownAnswer(to offer: [UInt8]?, _ effects: inout [Effect]) -> [UInt8]? {
        guard let offer else { return applicationOffer() }
        guard let application, let port = media.callerPorts.first,
            agree(on: offer, isChoosing: application.isChoosing, &effects) != nil,
            let answer = OwnDescription.answer(
                offer, application.codecs, isChoosing: application.isChoosing, port: port,
                address: partyAddress.advertised, isHeld: application.isHolding)
        else { return nil }
        return signed(answer, for: partySide)
    }

    private mutating func ownOffer(_ codecs: [RTPMap], _ direction: MediaDirection) -> [UInt8]? {
        guard let port = media.callerPorts.first else { return nil }
        let offer = OwnDescription.offer(codecs, port: port, address: partyAddress.advertised, direction)
        return signed(offer, for: partySide)
    }

    /// Tells the endpoint what its party and we agree on, in our order where we choose; nil where that is nothing.
    @discardableResult
    mutating func agree(
        on description: [UInt8], isChoosing: Bool = false, _ effects: inout [Effect]
    ) -> AudioTerms? {
        guard let codecs = application?.codecs,
            let terms = AudioTerms(description, codecs, isChoosing: isChoosing, signalling: partyAddress.signalling)
        else { return nil }
        takeNote(of: terms.summary, from: partySide)
        effects.append(.media(.party(media.session, .describe(terms.target, terms.agreement))))
        if let channel = application?.channel { effects.append(.channelCodecs(channel, terms.names)) }
        return terms
    }

    /// The party's silence is watched for while the call is answered and nobody holds.
    mutating func superviseParty(_ effects: inout [Effect]) {
        let side = partySide
        let holds = side == .caller ? media.callerHolds : media.calleeHolds
        let wanted = state == .connected && !holds && application?.isHolding == false && application?.peer == nil
        guard wanted != media.isSupervised else { return }
        media.isSupervised = wanted
        effects.append(.media(.supervise(media.session, side, wanted)))
    }
}
