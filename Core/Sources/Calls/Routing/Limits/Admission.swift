import Addresses
import Timeline

/// Counts calls and attempts against every limit: whole switch, source address, customer subtrees, accounts and
/// connections.
///
/// A call is counted everywhere or nowhere, so no limit is ever exceeded by one, and a refusal uses nothing up. All
/// shards of a switch must share one value: it is the only state that calls of different shards have in common.
/// Counters live while something counts in them; a reload keeps them, by id.
public struct Admission: Sendable {
    private enum Key: Equatable {
        case source(IPAddress)
        case customer(Int)
        case account(Int)
        case connection(Int)
        /// An authentication rule with limits, and its account.
        case rule(Int, account: Int)

        /// The key of `positions`; nil for a source, which peers choose.
        var number: UInt64? {
            switch self {
            case .source: nil
            case .customer(let id): 1 << 60 | UInt64(truncatingIfNeeded: id)
            case .account(let id): 2 << 60 | UInt64(truncatingIfNeeded: id)
            case .connection(let id): 3 << 60 | UInt64(truncatingIfNeeded: id)
            case .rule(let id, _): 4 << 60 | UInt64(truncatingIfNeeded: id)
            }
        }
    }

    private struct Counter {
        var key: Key
        var isUsed = true
        var active = 0
        var maxActive = -1
        var maxRate = -1
        /// The customer's counter above; -1 for none.
        var parent = -1
        /// How many counters have this one as parent.
        var children = 0
        var window = RateWindow()
    }

    /// What a ticket stands for: a call of the counter's account (-1 for none), or an attempt on a connection.
    private struct Admitted {
        var counter: Int
        var isCall: Bool
    }

    private var tables: RoutingTables
    private var limits: SwitchLimits
    private var counters: [Counter] = []
    private var unused: [Int] = []
    private var positions = NumberIndex()
    private var sources: [IPAddress: Int] = [:]
    private var tickets = SlotTable<Admitted>()
    private var sweepPosition = 0
    private var switchWindow = RateWindow()
    /// Calls at once of the whole switch.
    public private(set) var activeCalls = 0

    /// Tickets that have not been given back, of calls and of attempts.
    public var ticketCount: Int { tickets.count }

    /// All that is counted, a call once for each limit above it: zero when every ticket has been given back.
    public var admittedCount: Int { counters.reduce(activeCalls) { $0 + $1.active } }

    public init(tables: RoutingTables, limits: SwitchLimits) {
        self.tables = tables
        self.limits = limits
    }

    /// Admits a call from `source`, nil for one that the switch places itself, for the account with the id `account`,
    /// nil for a call that belongs to none. Checked are, in this order, the switch, the source, the authentication rule
    /// where it has limits, the account and the customers from the account's upwards.
    public mutating func admit(
        account: Int?, rule: RuleLimits? = nil, source: IPAddress?, at now: Instant
    ) -> AdmissionVerdict {
        sweep(at: now)
        if limits.calls > 0 && activeCalls >= limits.calls { return .refused(by: .switchCalls) }
        if limits.callsPerSecond > 0 && switchWindow.count(at: now) >= limits.callsPerSecond {
            return .refused(by: .switchRate)
        }
        var sourceCounter = -1
        if let source, limits.callsPerSecondPerSource > 0 {
            sourceCounter = counter(.source(source))
            if counters[sourceCounter].window.count(at: now) >= limits.callsPerSecondPerSource {
                return .refused(by: .sourceRate(source))
            }
        }
        let accountCounter = account.map { account in
            rule.map { counter(of: $0, account: account) } ?? counter(.account(account))
        }
        var position = accountCounter ?? -1
        while position >= 0 {
            if let limit = exceeded(position, at: now) { return .refused(by: limit) }
            position = counters[position].parent
        }
        if limits.callsPerSecond > 0 { switchWindow.record(now) }
        if sourceCounter >= 0 { counters[sourceCounter].window.record(now) }
        position = accountCounter ?? -1
        while position >= 0 {
            count(position, at: now)
            position = counters[position].parent
        }
        activeCalls += 1
        return ticket(Admitted(counter: accountCounter ?? -1, isCall: true))
    }

    /// Admits an attempt on the connection with the id `connection`.
    public mutating func admit(connection: Int, at now: Instant) -> AdmissionVerdict {
        sweep(at: now)
        let position = counter(.connection(connection))
        if let limit = exceeded(position, at: now) { return .refused(by: limit) }
        count(position, at: now)
        return ticket(Admitted(counter: position, isCall: false))
    }

    /// Gives back what was admitted; a ticket that was given back before does nothing.
    public mutating func release(_ ticket: AdmissionTicket) {
        guard let admitted = tickets.remove(SlotHandle(rawValue: ticket.handle)) else { return }
        if admitted.isCall { activeCalls -= 1 }
        var position = admitted.counter
        while position >= 0 {
            counters[position].active -= 1
            position = counters[position].parent
        }
    }

    /// Takes new limits and a new tree of customers. Calls under way keep counting, under the customers that now
    /// own their accounts; an account that is gone keeps its calls and its customer, where that is still there.
    public mutating func reload(tables: RoutingTables, limits: SwitchLimits) {
        self.tables = tables
        self.limits = limits
        let old = counters
        for position in counters.indices {
            if case .customer = counters[position].key { counters[position].active = 0 }
            counters[position].children = 0
            counters[position].parent = -1
        }
        for position in old.indices where old[position].isUsed {
            configure(position)
            guard case .account(let id) = old[position].key, tables.account(id: id) == nil, old[position].parent >= 0,
                case .customer(let customer) = old[old[position].parent].key, tables.customer(id: customer) != nil
            else { continue }
            link(position, toCustomer: customer)
        }
        for position in old.indices where old[position].isUsed {
            guard case .account = old[position].key else { continue }
            var above = counters[position].parent
            while above >= 0 {
                counters[above].active += old[position].active
                above = counters[above].parent
            }
        }
    }

