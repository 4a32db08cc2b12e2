import MediaSessions
import RTP
import Timeline

/// A stream of telephone events in any order and timing: no digit ends that has not begun, none begins twice, and the
/// receiver falls silent when the packets do.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTelephoneEvents(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    var receiver = TelephoneEventReceiver()
    var now = Instant.zero
    var effects: [TelephoneEventReceiver.Effect] = []
    var position = 0
    while position + 8 <= bytes.count {
        now = now + .milliseconds(Int(bytes[position] & 0x3F))
        let timestamp = UInt32(bytes[position + 1]) << 24 | UInt32(bytes[position + 2]) << 8
        if let deadline = receiver.nextDeadline, deadline <= now { receiver.timeElapsed(at: now, into: &effects) }
        if let event = TelephoneEvent(parsing: bytes[(position + 4)..<(position + 8)]) {
            let packet = TelephoneEventReceiver.Packet(
                source: SSRC(rawValue: UInt32(bytes[position + 3] & 1)), timestamp: RTPTimestamp(rawValue: timestamp),
                event: event)
            receiver.receive(packet, at: now, into: &effects)
        }
        position += 8
    }
    if let deadline = receiver.nextDeadline { receiver.timeElapsed(at: deadline, into: &effects) }
    precondition(!receiver.isSounding && receiver.nextDeadline == nil, "an event never ends")
    var present: UInt8?
    for effect in effects {
        switch effect {
        case .began(let code):
            precondition(present == nil, "two events at once")
            present = code
        case .ended(let code, _):
            precondition(present == code, "an event ends that did not begin")
            present = nil
        }
    }
    return 0
}
