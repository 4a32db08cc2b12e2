import SIPMessages

/// Judges what a switch that was killed and started again says in dialogs of before.
struct OldDialogCheck: Sendable {
    /// Our tags of this life of the switch.
    private var tags: Set<[UInt8]> = []
    /// Our tags of earlier lives.
    private var oldTags: Set<[UInt8]> = []

    /// The switch has sent a message.
    mutating func sent(_ message: SIPMessage, _ call: Int?, _ context: inout CheckContext) {
        guard context.plan.interventions.contains(where: { $0.intervention == .restart }) else { return }
        guard let range = message.isRequest ? message.from.tag : message.to.tag else { return }
        let tag = message.copy(range)
        if oldTags.contains(tag) {
            // Strangers send mutilated messages, which are refused for other reasons.
            let isHostile = context.plan.hostileMessages > 0
            let isRefusal = message.status.map { isHostile ? $0.rawValue >= 400 : $0 == .callDoesNotExist } ?? false
            if !isRefusal {
                let what = message.status.map { "\($0.rawValue)" } ?? "a request"
                context.violate(.oldDialogsAreGone, "\(what) was sent in a dialog of before the crash", call: call)
            }
        } else if message.isRequest || (message.method == .invite && message.status.map { $0.rawValue < 300 } == true) {
            tags.insert(tag)
        }
    }

    /// The switch has crashed and was started again.
    mutating func restarted() {
        oldTags.formUnion(tags)
        tags = []
    }
}
