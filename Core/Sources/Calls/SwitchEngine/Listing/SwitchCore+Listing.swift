import Accounting
import CallControl
import Timeline

/// Listings of calls, made in pieces so that no piece keeps the shard from its packets for long.
///
/// First the keys of the calls are gathered, slot by slot, and put in order by the asker; then rows are made of them,
/// some at a time. A call has one slot for its whole life, so none is listed twice; one that ends meanwhile is left out.
extension SwitchCore {
    /// Begins a listing of the calls there are now.
    public func beginListing(
        _ selection: CallSelection, in order: CallOrder, at now: Instant
    ) -> CallListingFrame {
        CallListingFrame(selection: selection, order: order, instant: now, lastNumber: numbering.last)
    }

    /// The keys of the calls in `count` slots from `position` on; position 0 also gives those of the callers that have
    /// been asked for credentials.
    public func keys(
        of frame: CallListingFrame, from position: UInt32, slots count: Int, at now: Instant
    ) -> CallKeyPage {
        var page = CallKeyPage()
        if position == 0 && frame.selection.population == .all { appendChallenged(frame, now, to: &page.keys) }
        let end = min(Int(position) + count, calls.slotCount)
        for index in Int(position)..<max(end, Int(position)) {
            guard let handle = calls.handle(at: UInt32(index)) else { continue }
            calls.read(handle) { entry in
                guard entry.call.id <= frame.lastNumber, selects(entry, frame.selection) else { return }
                page.keys.append(Self.key(of: entry.call, handle, frame))
            }
        }
        page.next = end < calls.slotCount ? UInt32(end) : nil
        return page
    }

    /// The rows of the calls that are still there and still selected, in the order of their keys.
    public func rows(of keys: some Sequence<CallKey>, in frame: CallListingFrame, at now: Instant) -> [CallSnapshot] {
        var rows: [CallSnapshot] = []
        rows.reserveCapacity(keys.underestimatedCount)
        for key in keys {
            if let handle = handle(of: key), calls.contains(handle) {
                calls.read(handle) { entry in
                    if selects(entry, frame.selection) { rows.append(snapshot(of: entry, at: frame.instant)) }
                }
            } else if key.handle.generation == 0,
                let caller = challenged.row(of: key.id, place: Int(key.handle.index), at: now)
            {
                rows.append(snapshot(of: caller, at: frame.instant))
            }
        }
        return rows
    }

    /// Every call of the shard, oldest first, in one piece: for tests and small switches.
    public func listing(at now: Instant) -> [CallSnapshot] {
        let frame = beginListing(CallSelection(), in: .oldestFirst, at: now)
        let page = keys(of: frame, from: 0, slots: calls.slotCount, at: now)
        return rows(of: CallKey.sorted(page.keys), in: frame, at: now)
    }

    /// The call with this number; nil when it is gone.
    public func snapshot(of number: UInt64, at now: Instant) -> CallSnapshot? {
        if let handle = callsByNumber[number] { return calls.read(handle) { snapshot(of: $0, at: now) } }
        return challenged.row(of: number, at: now).map { snapshot(of: $0, at: now) }
    }

    /// Who is connected by the call with this number, and at which price; nil when it is gone.
    public func parties(of number: UInt64) -> CallParties? {
        callsByNumber[number].flatMap { calls.read($0) { $0.call.parties } }
    }

    /// The call whose record has, or will have, this id; nil when it is gone, or of an earlier process.
    public func snapshot(ofRecord record: UInt64, at now: Instant) -> CallSnapshot? {
        snapshot(of: numbering.call(of: record), at: now)
    }

    // MARK: Selecting

    /// The slot of the call that a key names: a caller that had been asked for credentials may have one by now.
    func handle(of key: CallKey) -> SlotHandle? { key.handle.generation == 0 ? callsByNumber[key.id] : key.handle }

