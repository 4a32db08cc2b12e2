import Audio
import MediaSessions
import Timeline

/// A conference room: who is in it, who hears whom, when it begins and ends (call-channel.md §3.9).
///
/// It is there from the first party that asks for its name, or from its preparation, to the last party that leaves. Its
/// parties hear each other while it is started: once somebody who starts it has come, and as long as there are two
/// parties, one of whom may talk.
public struct Conference: Equatable, Sendable {
    public enum State: String, Hashable, Sendable { case stopped, started, ended }

    /// One party.
    public struct Member: Equatable, Sendable {
        public let channel: ChannelID
        public internal(set) var terms: ConferencePartyTerms
        public internal(set) var isMuted: Bool
        public internal(set) var isHeld: Bool
        public internal(set) var levels = RoomLevels()
        public let joined: Instant
        /// What the media were told last.
        public internal(set) var inRoom = RoomTerms()
    }

    public let name: ConferenceName
    public let maximumParties: Int
    public private(set) var state: State = .stopped
    /// In the order in which they came.
    public private(set) var members: [Member] = []
    /// Whether somebody has come who starts it.
    private var hasStarter = false

    public init(_ name: ConferenceName, maximumParties: Int) {
        self.name = name
        self.maximumParties = maximumParties
    }

    /// A conference waits for nothing.
    public var nextDeadline: Instant? { nil }

    /// The party of a channel.
    public func member(_ channel: ChannelID) -> Member? { members.first { $0.channel == channel } }

    /// The one door.
    public mutating func receive(
        _ event: ConferenceEvent, at now: Instant, into effects: inout [ConferenceEffect]
    ) {
        switch (state, event) {
        case (.stopped, .enter(let channel, let terms)), (.started, .enter(let channel, let terms)):
            enter(channel, terms, now, &effects)
        case (.ended, .enter(let arrival)): effects.append(.refuse(arrival.0, .ended))
        case (.stopped, .leave(let channel, let departure)), (.started, .leave(let channel, let departure)):
            leave(channel, departure, &effects)
        case (.stopped, .digit(let channel, let digit)), (.started, .digit(let channel, let digit)):
            press(digit, channel, &effects)
        case (.stopped, .mute(let channel, let isMuted)), (.started, .mute(let channel, let isMuted)):
            change(channel, &effects) { $0.isMuted = isMuted }
        case (.stopped, .hold(let channel, let isHeld)), (.started, .hold(let channel, let isHeld)):
            change(channel, &effects) { $0.isHeld = isHeld }
        case (.stopped, .adjust(let channel, let control, let count)),
            (.started, .adjust(let channel, let control, let count)):
            guard let place = place(of: channel) else { return }
            members[place].levels.change(control, by: count)
            tellTerms(&effects)
        case (.stopped, .exitTone(let channel, let tone)), (.started, .exitTone(let channel, let tone)):
            if let place = place(of: channel) { members[place].terms.exitTone = tone }
        case (.stopped, .end), (.started, .end): end(&effects)
        case (.ended, .leave), (.ended, .digit), (.ended, .mute), (.ended, .hold), (.ended, .adjust),
            (.ended, .exitTone), (.ended, .end):
            break
        }
    }

    private func place(of channel: ChannelID) -> Int? { members.firstIndex { $0.channel == channel } }

    private mutating func enter(
        _ channel: ChannelID, _ terms: ConferencePartyTerms, _ now: Instant, _ effects: inout [ConferenceEffect]
    ) {
        guard place(of: channel) == nil else { return effects.append(.refuse(channel, .inside)) }
        guard members.count < maximumParties else { return effects.append(.refuse(channel, .full)) }
        members.append(
            Member(
                channel: channel, terms: terms, isMuted: terms.startMuted, isHeld: terms.startHeld, joined: now))
        if terms.lifetime.startOnEntry { hasStarter = true }
        let hasMoved = settle()
        let place = members.count - 1
        members[place].inRoom = self.terms(of: members[place])
        effects.append(.admit(channel, members[place].inRoom))
        effects.append(.tell(.joined(channel)))
        if hasMoved { effects.append(.tell(.started)) }
        tellTerms(&effects)
        announce(terms.entryTone, terms.prefixMedia, terms.entryMedia, &effects)
    }

