/// One deadline per machine, in a timer wheel of eight levels of 64 buckets: setting, moving and dropping a deadline is
/// O(1) and allocates nothing once the queue has grown to its largest slot index.
///
/// Deadlines are exact: an identifier is never handed out before its own deadline, and `nextDeadline` is never later
/// than the earliest one (it can be earlier after that one was dropped; then `popExpired` finds nothing and corrects it).
/// An identifier whose slot was reused replaces its predecessor.
public struct DeadlineQueue<ID: SlotIdentifier>: Sendable {
    @usableFromInline struct Entry: Sendable {
        @usableFromInline var deadline: Int64
        @usableFromInline var id: ID
        @usableFromInline var next: UInt32
        @usableFromInline var previous: UInt32
        @usableFromInline var bucket: UInt16

        @inlinable init(deadline: Int64, id: ID) {
            self.deadline = deadline
            self.id = id
            next = 0
            previous = 0
            bucket = Wheel.noBucket
        }
    }

    @usableFromInline struct Bucket: Sendable {
        /// First entry of a ring of entries, or `Wheel.noEntry`.
        @usableFromInline var head: UInt32 = Wheel.noEntry
        /// Not later than any deadline in the bucket.
        @usableFromInline var earliest: Int64 = .max

        @inlinable init() {}
    }

    @usableFromInline var entries: [Entry] = []
    @usableFromInline var buckets: [Bucket]
    @usableFromInline var occupied: [UInt64]
    /// The tick up to which buckets have been emptied.
    @usableFromInline var cursor: Int64 = 0

    @usableFromInline var scheduled = 0

    @inlinable public init() {
        buckets = Array(repeating: Bucket(), count: Wheel.expired + 1)
        occupied = Array(repeating: 0, count: Wheel.levels)
    }

    /// How many identifiers have a deadline.
    @inlinable public var count: Int { scheduled }

    /// An instant not later than any deadline; nil when there is none.
    @inlinable public var nextDeadline: Instant? {
        if buckets[Wheel.expired].head != Wheel.noEntry {
            return Instant(nanoseconds: buckets[Wheel.expired].earliest)
        }
        guard let bucket = earliestBucket else { return nil }
        return Instant(nanoseconds: buckets[bucket].earliest)
    }

    /// Whether `id` has a deadline.
    @inlinable public func contains(_ id: ID) -> Bool { deadline(of: id) != nil }

    /// The deadline of `id`, if it has one.
    @inlinable public func deadline(of id: ID) -> Instant? {
        let index = Int(id.slotIndex)
        guard index < entries.count, entries[index].bucket != Wheel.noBucket, entries[index].id == id else {
            return nil
        }
        return Instant(nanoseconds: entries[index].deadline)
    }

    /// Gives `id` the deadline, in place of the one it or an earlier owner of its slot had.
    @inlinable public mutating func schedule(_ id: ID, at deadline: Instant) {
        let index = Int(id.slotIndex)
        while entries.count <= index { entries.append(Entry(deadline: .max, id: id)) }
        if entries[index].bucket != Wheel.noBucket {
            if entries[index].deadline == deadline.nanoseconds {
                entries[index].id = id
                return
            }
            unlink(index)
        }
        entries[index].deadline = deadline.nanoseconds
        entries[index].id = id
        link(index, into: bucket(for: deadline.nanoseconds))
    }

    /// Sets or drops the deadline of `id`.
    @inlinable public mutating func reschedule(_ id: ID, at deadline: Instant?) {
        if let deadline {
            schedule(id, at: deadline)
        } else {
            cancel(id)
        }
    }

    /// Drops the deadline of `id`; nothing happens when it has none.
    @inlinable public mutating func cancel(_ id: ID) {
        let index = Int(id.slotIndex)
        guard index < entries.count, entries[index].bucket != Wheel.noBucket, entries[index].id == id else { return }
        unlink(index)
    }

    /// Takes out one identifier whose deadline is not after `now`, earlier milliseconds first; nil when none is left.
    @inlinable public mutating func popExpired(at now: Instant) -> ID? {
        if buckets[Wheel.expired].head == Wheel.noEntry {
            guard let next = nextDeadline, next <= now else { return nil }
            collectExpired(at: now.nanoseconds)
        }
        let head = buckets[Wheel.expired].head
        guard head != Wheel.noEntry else { return nil }
        unlink(Int(head))
        return entries[Int(head)].id
    }
}

