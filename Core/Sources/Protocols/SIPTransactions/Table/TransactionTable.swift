import SIPMessages
import Timeline

/// All transactions of one shard (RFC 3261 §17, RFC 6026): it matches what comes in, repeats what goes out, and hands
/// the rest to the transaction user.
///
/// Every call appends to `effects` what the caller is to do, in order. Identifiers of transactions that are over are
/// ignored wherever they are given. What only lingers keeps no more bytes than its repetitions need.
public struct TransactionTable: Sendable {
    public enum Effect: Sendable {
        /// Send the bytes on the flow; a failure is reported with `sendFailed`.
        case transmit([UInt8], Flow)
        /// A new request that is neither ACK nor CANCEL and came on the flow; the user must answer or abandon it.
        case request(SIPMessage, ServerTransactionID, Flow)
        /// An ACK to a 2xx with the user of the INVITE it matches; `.none` where it matches no transaction and is to be
        /// found by its dialog.
        case acknowledgement(SIPMessage, Flow, TransactionUser)
        /// A CANCEL, already answered, of an INVITE that the user has not finally answered and must answer with 487.
        case cancelled(ServerTransactionID, TransactionUser, SIPMessage)
        /// A provisional response, the final response, or one more 2xx to INVITE, which must be acknowledged again.
        case response(SIPMessage, ClientTransactionID, TransactionUser)
        /// No final response in 64·T1, or none in 64·T1 after the CANCEL; the transaction is over.
        case timedOut(ClientTransactionID, TransactionUser)
        /// The request could not be sent; the transaction is over.
        case transportFailed(ClientTransactionID, TransactionUser)
        /// No ACK came for a failure response to INVITE in 64·T1; the transaction is over.
        case unacknowledged(ServerTransactionID, TransactionUser)
        /// A response could not be sent; the transaction goes on if it is an INVITE without a failure response.
        case responseFailed(ServerTransactionID, TransactionUser)
    }

    let shard: UInt8
    let timers: TransactionTimers
    let matcher: TransactionMatcher
    var identifiers: IdentifierSource

    var clients = SlotTable<ClientSlot>()
    var clientDeadlines = DeadlineQueue<ClientTransactionID>()
    var streams = StreamIndex()
    var clientActions: [ClientTransactionEffect] = []

    var servers = SlotTable<ServerSlot>()
    /// By slot index; apart from the slots, so that a search touches little.
    var serverIdentities: [ServerIdentity] = []
    var serverDeadlines = DeadlineQueue<ServerTransactionID>()
    var serverIndex = FingerprintIndex()
    var mergeIndex = FingerprintIndex()
    var serverActions: [ServerTransactionEffect] = []

    /// An empty table. The seed must be unknown to peers: branches, tags and the hashing of keys come from it.
    public init(shard: UInt8, timers: TransactionTimers, seed: UInt64) {
        self.shard = shard
        self.timers = timers
        matcher = TransactionMatcher(seed: seed)
        identifiers = IdentifierSource(seed: ~seed)
    }

    /// How many transactions live, lingering and reserved ones included.
    public var count: Int { clients.count + servers.count }

    /// How many client transactions live, lingering and reserved ones included.
    public var clientCount: Int { clients.count }

    /// How many server transactions live, lingering ones included.
    public var serverCount: Int { servers.count }

    /// The bytes reserved for stored messages; it looks at every transaction.
    public var storedByteCount: Int {
        clients.handles.reduce(0) { $0 + (clients.read($1) { slot in slot.message.capacity } ?? 0) }
            + servers.handles.reduce(0) { $0 + (servers.read($1) { slot in slot.response.capacity } ?? 0) }
    }

    /// Matches a parsed message to its transaction, or makes a server transaction for a new request.
    public mutating func receive(
        _ message: SIPMessage, from flow: Flow, at now: Instant, into effects: inout [Effect]
    ) {
        if message.isRequest {
            receiveRequest(message, from: flow, at: now, into: &effects)
        } else {
            receiveResponse(message, at: now, into: &effects)
        }
    }

    /// Reports that bytes from `transmit` could not be sent: the client transaction of a request fails (also one that
    /// only waits to repeat its ACK); the user of a response's server transaction is told. Of a request the beginning
    /// with the top Via is enough: more of a datagram than that ICMP does not bring back.
    public mutating func sendFailed(_ bytes: [UInt8], at now: Instant, into effects: inout [Effect]) {
        let message: SIPMessage
        do {
            message = try MessageParser.parse(bytes)
        } catch {
            guard let beginning = error.partial else { return }
            message = beginning
        }
        if message.isRequest {
            guard let handle = clientHandle(of: message, method: message.method == .ack ? .invite : message.method)
            else { return }
            driveClient(handle, .transportFailed, at: now, into: &effects)
        } else if let handle = serverHandle(of: message, method: message.method) {
            driveServer(handle, .transportFailed, at: now, into: &effects)
        }
    }

    /// Reports that a stream is closed: client transactions still waiting on it fail.
    public mutating func flowClosed(_ flow: Flow, at now: Instant, into effects: inout [Effect]) {
        for index in streams.slots(on: flow) {
            guard let handle = clients.handle(at: index),
                let stream = clients.read(handle, { $0.flow?.stream }) ?? nil
            else { continue }
            if stream == 0 || flow.stream == 0 || stream == flow.stream {
                driveClient(handle, .transportFailed, at: now, into: &effects)
            }
        }
    }

    /// An instant not later than the earliest timer; nil when none runs.
    public var nextDeadline: Instant? {
        guard let client = clientDeadlines.nextDeadline else { return serverDeadlines.nextDeadline }
        guard let server = serverDeadlines.nextDeadline else { return client }
        return min(client, server)
    }

    /// Lets every timer fire that is due.
    public mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        while let id = clientDeadlines.popExpired(at: now) {
            driveClient(id.handle, .timeElapsed, at: now, into: &effects)
        }
        while let id = serverDeadlines.popExpired(at: now) {
            driveServer(id.handle, .timeElapsed, at: now, into: &effects)
        }
    }
}
