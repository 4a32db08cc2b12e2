import Addresses
import SIPMessages
import SIPUserAgent
import Timeline

/// A caller's phone: one endpoint that places one call and follows its script.
public struct ScriptedPhone: Sendable {
    /// Where it listens.
    public let endpoint: Endpoint
    /// Its side of the call.
    public internal(set) var dialog: ScriptedDialog

    /// The phone of call `index`, which will call `called` through the switch at `server`.
    init(index: Int, endpoint: Endpoint, server: Endpoint, called: [UInt8], plan: CallPlan, seed: UInt64) {
        self.endpoint = endpoint
        let script = plan.caller
        var dice = IdentifierSource(seed: seed)
        let mark = Array("9.c\(index)x".utf8)
        var callID = mark
        var tag = mark
        dice.appendToken(count: 12, to: &callID)
        dice.appendToken(count: 8, to: &tag)
        let target = Array("sip:".utf8) + called + Array("@\(server)".utf8)
        var identity = DialogIdentity(
            mark: mark, local: endpoint, callID: callID, localTag: tag,
            localURI: Array("sip:7\(index)@\(server)".utf8), remoteURI: target, remoteTarget: target)
        if plan.usesStream { identity.transport = .tcp }
        dialog = ScriptedDialog(
            identity: identity,
            session: ScriptedSession(address: endpoint.address, id: UInt64(index) + 1000, port: 20_000),
            conduct: script.conduct, role: .caller(CallerState(script: script)), seed: dice.next())
    }

    /// What it proves itself with when challenged.
    mutating func give(_ account: AccountSecret) {
        guard case .caller(var caller) = dialog.role else { return }
        caller.account = account
        dialog.role = .caller(caller)
    }

    mutating func receive(_ message: SIPMessage, at now: Instant) {
        if message.equals(message.callID, dialog.identity.callID) {
            dialog.receive(message, at: now)
        } else if message.isRequest && message.method != .ack && !dialog.hasVanished {
            dialog.outbox.append(
                MessageWriter.response(to: message, status: .callDoesNotExist, toTag: dialog.identity.mark))
        }
    }
}
