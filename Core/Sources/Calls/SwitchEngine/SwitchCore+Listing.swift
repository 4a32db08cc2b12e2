import CallControl
import Timeline

extension SwitchCore {
    /// Every call of the shard, oldest first.
    public func listing(at now: Instant) -> [CallSnapshot] {
        calls.handles.compactMap { handle in calls[handle].map { snapshot(of: $0.call, at: now) } }
            .sorted { $0.id < $1.id }
    }

    /// The call with this number; nil when it is gone.
    public func snapshot(of number: UInt64, at now: Instant) -> CallSnapshot? {
        guard let handle = callsByNumber[number], let entry = calls[handle] else { return nil }
        return snapshot(of: entry.call, at: now)
    }

    private func snapshot(of call: Call, at now: Instant) -> CallSnapshot {
        let end = call.ending == nil ? now : call.times.end
        return CallSnapshot(
            id: call.id, callID: call.callerCallID, cli: call.parties.callerNumberIn, cld: call.parties.calledNumberIn,
            account: call.parties.account, customer: call.parties.customer, environment: configuration.environment,
            connection: call.parties.connection == 0 ? nil : call.parties.connection,
            vendor: call.parties.vendor == 0 ? nil : call.parties.vendor, state: call.state,
            delay: (call.times.answer ?? end) - call.times.setup,
            duration: call.times.answer.map { end - $0 } ?? .zero, callerMedia: call.media.callerAddress,
            calleeMedia: call.media.calleeAddress, setupMilliseconds: call.times.setupMilliseconds, direction: .vendor)
    }
}
