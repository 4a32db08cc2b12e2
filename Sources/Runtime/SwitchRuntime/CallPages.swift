import SwitchEngine
import Timeline

/// A listing of calls in pages. Between two pages the shard handles its packets; times are told for the moment at which
/// the first page was asked for, so that the whole is in one order.
public struct CallPages: AsyncSequence, Sendable {
    public typealias Element = [CallSnapshot]
    public typealias Failure = Never

    /// Slots looked through in one go.
    static let slotsPerTurn = 256
    /// Most calls of a page.
    static let rowsPerPage = 64

    let shard: SignallingShard
    let selection: CallSelection
    let order: CallOrder

    public func makeAsyncIterator() -> Iterator { Iterator(pages: self) }

    /// Gives the pages, one after the other.
    public struct Iterator: AsyncIteratorProtocol {
        let pages: CallPages
        private var listing: (frame: CallListingFrame, keys: [CallKey])?
        private var position = 0

        init(pages: CallPages) { self.pages = pages }

        /// The next page, nil after the last one or when the switch has stopped. Pages are never empty.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> [CallSnapshot]? {
            if listing == nil { listing = await pages.gather() }
            guard let (frame, keys) = listing else { return nil }
            while position < keys.count {
                let wanted = Array(keys[position..<Swift.min(position + rowsPerPage, keys.count)])
                position += wanted.count
                let rows = await pages.shard.query { $0.core.rows(of: wanted, in: frame, at: $0.now) }
                guard let rows else { return nil }
                if !rows.isEmpty { return rows }
            }
            return nil
        }

        /// The next page, nil after the last one or when the switch has stopped. Pages are never empty.
        public mutating func next() async -> [CallSnapshot]? { await next(isolation: nil) }
    }

    /// The keys of the calls selected, in their order; nil when the switch has stopped.
    func gather() async -> (frame: CallListingFrame, keys: [CallKey])? {
        let (selection, order) = (selection, order)
        let first = await shard.query { view in
            let frame = view.core.beginListing(selection, in: order, at: view.now)
            return (frame, view.core.keys(of: frame, from: 0, slots: Self.slotsPerTurn, at: view.now))
        }
        guard let (frame, firstPage) = first else { return nil }
        var keys = firstPage.keys
        var next = firstPage.next
        while let position = next {
            let page = await shard.query { view in
                view.core.keys(of: frame, from: position, slots: Self.slotsPerTurn, at: view.now)
            }
            guard let page else { return nil }
            keys += page.keys
            next = page.next
        }
        return (frame, CallKey.sorted(keys))
    }
}
