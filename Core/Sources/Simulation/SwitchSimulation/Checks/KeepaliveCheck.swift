import Addresses
import SIPMessages
import Timeline

/// Judges whether vendors that do not answer their OPTIONS are left alone.
struct KeepaliveCheck: Sendable {
    private struct Question: Sendable {
        var branch: [UInt8]
        var asked: Instant
    }

    /// Questions without an answer, oldest first, by vendor.
    private var open: [Endpoint: [Question]] = [:]
    /// Vendors whose last question that came to an end was not answered.
    private var dark: Set<Endpoint> = []
    /// Branches of INVITEs that were sent once; their repetitions do not count.
    private var invited: Set<[UInt8]> = []
    /// Whether nobody is asked any more, so that what is open says nothing.
    private var isOver = false
    /// How long a question waits for its answer, timer F (RFC 3261 §17.1.2.2), and a little more.
    private static let patience: Duration = .milliseconds(32_100)

    /// The switch has sent a request to a vendor.
    mutating func sent(_ message: SIPMessage, to peer: Endpoint, _ call: Int?, _ context: inout CheckContext) {
        guard context.plan.keepalive != nil, !isOver, context.isVendor(peer), message.to.tag == nil,
            let range = message.via.branch
        else { return }
        let branch = message.copy(range)
        expire(peer, context.now)
        switch message.method {
        case .options where open[peer]?.contains(where: { $0.branch == branch }) != true:
            open[peer, default: []].append(Question(branch: branch, asked: context.now))
        case .invite where dark.contains(peer) && !invited.contains(branch):
            context.violate(.darkVendorsAreSkipped, "\(peer.address) was called and did not answer before", call: call)
        default: break
        }
        if message.method == .invite { invited.insert(branch) }
    }

    /// A message has been delivered to the switch.
    mutating func delivered(_ message: SIPMessage, from peer: Endpoint, _ context: CheckContext) {
        guard context.plan.keepalive != nil, message.method == .options, message.status?.isFinal == true,
            let range = message.via.branch
        else { return }
        expire(peer, context.now)
        let branch = message.copy(range)
        guard let position = open[peer]?.firstIndex(where: { $0.branch == branch }) else { return }
        open[peer]?.remove(at: position)
        dark.remove(peer)
    }

    /// The switch has crashed: it asks anew, and holds nobody for dark until then.
    mutating func restarted() { self = KeepaliveCheck() }

    /// From now on nobody is asked.
    mutating func end() { isOver = true }

    private mutating func expire(_ peer: Endpoint, _ now: Instant) {
        while let first = open[peer]?.first, now - first.asked > Self.patience {
            open[peer]?.removeFirst()
            dark.insert(peer)
        }
    }
}
