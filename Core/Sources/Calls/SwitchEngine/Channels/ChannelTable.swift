import CallControl
import MediaSessions
import Timeline

/// A channel and what the shard holds for it.
struct ChannelEntry: Sendable {
    var machine: Channel
    /// Account of its outbound calls; 0 for an inbound channel.
    let account: Int
    /// Its call, until that is gone.
    var call: SlotHandle?
    /// Number of its last call.
    var callNumber: UInt64?
    var details = ChannelDetails()
    /// What the verbs under way said beyond their names.
    var arguments: [(verb: VerbID, said: ChannelArguments)] = []
    /// The channel whose audio is being joined with this one's.
    var joining: ChannelID?
    /// The job that made an echo of the channel or brought it into a conference; one of `transmissions`.
    var attachment: MediaJobID?
    /// The jobs that send something to the far end.
    var transmissions: Set<MediaJobID> = []
    /// The channel whose audio is joined with this one's.
    var joined: ChannelID?
    /// The channel that has transferred, or is transferring, its far end to this one's.
    var transferredFrom: ChannelID?
    /// The conference that it is in.
    var seat: ConferenceSeat?
    /// Whether the application is through with it: it goes when its call is gone.
    var isClosed = false

    var report: ChannelReport { ChannelReport(machine, details: details, call: callNumber) }
}

/// The channels of a shard.
struct ChannelTable: Sendable {
    private(set) var entries = SlotTable<ChannelEntry>()
    private var handles: [ChannelID: SlotHandle] = [:]
    var timers = DeadlineQueue<SlotHandle>()
    /// What channels want, in order.
    var effects: [(channel: ChannelID, effect: ChannelEffect)] = []
    private var lastInbound: UInt64 = 0

    var count: Int { entries.count }

    func handle(of id: ChannelID) -> SlotHandle? { handles[id] }

    subscript(_ id: ChannelID) -> ChannelEntry? {
        get { handles[id].flatMap { entries[$0] } }
        set {
            guard let handle = handles[id], let newValue else { return }
            entries[handle] = newValue
        }
    }

    /// Changes a channel where it lies; nil when there is none.
    mutating func update<Result>(_ handle: SlotHandle, _ body: (inout ChannelEntry) -> Result) -> Result? {
        entries.update(handle, body)
    }

    func id(at handle: SlotHandle) -> ChannelID? { entries.read(handle) { $0.machine.id } }

    mutating func nextInbound() -> ChannelID {
        lastInbound += 1
        return ChannelID(rawValue: lastInbound)
    }

    /// Adds a channel; false when there is one with this id.
    @discardableResult
    mutating func insert(_ entry: ChannelEntry) -> Bool {
        let id = entry.machine.id
        guard handles[id] == nil else { return false }
        handles[id] = entries.insert(entry)
        return true
    }

    mutating func remove(_ id: ChannelID) {
        guard let handle = handles.removeValue(forKey: id) else { return }
        timers.cancel(handle)
        entries.remove(handle)
    }
}
