import CallControl
import MediaSessions
import SIPMessages
import Timeline

/// How a shard drives conferences: channels enter and leave them, orders change them.
extension SwitchCore {
    /// The job with which a channel that calls a room enters it.
    static let seatJob = MediaJobID(rawValue: .max - 2)
    /// The job of what a conference itself announces.
    private static let announcementJob = MediaJobID(rawValue: .max - 3)

    mutating func obey(_ order: ConferenceOrder, _ now: Instant, _ outputs: inout [SwitchOutput]) {
        switch order {
        case .prepare(let name, let settings): prepare(name, settings, &outputs)
        case .end(let name): feed(.end, to: name, now, &outputs)
        case .remove(let id, let departure): leaveConference(id, departure, now, &outputs)
        case .mute(let id, let isMuted): feed(.mute(id, isMuted), to: channels[id]?.seat?.name, now, &outputs)
        case .hold(let id, let isHeld): feed(.hold(id, isHeld), to: channels[id]?.seat?.name, now, &outputs)
        case .adjust(let id, let control, let count):
            feed(.adjust(id, control, by: count), to: channels[id]?.seat?.name, now, &outputs)
        case .exitTone(let id, let tone): feed(.exitTone(id, tone), to: channels[id]?.seat?.name, now, &outputs)
        case .play(let name, let job, let clips):
            guard let room = conferences[name]?.room else {
                return outputs.append(.channel(.conference(ConferenceReport(gone: name), .played(job, .aborted))))
            }
            outputs.append(.media(.room(room, .announce(job, clips))))
        case .silence(let name):
            if let room = conferences[name]?.room { outputs.append(.media(.room(room, .silence))) }
        }
    }

    private mutating func prepare(
        _ name: ConferenceName, _ settings: ConferenceSettings, _ outputs: inout [SwitchOutput]
    ) {
        guard conferences[name] == nil else { return }
        conferences.insert(Conference(name, maximumParties: settings.maximumParties ?? configuration.conferenceParties))
        tell(.created, name, &outputs)
    }

    // MARK: Entering and leaving

    /// Puts the call of a channel into a room.
    mutating func enter(
        _ id: ChannelID, _ job: MediaJobID, _ visit: ConferenceVisit, _ now: Instant,
        _ outputs: inout [SwitchOutput]
    ) {
        var refusal = channels[id]?.seat == nil ? nil : MediaRefusal.externalSource
        if refusal == nil { refusal = mediaRefusal(id, isTransmitting: true) }
        if refusal == nil, channels[id]?.machine.state != .answered { refusal = .notAnswered }
        guard refusal == nil, session(of: id) != nil else {
            return outputs.append(.channel(.media(id, .refused(job, refusal ?? .hangup))))
        }
        channels[id]?.seat = ConferenceSeat(name: visit.name, isOwn: false)
        channels[id]?.attachment = job
        channels[id]?.transmissions.insert(job)
        feed(.transmitting(true), to: id, now)
        visitConference(visit, id, now, &outputs)
    }

    /// Calls a room on a channel.
    mutating func call(
        _ visit: ConferenceVisit, on id: ChannelID, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) {
        channels[id]?.seat = ConferenceSeat(name: visit.name, isOwn: true)
        channels[id]?.callNumber = nil
        channels[id]?.details = ChannelDetails()
        channels[id]?.details.callTo = Array("con:\(visit.name.room)".utf8)
        visitConference(visit, id, now, &outputs)
    }

    private mutating func visitConference(
        _ visit: ConferenceVisit, _ id: ChannelID, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) {
        if conferences[visit.name] == nil { prepare(visit.name, ConferenceSettings(), &outputs) }
        feed(.enter(id, visit.terms), to: visit.name, now, &outputs)
    }

    /// Takes a channel out of its conference, if it is in one.
    mutating func leaveConference(
        _ id: ChannelID, _ departure: ConferenceDeparture, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) {
        guard let seat = channels[id]?.seat else { return }
        feed(.leave(id, departure), to: seat.name, now, &outputs)
    }

    /// A digit of a channel's far end is heard by the conference that the channel, or the one joined with it, is in.
    mutating func press(_ digit: UInt8, _ id: ChannelID, _ now: Instant, _ outputs: inout [SwitchOutput]) {
        let member = channels[id]?.seat == nil ? channels[id]?.joined : id
        guard let member, let seat = channels[member]?.seat else { return }
        feed(.digit(member, digit), to: seat.name, now, &outputs)
    }