    func selects(_ entry: CallEntry, _ selection: CallSelection) -> Bool {
        let parties = entry.call.parties
        switch selection.population {
        case .all: break
        case .active: guard entry.call.state.isActive else { return false }
        case .live: guard entry.call.ending == nil else { return false }
        }
        if let state = selection.state, entry.call.state != state { return false }
        if let account = selection.account, parties.account != account { return false }
        if let connection = selection.connection {
            guard parties.connection == connection else { return false }
        } else if let vendor = selection.vendor, parties.vendor != vendor {
            return false
        }
        if let customer = selection.customer,
            !CallSelection.Reach.subtree(of: customer).contains(parties.customer, in: configuration.tables)
        {
            return false
        }
        return selection.reach.contains(parties.customer, in: configuration.tables)
    }

    private static func key(of call: Call, _ handle: SlotHandle, _ frame: CallListingFrame) -> CallKey {
        let rank = rank(
            frame.order, setupMilliseconds: call.times.setupMilliseconds,
            duration: duration(of: call, at: frame.instant))
        return CallKey(handle, id: call.id, rank: rank)
    }

    private func appendChallenged(_ frame: CallListingFrame, _ now: Instant, to keys: inout [CallKey]) {
        guard frame.selection.isOfUnknownCallers else { return }
        for (place, caller) in challenged.rows(at: now) where caller.number <= frame.lastNumber {
            if let state = frame.selection.state, caller.state(at: now) != state { continue }
            let setup = numbering.milliseconds(at: caller.setup)
            let rank = Self.rank(frame.order, setupMilliseconds: setup, duration: .zero)
            let handle = SlotHandle(index: UInt32(truncatingIfNeeded: place), generation: 0)
            keys.append(CallKey(handle, id: caller.number, rank: rank))
        }
    }

    /// Set-up counts in milliseconds, because that is what rows show: the order can be checked by them.
    private static func rank(_ order: CallOrder, setupMilliseconds: Int64, duration: Duration) -> Int64 {
        switch order {
        case .oldestFirst: setupMilliseconds
        case .oldestLast: -setupMilliseconds
        case .longestFirst: -duration.nanoseconds
        case .longestLast: duration.nanoseconds
        }
    }

    // MARK: Rows

    private static func duration(of call: Call, at instant: Instant) -> Duration {
        call.times.answer.map { max(.zero, end(of: call, at: instant) - $0) } ?? .zero
    }

    /// When the call ended, or the moment that a row shows where it had not ended by then.
    private static func end(of call: Call, at instant: Instant) -> Instant {
        call.ending == nil ? instant : min(instant, call.times.end)
    }

    private func snapshot(of entry: CallEntry, at instant: Instant) -> CallSnapshot {
        let call = entry.call
        let end = Self.end(of: call, at: instant)
        let answerOrEnd = call.times.answer.map { min($0, instant) } ?? end
        return CallSnapshot(
            id: call.id, callID: call.callerCallID.isEmpty ? call.calleeCallID : call.callerCallID,
            cli: call.parties.callerNumberIn, cld: call.parties.calledNumberIn,
            account: call.parties.account, customer: call.parties.customer, environment: configuration.environment,
            connection: call.parties.connection == 0 ? nil : call.parties.connection,
            vendor: call.parties.vendor == 0 ? nil : call.parties.vendor, state: call.state,
            delay: max(.zero, answerOrEnd - call.times.setup), duration: Self.duration(of: call, at: instant),
            callerMedia: call.media.callerAddress, calleeMedia: call.media.calleeAddress,
            setupMilliseconds: call.times.setupMilliseconds, direction: entry.direction, origin: call.origin,
            party: call.hunt.side == .caller ? .caller : .callee)
    }

    private func snapshot(of caller: ChallengedCallers.Row, at instant: Instant) -> CallSnapshot {
        CallSnapshot(
            id: caller.number, callID: caller.callID, cli: caller.cli, cld: caller.cld, account: 0, customer: 0,
            environment: configuration.environment, connection: nil, vendor: nil,
            state: caller.state(at: instant),
            delay: max(.zero, min(instant, caller.end) - caller.setup), duration: .zero, callerMedia: nil,
            calleeMedia: nil, setupMilliseconds: numbering.milliseconds(at: caller.setup), direction: .vendor)
    }
}

extension CallSelection {
    /// Whether calls that belong to nobody yet can be among those selected.
    var isOfUnknownCallers: Bool {
        reach == .everything && account == nil && customer == nil && vendor == nil && connection == nil
    }
}
