import Accounting
import MediaSessions
import SIPMessages
import SwitchEngine

/// Bugs planted between the switch and its world, to show that the invariants notice them.
public enum Sabotage: String, Sendable, CaseIterable {
    /// No BYE ever reaches a callee.
    case dropCalleeBye
    /// Every record is handed over twice.
    case doubleRecord
    /// No record is ever handed over.
    case loseRecord
    /// Records are handed over when a call is dead.
    case keepRecords
    /// Relay sessions are never closed.
    case swallowMediaClose
    /// A 2xx to INVITE is sent once and never repeated.
    case neverRepeatSuccess
    /// Failure responses to INVITE are never sent.
    case swallowFailures
    /// No 100 Trying is sent.
    case swallowTrying
    /// The caller's Call-ID reaches the callee.
    case leakCallID
    /// The event of a call's end is reported twice.
    case repeatDeath
    /// Every second ACK of the switch is not sent.
    case dropAcknowledgements
    /// Every message to a caller on a stream is sent twice.
    case repeatOverStreams
    /// Calls that are refused with 503 get 486 instead.
    case hideUnavailability
    /// What belongs to no dialog gets 200 instead of 481.
    case welcomeOldDialogs
    /// The outcomes of every third verb of an application are not told.
    case loseOutcomes
    /// The end of every job of an application's media is told twice.
    case repeatJobs
    /// Applications are not told that their channels are IDLE.
    case hideIdle
    /// The switch does not hear that an application is through with a channel.
    case deafToClosing
    /// Calls for the second vendor go to the first one.
    case confuseVendors

    /// Changes what the switch has put out in one step. `isCallee` tells vendors from callers, `memory` is kept for it.
    func apply(
        to outputs: inout [SwitchOutput], isCallee: (SwitchOutput) -> Bool, memory: inout SabotageMemory
    ) {
        var result: [SwitchOutput] = []
        for output in outputs {
            switch self {
            case .dropCalleeBye:
                if isCallee(output), output.isRequest("BYE ") { continue }
            case .doubleRecord:
                if case .record = output { result.append(output) }
            case .loseRecord:
                if case .record = output { continue }
            case .keepRecords:
                if case .record = output {
                    memory.kept.append(output)
                    continue
                }
                if case .event(let event) = output, event.state == .dead {
                    result += memory.kept
                    memory.kept = []
                }
            case .swallowMediaClose:
                if case .media(.close) = output { continue }
            case .neverRepeatSuccess:
                if case .send(let bytes, _) = output, !memory.isFirstSuccess(bytes) { continue }
            case .swallowFailures:
                if output.isFailureToInvite { continue }
            case .swallowTrying:
                if output.begins("SIP/2.0 100 ") { continue }
            case .leakCallID:
                if case .send(let bytes, let flow) = output, isCallee(output), output.isRequest("INVITE ") {
                    result.append(.send(Self.leaking(bytes), flow))
                    continue
                }
            case .repeatDeath:
                if case .event(let event) = output, event.state == .dead { result.append(output) }
            case .dropAcknowledgements:
                if isCallee(output), output.isRequest("ACK ") { continue }
            case .repeatOverStreams:
                if case .send(_, let flow) = output, flow.transport.isReliable { result.append(output) }
            case .hideUnavailability:
                if let changed = output.saying("SIP/2.0 486 ", insteadOf: "SIP/2.0 503 ") {
                    result.append(changed)
                    continue
                }
            case .welcomeOldDialogs:
                if let changed = output.saying("SIP/2.0 200 ", insteadOf: "SIP/2.0 481 ") {
                    result.append(changed)
                    continue
                }
            case .loseOutcomes:
                if case .channel(.completed(_, let verb, _)) = output, verb.rawValue % 3 == 0 { continue }
            case .repeatJobs:
                if case .channel(.media(_, let event)) = output, event.endedJob != nil { result.append(output) }
            case .hideIdle:
                if case .channel(.changed(_, let report)) = output, report.state == .idle { continue }
            case .deafToClosing: break
            case .confuseVendors:
                if case .send(let bytes, let flow) = output, flow.remote == SimulatedAddresses.vendor(1),
                    output.isRequest("INVITE ")
                {
                    result.append(.send(bytes, SimulatedAddresses.flow(to: SimulatedAddresses.vendor(0))))
                    continue
                }
            }
            result.append(output)
        }
        outputs = result
    }

    /// The message with one more header field behind the first line.
    private static func leaking(_ bytes: [UInt8]) -> [UInt8] {
        guard let end = bytes.firstIndex(of: 10) else { return bytes }
        return bytes[...end] + Array("X-Caller: 9.c0x\r\n".utf8) + bytes[(end + 1)...]
    }
}

/// What a sabotage remembers from step to step.
struct SabotageMemory: Sendable {
    private var successes: Set<[UInt8]> = []
    /// Outputs that are handed over later.
    var kept: [SwitchOutput] = []

    /// Whether these bytes are no 2xx to INVITE, or one that has not been seen before.
    mutating func isFirstSuccess(_ bytes: [UInt8]) -> Bool {
        guard ByteSearch.contains("SIP/2.0 200 ", in: bytes, first: 12), ByteSearch.contains(" INVITE\r\n", in: bytes)
        else { return true }
        return successes.insert(bytes).inserted
    }
}

extension SwitchOutput {
    /// The same output with another beginning; nil where it does not begin with `old`, which is as long as `new`.
    fileprivate func saying(_ new: StaticString, insteadOf old: StaticString) -> SwitchOutput? {
        guard begins(old), case .send(var bytes, let flow) = self else { return nil }
        new.withUTF8Buffer { bytes.replaceSubrange(0..<$0.count, with: $0) }
        return .send(bytes, flow)
    }

    fileprivate func begins(_ text: StaticString) -> Bool {
        guard case .send(let bytes, _) = self else { return false }
        return ByteSearch.contains(text, in: bytes, first: text.utf8CodeUnitCount)
    }

    fileprivate func isRequest(_ method: StaticString) -> Bool { begins(method) }

    fileprivate var isFailureToInvite: Bool {
        guard case .send(let bytes, _) = self, begins("SIP/2.0 ") else { return false }
        return !begins("SIP/2.0 1") && !begins("SIP/2.0 2") && ByteSearch.contains(" INVITE\r\n", in: bytes)
    }
}
