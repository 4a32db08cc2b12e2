import Addresses
import SIPMessages
import SwitchEngine
import Timeline

/// All invariants of a simulated world.
struct SimulationChecks: Sendable {
    var context: CheckContext
    var messages = MessageCheck()
    var transactions = TransactionCheck()
    var calls = CallCheck()
    var media = MediaCheck()
    var channels = ChannelCheck()
    private var streams = StreamCheck()
    private var oldDialogs = OldDialogCheck()
    private var keepalives = KeepaliveCheck()

    init(plan: SimulationPlan) { context = CheckContext(plan: plan) }

    mutating func begin(at now: Instant) {
        context.step += 1
        context.now = now
    }

    mutating func delivered(_ message: SIPMessage, from peer: Endpoint) {
        let call = context.call(of: message, peer: peer)
        transactions.delivered(message, from: peer, call, &context)
        keepalives.delivered(message, from: peer, context)
    }

    /// From now on the switch asks no vendor whether it lives.
    mutating func keepalivesEnded() { keepalives.end() }

    /// The switch has crashed and was started again.
    mutating func restarted() {
        context.restarted = context.now
        context.isDraining = false
        transactions.restarted()
        calls.restarted()
        media = MediaCheck()
        channels = ChannelCheck()
        oldDialogs.restarted()
        keepalives.restarted()
    }

    mutating func sent(_ bytes: [UInt8], _ message: SIPMessage?, to peer: Endpoint, overStream: Bool) {
        let call = context.call(of: message, peer: peer)
        messages.sent(bytes, message, to: peer, call, &context)
        guard let message else { return }
        streams.sent(message, to: peer, overStream: overStream, call, &context)
        oldDialogs.sent(message, call, &context)
        if message.isRequest {
            checkEntitlement(message, peer, call)
            keepalives.sent(message, to: peer, call, &context)
        } else {
            transactions.sent(message, to: peer, &context)
            if context.isPhone(peer) { calls.sent(message, call, &context) }
        }
    }

    private mutating func checkEntitlement(_ message: SIPMessage, _ peer: Endpoint, _ call: Int?) {
        guard message.method == .invite, message.to.tag == nil, context.isVendor(peer), let call else { return }
        if !context.plan.calls[call].isEntitled {
            context.violate(.callersAreAuthenticated, "an unauthenticated caller reached a callee", call: call)
        }
    }

    mutating func stepEnded(_ core: SwitchCore) {
        transactions.stepEnded(&context)
        calls.stepEnded(core, &context)
    }

    mutating func worldEnded(_ core: SwitchCore, phones: [ScriptedPhone], vendors: [ScriptedVendor]) {
        if !core.isQuiet || core.nextDeadline != nil {
            context.violate(.worldGoesQuiet, "\(core.callCount) calls are left, or legs or transactions", call: nil)
        }
        transactions.worldEnded(&context)
        calls.worldEnded(&context)
        media.worldEnded(&context)
        channels.worldEnded(core, &context)
        guard context.plan.hostileMessages == 0, context.plan.network.isHonest else { return }
        for (index, phone) in phones.enumerated() { checkReleased(phone.dialog, "caller", index) }
        for vendor in vendors {
            for dialog in vendor.dialogs {
                checkReleased(dialog, "callee", context.calls[dialog.identity.callID])
            }
        }
        guard context.plan.isUndisturbed else { return }
        for (index, call) in context.plan.calls.enumerated()
        where call.mustBeAnswered && !phones[index].dialog.wasAnswered {
            context.violate(.politeCallsAreAnswered, "the caller was not answered", call: index)
        }
    }

    /// Whether a call began before the switch crashed, so that nobody ends it but its parties.
    private func wasCutOff(_ call: Int?) -> Bool {
        guard let restarted = context.restarted else { return false }
        return call.map { context.plan.calls[$0].start <= restarted } ?? true
    }

    private mutating func checkReleased(_ dialog: ScriptedDialog, _ who: String, _ call: Int?) {
        guard dialog.conduct.isHonest, !dialog.hasVanished, !wasCutOff(call) else { return }
        switch dialog.phase {
        case .idle, .ended: return
        case .inviting, .ringing, .answered, .leaving:
            context.violate(.partiesAreReleased, "the \(who) is left \(dialog.phase)", call: call)
        }
    }
}
