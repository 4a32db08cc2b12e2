import CallEvents
import Synchronization
import Timeline

/// The record of a call that its call writes and everybody reads.
final class SharedRecord: Sendable {
    private let record: Mutex<CallRecord>

    init(_ record: CallRecord) { self.record = Mutex(record) }

    var value: CallRecord { record.withLock { $0 } }

    func change(_ body: (inout CallRecord) -> Void) { record.withLock { body(&$0) } }

    /// Notes a step of the call's story.
    func step(_ name: String, _ data: String? = nil, at time: UTCTime) {
        let step = CallRecord.Step(
            id: ResourceID.event.make(), time: time.milliseconds, name: name, data: data)
        record.withLock { $0.add(step) }
    }
}
