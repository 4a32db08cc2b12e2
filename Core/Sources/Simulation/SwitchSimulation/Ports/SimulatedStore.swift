import Accounting
import Timeline

/// A store of records that confirms them late, and during an outage not before its end.
public struct SimulatedStore: Sendable {
    /// When it is out of order.
    public struct Outage: Equatable, Sendable {
        /// When it begins.
        public var from: Instant
        /// When it is over.
        public var until: Instant

        public init(from: Instant, until: Instant) {
            self.from = from
            self.until = until
        }
    }

    /// The records in the order in which they came.
    public private(set) var records: [CallDetailRecord] = []
    private let delay: Duration
    private let outages: [Outage]
    private var dice: IdentifierSource

    /// A store that confirms within `delay`.
    public init(delay: Duration, outages: [Outage], seed: UInt64) {
        self.delay = delay
        self.outages = outages
        dice = IdentifierSource(seed: seed)
    }

    /// Takes a record; the result is when it is durable.
    public mutating func take(_ record: CallDetailRecord, at now: Instant) -> Instant {
        records.append(record)
        var durable = now + dice.duration(in: .zero...delay)
        for outage in outages where outage.from <= durable && durable < outage.until { durable = outage.until }
        return durable
    }
}
