import CallControl
import SIPDialogs
import SIPMessages
import Timeline

/// How channels are transferred by REFER.
extension SwitchCore {
    /// Sends the REFER that a channel's verb described. With another channel, the far end takes over that one's call, or,
    /// while that only rings, calls its destination anew.
    mutating func refer(
        _ arguments: ChannelArguments, replacing other: ChannelID?, for id: ChannelID, _ now: Instant
    ) {
        guard let target = target(of: arguments, replacing: other, for: id) else {
            return feed(.referred(.refused(.badRequest)), to: id, now)
        }
        if let other, target.replaces == nil {
            feed(.verb(Self.ownVerb, .hangUp), to: other, now)
        } else if let other {
            channels[other]?.transferredFrom = id
        }
        command(.refer(to: target.value), id, now)
    }

    private func target(
        of arguments: ChannelArguments, replacing other: ChannelID?, for id: ChannelID
    ) -> ReferTarget? {
        guard let call = channels[id]?.call, let leg = calls.read(call, { $0.call.partyLeg }) ?? nil else { return nil }
        guard let other else { return target(arguments.callTo, knownTo: leg) }
        guard let entry = channels[other], let call = entry.call,
            let peer = calls.read(call, { $0.call.partyLeg }) ?? nil
        else { return nil }
        if let answered = legs.read(peer, { $0.replaceable }) ?? nil { return answered }
        return target(entry.details.callTo, knownTo: leg)
    }

    /// A destination as an application writes it: a URI, or a number, which is one of ours to the peer of the leg.
    private func target(_ text: [UInt8], knownTo leg: SlotHandle) -> ReferTarget? {
        if let read = try? ReferTarget(reading: text) { return read }
        if text.contains(UInt8(ascii: "@")) { return try? ReferTarget(reading: Array("sip:".utf8) + text) }
        guard !text.contains(UInt8(ascii: ":")), let dialled = DialledNumber(text),
            let flow = legs.read(leg, { $0.flow })
        else { return nil }
        var writer = MessageWriter(reserving: 128)
        writer.append("sip:")
        writer.append(escapedUser: dialled.number)
        writer.append("@")
        writer.append(userAgent.settings.local(of: flow))
        return ReferTarget(uri: writer.bytes)
    }
}