    /// Takes tables in which nothing that counts differs but the limits of the accounts with these ids.
    public mutating func follow(_ tables: RoutingTables, accounts ids: [Int]) {
        self.tables = tables
        for id in ids {
            guard let position = position(of: .account(id)) else { continue }
            let entry = tables.account(id: id)
            counters[position].maxActive = entry.map { tables.accounts[$0].maxSessions } ?? -1
            counters[position].maxRate = entry.map { tables.accounts[$0].maxCallsPerSecond } ?? -1
        }
    }

    /// Calls at once of the account with this id.
    public func activeCalls(account id: Int) -> Int { active(.account(id)) }
    /// Calls at once of the customer with this id and of those below it.
    public func activeCalls(customer id: Int) -> Int { active(.customer(id)) }
    /// Attempts and calls at once on the connection with this id.
    public func activeCalls(connection id: Int) -> Int { active(.connection(id)) }
    /// How many counters are kept.
    public var counterCount: Int { positions.count + sources.count }

    private func position(of key: Key) -> Int? {
        if let number = key.number { return positions[number] }
        guard case .source(let address) = key else { return nil }
        return sources[address]
    }

    private func active(_ key: Key) -> Int { position(of: key).map { counters[$0].active } ?? 0 }

    private mutating func ticket(_ admitted: Admitted) -> AdmissionVerdict {
        .admitted(AdmissionTicket(handle: tickets.insert(admitted).rawValue))
    }

    /// The limit of a counter that one more would exceed.
    private mutating func exceeded(_ position: Int, at now: Instant) -> AdmissionLimit? {
        let maxActive = counters[position].maxActive
        let maxRate = counters[position].maxRate
        let isFull = maxActive >= 0 && counters[position].active >= maxActive
        guard isFull || (maxRate >= 0 && counters[position].window.count(at: now) >= maxRate) else { return nil }
        switch counters[position].key {
        case .source: return nil
        case .customer(let id): return isFull ? .customerCalls(id) : .customerRate(id)
        case .account(let id): return isFull ? .accountCalls(id) : .accountRate(id)
        case .connection(let id): return isFull ? .connectionCalls(id) : .connectionRate(id)
        case .rule(let id, _): return isFull ? .ruleCalls(id) : .ruleRate(id)
        }
    }

    private mutating func count(_ position: Int, at now: Instant) {
        counters[position].active += 1
        if counters[position].maxRate >= 0 { counters[position].window.record(now) }
    }

    /// The counter of `key`, made with its limits and its customers where there is none.
    private mutating func counter(_ key: Key) -> Int {
        if let known = position(of: key) { return known }
        let position: Int
        if let free = unused.popLast() {
            position = free
            counters[position] = Counter(key: key)
        } else {
            position = counters.count
            counters.append(Counter(key: key))
        }
        if let number = key.number { positions.insert(number, position) }
        if case .source(let address) = key { sources[address] = position }
        configure(position)
        return position
    }

    /// The counter of a rule, with the limits that it has now.
    private mutating func counter(of rule: RuleLimits, account: Int) -> Int {
        let position = counter(.rule(rule.rule, account: account))
        counters[position].maxActive = rule.maxSessions
        counters[position].maxRate = rule.maxCallsPerSecond
        return position
    }

    /// Reads limits and parent of a counter from the tables; a rule's limits come with its calls.
    private mutating func configure(_ position: Int) {
        if case .rule(_, let account) = counters[position].key { return link(position, to: .account(account)) }
        counters[position].maxActive = -1
        counters[position].maxRate = -1
        switch counters[position].key {
        case .source, .rule: break
        case .connection(let id):
            guard let entry = tables.connection(id: id) else { break }
            counters[position].maxActive = tables.connections[entry].capacity
            counters[position].maxRate = tables.connections[entry].maxCallsPerSecond
        case .account(let id):
            guard let entry = tables.account(id: id) else { break }
            counters[position].maxActive = tables.accounts[entry].maxSessions
            counters[position].maxRate = tables.accounts[entry].maxCallsPerSecond
            link(position, toCustomer: tables.customers[tables.accounts[entry].customer].id)
        case .customer(let id):
            guard let entry = tables.customer(id: id) else { break }
            counters[position].maxActive = tables.customers[entry].maxSessions
            counters[position].maxRate = tables.customers[entry].maxCallsPerSecond
            if let parent = tables.customers[entry].parent { link(position, toCustomer: tables.customers[parent].id) }
        }
    }

    private mutating func link(_ position: Int, toCustomer id: Int) { link(position, to: .customer(id)) }

    private mutating func link(_ position: Int, to key: Key) {
        guard counters[position].parent < 0 else { return }
        let above = counter(key)
        counters[position].parent = above
        counters[above].children += 1
    }

    /// Looks at a few counters and drops those in which nothing counts, so that memory follows what is active.
    private mutating func sweep(at now: Instant) {
        for _ in 0..<min(4, counters.count) {
            sweepPosition = sweepPosition + 1 < counters.count ? sweepPosition + 1 : 0
            let position = sweepPosition
            guard counters[position].isUsed, counters[position].active == 0, counters[position].children == 0,
                counters[position].window.count(at: now) == 0
            else { continue }
            let parent = counters[position].parent
            if parent >= 0 { counters[parent].children -= 1 }
            if let number = counters[position].key.number { positions.remove(number) }
            if case .source(let address) = counters[position].key { sources[address] = nil }
            counters[position] = Counter(key: counters[position].key, isUsed: false)
            unused.append(position)
        }
    }
}