    private mutating func leave(
        _ channel: ChannelID, _ departure: ConferenceDeparture, _ effects: inout [ConferenceEffect]
    ) {
        guard let place = place(of: channel) else { return }
        let member = members.remove(at: place)
        effects.append(.dismiss(channel, departure))
        effects.append(.tell(.left(channel, departure)))
        if members.isEmpty || member.terms.lifetime.destroyOnExit { return end(&effects) }
        if settle() { effects.append(.tell(.stopped)) }
        tellTerms(&effects)
        announce(member.terms.exitTone, member.terms.prefixMedia, member.terms.exitMedia, &effects)
    }

    private mutating func press(_ digit: UInt8, _ channel: ChannelID, _ effects: inout [ConferenceEffect]) {
        guard let member = member(channel) else { return }
        let (mute, unmute) = (member.terms.muteDigit, member.terms.unmuteDigit)
        if digit == member.terms.exitDigit {
            leave(channel, .exitDigit, &effects)
        } else if digit == mute, digit == unmute {
            change(channel, &effects) { $0.isMuted.toggle() }
        } else if digit == mute || digit == unmute {
            change(channel, &effects) { $0.isMuted = digit == mute }
        }
    }

    private mutating func change(
        _ channel: ChannelID, _ effects: inout [ConferenceEffect], _ change: (inout Member) -> Void
    ) {
        guard let place = place(of: channel) else { return }
        let before = members[place]
        change(&members[place])
        guard members[place] != before else { return }
        tellTerms(&effects)
        effects.append(.tell(.changed(channel)))
    }

    private mutating func end(_ effects: inout [ConferenceEffect]) {
        state = .ended
        let last = members
        members = []
        for member in last {
            effects.append(.dismiss(member.channel, .roomEnded))
            effects.append(.tell(.left(member.channel, .roomEnded)))
        }
        effects.append(.tell(.completed))
        effects.append(.ended)
    }

    // MARK: Who hears whom

    /// Starts or stops; whether that changes anything.
    private mutating func settle() -> Bool {
        let isStarted = hasStarter && members.count > 1 && members.contains { $0.terms.isTalker }
        defer { state = isStarted ? .started : .stopped }
        return (state == .started) != isStarted
    }

    /// What a party says and hears now, and how loud.
    private func terms(of member: Member) -> RoomTerms {
        var terms = place(of: member)
        terms.levels = member.levels
        return terms
    }

    /// What a party says and hears now. Who is alone after a start hears the empty room.
    private func place(of member: Member) -> RoomTerms {
        let isHeard = state == .started && member.terms.isTalker && !member.isMuted && !member.isHeld
        if member.isHeld { return RoomTerms(isHeard: false, .nothing) }
        if state == .started { return RoomTerms(isHeard: isHeard, .room) }
        if !member.terms.stoppedMedia.isEmpty { return RoomTerms(isHeard: false, .clips(member.terms.stoppedMedia)) }
        if hasStarter { return RoomTerms(isHeard: false, .room) }
        return RoomTerms(isHeard: false, .tone(member.terms.ringback ?? ToneCatalogue().standard))
    }

    private mutating func tellTerms(_ effects: inout [ConferenceEffect]) {
        for place in members.indices {
            let terms = terms(of: members[place])
            guard terms != members[place].inRoom else { continue }
            members[place].inRoom = terms
            effects.append(.setTerms(members[place].channel, terms))
        }
    }

    private func announce(
        _ tone: TonePlan?, _ prefix: [AudioClip], _ media: [AudioClip], _ effects: inout [ConferenceEffect]
    ) {
        var clips = tone.map { [AudioClip($0)] } ?? []
        if !media.isEmpty { clips += prefix + media }
        if !clips.isEmpty { effects.append(.announce(FilePlayer.Job(clips))) }
    }
}