    // MARK: What media report

    /// What the media of a channel that has called a room report.
    mutating func hear(
        _ event: PartyEvent, ofSeat id: ChannelID, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) {
        if case .joined(Self.seatJob, _) = event { return feed(.answered, to: id, now) }
        if case .refused(Self.seatJob, _) = event { return leaveConference(id, .roomEnded, now, &outputs) }
        hear(event, ofChannel: id, now, &outputs)
    }

    mutating func hear(_ event: RoomEvent, of room: RoomID, _ outputs: inout [SwitchOutput]) {
        guard case .announced(let job, let cause) = event, job != Self.announcementJob else { return }
        if let name = conferences.name(of: room) { return tell(.played(job, cause), name, &outputs) }
        outputs.append(.channel(.conference(ConferenceReport(gone: ConferenceName("")), .played(job, cause))))
    }

    // MARK: The machine

    private mutating func feed(
        _ event: ConferenceEvent, to name: ConferenceName?, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) {
        guard let name, var machine = conferences[name]?.machine else { return }
        var effects: [ConferenceEffect] = []
        machine.receive(event, at: now, into: &effects)
        conferences[name]?.machine = machine
        for effect in effects { carryOut(effect, of: name, now, &outputs) }
    }

    private mutating func carryOut(
        _ effect: ConferenceEffect, of name: ConferenceName, _ now: Instant, _ outputs: inout [SwitchOutput]
    ) {
        guard let room = conferences[name]?.room else { return }
        switch effect {
        case .admit(let id, let terms): admit(id, terms, room, &outputs)
        case .refuse(let id, _): turnAway(id, now, &outputs)
        case .setTerms(let id, let terms):
            if let session = session(of: id) { outputs.append(.media(.party(session, .setTerms(terms)))) }
        case .dismiss(let id, _): dismiss(id, now, &outputs)
        case .announce(let job): outputs.append(.media(.room(room, .announce(Self.announcementJob, job))))
        case .tell(let change): tell(change, name, &outputs)
        case .ended: conferences.remove(name)
        }
    }

    private mutating func admit(
        _ id: ChannelID, _ terms: RoomTerms, _ room: RoomID, _ outputs: inout [SwitchOutput]
    ) {
        guard let channel = channels[id], let seat = channel.seat else { return }
        if seat.isOwn {
            outputs.append(.media(.room(room, .open(MediaSessionID(portless: id), Self.seatJob, terms))))
        } else if let session = session(of: id), let job = channel.attachment {
            outputs.append(.media(.party(session, .join(job, room, terms))))
        }
    }

    private mutating func turnAway(_ id: ChannelID, _ now: Instant, _ outputs: inout [SwitchOutput]) {
        guard let channel = channels[id], let seat = channel.seat else { return }
        channels[id]?.seat = nil
        if seat.isOwn {
            feed(.cleared(.noChannels, raw: .serviceUnavailable), to: id, now)
        } else if let job = channel.attachment {
            detach(id, now)
            outputs.append(.channel(.media(id, .refused(job, .roomIsFull))))
        }
    }

    private mutating func dismiss(_ id: ChannelID, _ now: Instant, _ outputs: inout [SwitchOutput]) {
        guard let seat = channels[id]?.seat else { return }
        let session = session(of: id)
        channels[id]?.seat = nil
        if seat.isOwn {
            outputs.append(.media(.party(MediaSessionID(portless: id), .close)))
            feed(.cleared(.normal, raw: nil), to: id, now)
        } else {
            if let session { outputs.append(.media(.party(session, .leave))) }
            detach(id, now)
        }
    }

    private mutating func tell(_ change: ConferenceChange, _ name: ConferenceName, _ outputs: inout [SwitchOutput]) {
        guard let entry = conferences[name] else { return }
        let members = entry.machine.members.map { member in
            let channel = channels[member.channel]
            let other = channel?.seat?.isOwn == true ? channel?.joined.flatMap { channels[$0] } : channel
            let details = other?.details ?? ChannelDetails()
            return ConferenceReport.Member(
                channel: member.channel, call: other?.callNumber,
                party: other?.machine.isInbound == true ? details.callFrom : details.callTo,
                isTalker: member.terms.isTalker, isMuted: member.isMuted, isHeld: member.isHeld)
        }
        let report = ConferenceReport(
            name: name, number: entry.room.rawValue, state: entry.machine.state,
            maximumParties: entry.machine.maximumParties, members: members)
        outputs.append(.channel(.conference(report, change)))
    }
}
