import CallControl
import SIPMessages
import Timeline

/// Callers that were asked for credentials and have not given them: rows of listings, and nothing more.
///
/// Nothing else of such an INVITE is kept, so that strangers cost no memory: there are so many rows at most, and a new
/// one takes the place of the oldest. When the credentials come, the call takes over the row's number.
struct ChallengedCallers: Sendable {
    /// One caller.
    struct Row: Sendable {
        /// The number that the call will have.
        let number: UInt64
        /// Call-ID, and behind it the tag of From: what the INVITE with credentials repeats (RFC 3261 §22.2).
        let identity: [UInt8]
        let callIDLength: Int
        let cli: [UInt8]
        let cld: [UInt8]
        /// The first INVITE came in.
        let setup: Instant
        /// Until when credentials are waited for; then the row is dead.
        var end: Instant
        /// Whether an operator has ended it: its credentials come too late.
        var isDisconnected = false
        /// Whether the credentials have come and a call has the number.
        var isTaken = false

        var callID: [UInt8] { Array(identity.prefix(callIDLength)) }

        func isWaiting(at now: Instant) -> Bool { now < end }

        func state(at now: Instant) -> CallState { isWaiting(at: now) ? .waitAuth : .dead }
    }

    /// Most rows.
    static let maximumCount = 1024
    /// Longest text of a row in bytes; an INVITE with a longer one gets none.
    static let maximumLength = 256
    /// How long credentials are waited for.
    static let patience: Duration = .seconds(2)

    /// How long a dead row stays listed.
    var linger: Duration
    private var ring: [Row] = []
    private var position = 0
    private var places: [[UInt8]: Int] = [:]

    init(linger: Duration) { self.linger = linger }

    /// Takes note of an INVITE that is being challenged; whether `number` is used for a new row.
    mutating func note(_ request: SIPMessage, _ numbers: CallNumbers, as number: UInt64, at now: Instant) -> Bool {
        let identity = Self.identity(of: request)
        guard identity.count <= Self.maximumLength, numbers.caller.count <= Self.maximumLength,
            numbers.called.count <= Self.maximumLength
        else { return false }
        if let place = places[identity], now < ring[place].end + linger {
            if !ring[place].isDisconnected && !ring[place].isTaken { ring[place].end = now + Self.patience }
            return false
        }
        let row = Row(
            number: number, identity: identity, callIDLength: Int(request.callID.count), cli: numbers.caller,
            cld: numbers.called, setup: now, end: now + Self.patience)
        if ring.count < Self.maximumCount {
            position = ring.count
            ring.append(row)
        } else {
            position = position + 1 < ring.count ? position + 1 : 0
            if places[ring[position].identity] == position { places[ring[position].identity] = nil }
            ring[position] = row
        }
        places[identity] = position
        return true
    }

    /// The row that an INVITE with the right credentials belongs to; it is listed no more, unless an operator ended it.
    mutating func take(_ request: SIPMessage, at now: Instant) -> Row? {
        guard !places.isEmpty, let place = places[Self.identity(of: request)], ring[place].isListed(at: now, linger)
        else { return nil }
        ring[place].isTaken = !ring[place].isDisconnected
        return ring[place]
    }

    /// Ends the wait of the row with this number; false when there is none that waits.
    mutating func disconnect(_ number: UInt64, at now: Instant) -> Bool {
        guard let place = ring.firstIndex(where: { $0.number == number }), !ring[place].isTaken,
            ring[place].isWaiting(at: now)
        else { return false }
        ring[place].end = now
        ring[place].isDisconnected = true
        return true
    }

    /// The row with this number, while it is listed.
    func row(of number: UInt64, at now: Instant) -> Row? {
        ring.first { $0.number == number && $0.isListed(at: now, linger) }
    }

    /// The row with this number where the ring has it at `place`, while it is listed.
    func row(of number: UInt64, place: Int, at now: Instant) -> Row? {
        guard ring.indices.contains(place), ring[place].number == number, ring[place].isListed(at: now, linger) else {
            return nil
        }
        return ring[place]
    }

    /// The rows that are listed, with their places in the ring.
    func rows(at now: Instant) -> [(place: Int, row: Row)] {
        ring.indices.compactMap { ring[$0].isListed(at: now, linger) ? ($0, ring[$0]) : nil }
    }

    private static func identity(of request: SIPMessage) -> [UInt8] {
        var identity = request.copy(request.callID)
        identity.append(0)
        if let tag = request.from.tag { request.withBytes(tag) { identity.append(contentsOf: $0) } }
        return identity
    }
}

extension ChallengedCallers.Row {
    fileprivate func isListed(at now: Instant, _ linger: Duration) -> Bool { !isTaken && now < end + linger }
}