/// The measures of the wheel.
@usableFromInline enum Wheel {
    /// 64 buckets each; 1 tick, 64 ticks, 4,096 ticks … per bucket.
    @inlinable static var levels: Int { 8 }
    /// 2^20 ns, a little more than a millisecond.
    @inlinable static var tickShift: Int64 { 20 }
    /// The bucket after the wheel's own: what `popExpired` is about to hand out.
    @inlinable static var expired: Int { levels * 64 }
    @inlinable static var noEntry: UInt32 { .max }
    @inlinable static var noBucket: UInt16 { .max }
}

extension DeadlineQueue {
    /// The wheel's first bucket that holds entries: everything in a lower level is due before all of a higher one.
    @inlinable var earliestBucket: Int? {
        for level in 0..<Wheel.levels where occupied[level] != 0 {
            return level &* 64 &+ occupied[level].trailingZeroBitCount
        }
        return nil
    }

    /// Where a deadline belongs: its tick and the cursor differ first in the 6-bit digit that numbers the level.
    @inlinable func bucket(for deadline: Int64) -> Int {
        let tick = max(deadline >> Wheel.tickShift, cursor)
        let difference = UInt64(bitPattern: tick ^ cursor)
        let level = difference < 64 ? 0 : (63 &- difference.leadingZeroBitCount) / 6
        let digit = Int(truncatingIfNeeded: tick >> Int64(level &* 6)) & 63
        return level &* 64 &+ digit
    }

    @inlinable mutating func link(_ index: Int, into bucket: Int) {
        let entry = UInt32(truncatingIfNeeded: index)
        let head = buckets[bucket].head
        if head == Wheel.noEntry {
            buckets[bucket].head = entry
            entries[index].next = entry
            entries[index].previous = entry
            if bucket < Wheel.expired { occupied[bucket >> 6] |= 1 << UInt64(bucket & 63) }
        } else {
            let last = entries[Int(head)].previous
            entries[index].next = head
            entries[index].previous = last
            entries[Int(last)].next = entry
            entries[Int(head)].previous = entry
        }
        entries[index].bucket = UInt16(truncatingIfNeeded: bucket)
        buckets[bucket].earliest = min(buckets[bucket].earliest, entries[index].deadline)
        scheduled &+= 1
    }

    @inlinable mutating func unlink(_ index: Int) {
        let entry = UInt32(truncatingIfNeeded: index)
        let bucket = Int(entries[index].bucket)
        let next = entries[index].next
        if next == entry {
            clear(bucket)
        } else {
            let previous = entries[index].previous
            entries[Int(previous)].next = next
            entries[Int(next)].previous = previous
            if buckets[bucket].head == entry { buckets[bucket].head = next }
        }
        entries[index].bucket = Wheel.noBucket
        scheduled &-= 1
    }

    @inlinable mutating func clear(_ bucket: Int) {
        buckets[bucket] = Bucket()
        if bucket < Wheel.expired { occupied[bucket >> 6] &= ~(1 << UInt64(bucket & 63)) }
    }

    /// Moves what is due into the expired bucket and the cursor to `now`, spreading the coarse buckets on the way.
    @inlinable mutating func collectExpired(at now: Int64) {
        let end = max(now >> Wheel.tickShift, cursor)
        while let bucket = earliestBucket {
            let start = firstTick(of: bucket)
            guard start <= end else { break }
            cursor = max(cursor, start)
            empty(bucket, at: now)
            if start == end { break }
        }
        cursor = max(cursor, end)
    }

    /// The tick at which the window of an occupied bucket begins; its upper digits are the cursor's.
    @inlinable func firstTick(of bucket: Int) -> Int64 {
        let shift = Int64(bucket >> 6) &* 6
        return (cursor >> (shift &+ 6)) << (shift &+ 6) | Int64(bucket & 63) << shift
    }

    /// Empties a bucket whose window has begun: entries due by `now` become expired, the others get a finer bucket.
    @inlinable mutating func empty(_ bucket: Int, at now: Int64) {
        let head = buckets[bucket].head
        clear(bucket)
        var current = head
        repeat {
            let index = Int(current)
            current = entries[index].next
            scheduled &-= 1
            let deadline = entries[index].deadline
            link(index, into: deadline <= now ? Wheel.expired : self.bucket(for: deadline))
        } while current != head
    }
}
