import Addresses

/// What the media of a shard want done, in the caller's reusable buffers: no datagram is an array of its own.
public struct MediaOutput: Sendable {
    /// One datagram to be sent from a party's port.
    public struct Datagram: Hashable, Sendable, BitwiseCopyable {
        public var party: MediaSessionID
        public var component: MediaRelay.Component
        public var destination: Endpoint
        /// Where its bytes lie in `bytes`.
        public var offset: Int
        public var count: Int
    }

    /// The bytes of all datagrams, one after the other.
    public var bytes: [UInt8] = []
    /// In the order in which they are to be sent.
    public private(set) var datagrams: [Datagram] = []
    /// What parties report, in order.
    public private(set) var events: [(party: MediaSessionID, event: PartyEvent)] = []

    /// What rooms report, in order.
    public private(set) var roomEvents: [(room: RoomID, event: RoomEvent)] = []

    public init() {
        bytes.reserveCapacity(65_536)
        datagrams.reserveCapacity(256)
    }

    /// Empties the buffers and keeps their room.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        datagrams.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        roomEvents.removeAll(keepingCapacity: true)
    }

    /// The bytes of one datagram, copied.
    public func payload(of datagram: Datagram) -> [UInt8] {
        Array(bytes[datagram.offset..<datagram.offset + datagram.count])
    }

    /// Makes a datagram of everything behind `offset`.
    mutating func send(
        from offset: Int, of party: MediaSessionID, _ component: MediaRelay.Component, to destination: Endpoint
    ) {
        datagrams.append(
            Datagram(
                party: party, component: component, destination: destination, offset: offset,
                count: bytes.count - offset))
    }

    mutating func report(_ event: PartyEvent, of party: MediaSessionID) { events.append((party, event)) }

    mutating func report(_ event: RoomEvent, of room: RoomID) { roomEvents.append((room, event)) }
}
