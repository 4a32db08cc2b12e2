import BXML
import Timeline

/// One document, and after a NUL the events that its call sees: nothing kills the reader or the interpreter, and a call
/// that has ended waits for nothing and does nothing.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBXML(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    guard let document = try? BXMLDocument(reading: Array(parts[0])) else { return 0 }
    var interpreter = BXMLInterpreter()
    var now = Instant.zero
    var effects: [BXMLInterpreter.Effect] = []
    interpreter.receive(.begin(document), at: now, into: &effects)
    for byte in parts.dropFirst().first ?? [] {
        let hasEnded = interpreter.state == .ended
        effects.removeAll()
        let step = Int(byte >> 4)
        switch byte & 15 {
        case 0...4: interpreter.receive(.finished(step), at: now, into: &effects)
        case 5...7: interpreter.receive(.digit(step == 15 ? "#" : "7"), at: now, into: &effects)
        case 8: interpreter.receive(.transfer(step, .answered), at: now, into: &effects)
        case 9: interpreter.receive(.transfer(step, .unanswered), at: now, into: &effects)
        case 10: interpreter.receive(.transfer(step, .ended), at: now, into: &effects)
        case 11: interpreter.receive(.reply(step, .document(document)), at: now, into: &effects)
        case 12: interpreter.receive(.reply(step, .nothing), at: now, into: &effects)
        case 13, 14:
            now = interpreter.nextDeadline ?? now
            interpreter.timeElapsed(at: now, into: &effects)
        default: interpreter.receive(.hungUp, at: now, into: &effects)
        }
        if hasEnded { precondition(effects.isEmpty, "a call that has ended goes on") }
    }
    if interpreter.state == .ended { precondition(interpreter.nextDeadline == nil, "a call that has ended waits") }
    return 0
}
