import Addresses
import MediaSessions
import SDP
import SIPMessages
import Timeline

/// How session descriptions pass between the legs, and how the relay follows them.
extension Call {
    mutating func receiveMedia(_ event: MediaEvent, _ now: Instant, _ effects: inout [Effect]) {
        switch event {
        case .opened(_, let callerPorts, let calleePorts):
            media.callerPorts = callerPorts
            media.calleePorts = calleePorts
            media.openStreams = min(callerPorts.count, calleePorts.count)
            resume(now, &effects)
            endpointOpened(now, &effects)
        case .openFailed:
            negotiation.deferred = nil
            if media.openStreams == 0 { media.isOpen = false }
            if state == .arComplete {
                refuse(Failure(.serviceUnavailable, retryAfter: 5), by: .switch, now, &effects)
                abandon(.callee, Release(.commanded), &effects)
            } else {
                disconnect(by: .switch, "no media ports left", now, &effects)
            }
        case .silent(_, let side):
            guard state == .connected else { return }
            disconnect(
                by: .switch, side == .caller ? "no media from the caller" : "no media from the callee", now, &effects)
        case .party, .room: break
        case .closed(_, let caller, let callee):
            statistics = (caller, callee)
            media.openStreams = 0
            media.isOpen = false
            media.isClosing = false
            concludeIfQuiet(now, &effects)
        }
    }

    /// Goes on with what waited for ports.
    private mutating func resume(_ now: Instant, _ effects: inout [Effect]) {
        guard let deferred = negotiation.deferred else { return }
        negotiation.deferred = nil
        if ending != nil { return }
        switch deferred {
        case .attempt: nextAttempt(now, &effects)
        case .event(let leg, let event): receive(.leg(leg, event), at: now, into: &effects)
        }
    }

    func streamCount(of description: [UInt8]?) -> Int {
        streamCount(of: description.flatMap { SDPSummary(scanning: $0) })
    }

    /// How many streams the relay has to carry, one where the description cannot be read.
    func streamCount(of description: SDPSummary?) -> Int {
        description.map { max(1, min($0.streams.count, Self.maximumStreams)) } ?? 1
    }

    /// The most media lines that one call may relay.
    static let maximumStreams = 8

    mutating func openMedia(streams: Int, _ effects: inout [Effect]) {
        media.isOpen = true
        effects.append(
            .media(
                .open(media.session, streams: streams, caller: media.caller.bound, callee: media.callee.bound)))
    }

    /// Whether the relay has a port for every stream of the description; if not, ports are asked for and the event
    /// comes again when they are there.
    mutating func ensurePorts(
        for description: [UInt8]?, _ leg: SlotHandle, _ event: LegEvent, _ effects: inout [Effect]
    ) -> Bool {
        guard media.mode == .relay, description != nil else { return true }
        let needed = streamCount(of: description)
        if needed <= media.openStreams { return true }
        negotiation.deferred = .event(leg, event)
        openMedia(streams: needed, &effects)
        return false
    }

    /// The description as the other side gets it; nil when it cannot be read.
    mutating func carried(_ description: [UInt8], from side: MediaSide, _ effects: inout [Effect]) -> [UInt8]? {
        if media.mode == .relay { return relayed(description, from: side, &effects) }
        if let summary = SDPSummary(scanning: description) { takeNote(of: summary, from: side) }
        return isPlaced && side == .callee ? signedForFirst(description) : description
    }

    /// The description with our addresses and ports in it; the relay learns where the party wants its media.
    mutating func relayed(_ description: [UInt8], from side: MediaSide, _ effects: inout [Effect]) -> [UInt8]? {
        guard let summary = SDPSummary(scanning: description) else { return nil }
        direct(to: summary, from: side, &effects)
        let ports = side == .caller ? media.calleePorts : media.callerPorts
        let offered = summary.streams.enumerated().map { index, stream -> UInt16? in
            stream.isRelayable && index < ports.count ? ports[index] : nil
        }
        let origin = media.origin(of: description, to: side.other)
        return RelayedDescription.rewrite(description, origin: origin, ports: offered, address: origin.address)
    }

    /// Tells the relay where the party wants its media.
    mutating func direct(to summary: SDPSummary, from side: MediaSide, _ effects: inout [Effect]) {
        takeNote(of: summary, from: side)
        let signalling = side == .caller ? media.caller.signalling : media.callee.signalling
        let count = side == .caller ? media.calleePorts.count : media.callerPorts.count
        let targets = summary.streams.prefix(count).map { MediaStreamTarget($0, signallingSource: signalling) }
        if side == .caller { media.callerTargets = targets } else { media.calleeTargets = targets }
        effects.append(.media(.update(media.session, side, targets)))
    }

    mutating func takeNote(of summary: SDPSummary, from side: MediaSide) {
        let address = summary.streams.first?.address
        let holds = summary.isHold
        if side == .caller {
            media.callerAddress = address ?? media.callerAddress
            media.callerHolds = holds
        } else {
            media.calleeAddress = address ?? media.calleeAddress
            media.calleeHolds = holds
        }
    }

    /// Remembers what is in force of a party before its offer is tried.
    mutating func rememberBeforeOffer(of side: MediaSide) {
        media.beforeOffer =
            side == .caller
            ? DescribedSide(address: media.callerAddress, holds: media.callerHolds, targets: media.callerTargets)
            : DescribedSide(address: media.calleeAddress, holds: media.calleeHolds, targets: media.calleeTargets)
    }

    /// A refused offer changes nothing (RFC 3261 §14.1): the relay goes back to what was in force before.
    mutating func restoreBeforeOffer(of side: MediaSide, _ effects: inout [Effect]) {
        guard let before = media.beforeOffer else { return }
        media.beforeOffer = nil
        if side == .caller {
            (media.callerAddress, media.callerHolds, media.callerTargets) = (
                before.address, before.holds, before.targets
            )
        } else {
            (media.calleeAddress, media.calleeHolds, media.calleeTargets) = (
                before.address, before.holds, before.targets
            )
        }
        if media.mode == .relay && !before.targets.isEmpty {
            effects.append(.media(.update(media.session, side, before.targets)))
        }
    }

    /// Silence is watched for while the call is answered and nobody holds.
    mutating func superviseMedia(_ effects: inout [Effect]) {
        guard media.mode == .relay else { return }
        let wanted = state == .connected && !media.callerHolds && !media.calleeHolds
        guard wanted != media.isSupervised else { return }
        media.isSupervised = wanted
        effects.append(.media(.supervise(media.session, .caller, wanted)))
        effects.append(.media(.supervise(media.session, .callee, wanted)))
    }
}
