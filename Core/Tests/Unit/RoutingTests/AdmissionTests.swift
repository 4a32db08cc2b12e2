import Addresses
import Routing
import Testing
import Timeline

@Suite struct AdmissionTests {
    private static let source = IPAddress(v4: 0x0A00_0001)

    /// Root (1) over acme (2) over leaf (3); accounts 3 of acme, 4 of leaf, 5 of root.
    private func provisioning(change: (inout Provisioning) -> Void = { _ in }) -> Provisioning {
        var provisioning = exampleProvisioning()
        provisioning.customers[1].maxSessions = -1
        provisioning.customers.append(Customer(id: 3, parent: 2, name: "leaf"))
        provisioning.accounts[0].maxSessions = -1
        provisioning.accounts += [Account(id: 4, customer: 3), Account(id: 5, customer: 1)]
        change(&provisioning)
        return provisioning
    }

    private func admission(
        limits: SwitchLimits = SwitchLimits(), change: (inout Provisioning) -> Void = { _ in }
    ) throws -> Admission {
        Admission(tables: try RoutingTables(compiling: provisioning(change: change)), limits: limits)
    }

    private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    private func ticket(_ verdict: AdmissionVerdict) -> AdmissionTicket? {
        if case .admitted(let ticket) = verdict { return ticket }
        return nil
    }

    @Test("an account's limit is never exceeded by one and is free again after a release, once")
    func accountCalls() throws {
        var admission = try admission { $0.accounts[0].maxSessions = 2 }
        let first = ticket(admission.admit(account: 3, source: Self.source, at: at(0)))
        #expect(ticket(admission.admit(account: 3, source: Self.source, at: at(0))) != nil)
        #expect(admission.admit(account: 3, source: Self.source, at: at(0)) == .refused(by: .accountCalls(3)))
        #expect(admission.activeCalls(account: 3) == 2 && admission.activeCalls == 2)
        admission.release(try #require(first))
        admission.release(try #require(first))
        #expect(admission.activeCalls(account: 3) == 1)
        #expect(ticket(admission.admit(account: 3, source: Self.source, at: at(0))) != nil)
        #expect(admission.admit(account: 3, source: Self.source, at: at(0)) == .refused(by: .accountCalls(3)))
    }

    @Test("a customer's limit counts its accounts and those of the customers below it")
    func subtree() throws {
        var admission = try admission { $0.customers[1].maxSessions = 2 }
        #expect(ticket(admission.admit(account: 3, source: Self.source, at: at(0))) != nil)
        #expect(ticket(admission.admit(account: 4, source: Self.source, at: at(0))) != nil)
        #expect(admission.admit(account: 3, source: Self.source, at: at(0)) == .refused(by: .customerCalls(2)))
        #expect(admission.admit(account: 4, source: Self.source, at: at(0)) == .refused(by: .customerCalls(2)))
        #expect(ticket(admission.admit(account: 5, source: Self.source, at: at(0))) != nil)
        #expect(admission.activeCalls(customer: 1) == 3 && admission.activeCalls(customer: 2) == 2)
        #expect(admission.activeCalls(customer: 3) == 1)
    }

    @Test("a rate holds in every window of one second")
    func rates() throws {
        var admission = try admission { $0.accounts[0].maxCallsPerSecond = 2 }
        var admitted: [Int64] = []
        for milliseconds in [0, 1, 2, 999, 1000, 1000, 1001, 1001, 1999, 2000, 2001, 2001] as [Int64] {
            if ticket(admission.admit(account: 3, source: Self.source, at: at(milliseconds))) != nil {
                admitted.append(milliseconds)
            }
        }
        #expect(admitted == [0, 1, 1000, 1001, 2000, 2001])
    }

    @Test("the whole switch, one source and one connection have limits of their own")
    func otherLimits() throws {
        var admission = try admission(limits: SwitchLimits(calls: 4, callsPerSecond: 3, callsPerSecondPerSource: 2)) {
            $0.connections[0].capacity = 1
            $0.connections[1].maxCallsPerSecond = 1
        }
        #expect(ticket(admission.admit(account: nil, source: Self.source, at: at(0))) != nil)
        #expect(ticket(admission.admit(account: 3, source: Self.source, at: at(0))) != nil)
        #expect(admission.admit(account: 3, source: Self.source, at: at(0)) == .refused(by: .sourceRate(Self.source)))
        #expect(ticket(admission.admit(account: 3, source: IPAddress(v4: 9), at: at(0))) != nil)
        #expect(admission.admit(account: 3, source: IPAddress(v4: 8), at: at(0)) == .refused(by: .switchRate))
        #expect(ticket(admission.admit(account: 3, source: Self.source, at: at(1000))) != nil)
        #expect(admission.admit(account: 3, source: Self.source, at: at(1000)) == .refused(by: .switchCalls))
        let attempt = ticket(admission.admit(connection: 1, at: at(0)))
        #expect(admission.admit(connection: 1, at: at(0)) == .refused(by: .connectionCalls(1)))
        admission.release(try #require(attempt))
        #expect(ticket(admission.admit(connection: 1, at: at(0))) != nil)
        #expect(ticket(admission.admit(connection: 2, at: at(0))) != nil)
        #expect(admission.admit(connection: 2, at: at(999)) == .refused(by: .connectionRate(2)))
        #expect(admission.activeCalls == 4 && admission.activeCalls(connection: 2) == 1)
    }

    @Test("an authentication rule with limits counts beside its account, also over a reload")
    func rules() throws {
        var admission = try admission { $0.accounts[0].maxSessions = 3 }
        let rule = RuleLimits(rule: 7, maxSessions: 1, maxCallsPerSecond: -1)
        let first = ticket(admission.admit(account: 3, rule: rule, source: Self.source, at: at(0)))
        #expect(
            admission.admit(account: 3, rule: rule, source: Self.source, at: at(0)) == .refused(by: .ruleCalls(7)))
        #expect(ticket(admission.admit(account: 3, source: Self.source, at: at(0))) != nil)
        #expect(admission.activeCalls(account: 3) == 2)
        var provisioning = exampleProvisioning()
        provisioning.accounts[0].maxSessions = 2
        let tables = try RoutingTables(compiling: provisioning)
        admission.follow(tables, accounts: [3])
        #expect(admission.admit(account: 3, source: Self.source, at: at(0)) == .refused(by: .accountCalls(3)))
        admission.reload(tables: tables, limits: SwitchLimits())
        #expect(admission.activeCalls(account: 3) == 2 && admission.activeCalls(customer: 1) == 2)
        admission.release(try #require(first))
        #expect(admission.activeCalls(account: 3) == 1 && admission.activeCalls(customer: 1) == 1)
        let slow = RuleLimits(rule: 8, maxSessions: -1, maxCallsPerSecond: 0)
        #expect(admission.admit(account: 3, rule: slow, source: Self.source, at: at(0)) == .refused(by: .ruleRate(8)))
        #expect(ticket(admission.admit(account: 3, rule: rule, source: Self.source, at: at(0))) != nil)
    }

    @Test("a refusal uses nothing up")
    func refusals() throws {
        var admission = try admission(limits: SwitchLimits(calls: 9, callsPerSecond: 1)) {
            $0.accounts[0].maxSessions = 0
        }
        for _ in 0..<20 {
            #expect(admission.admit(account: 3, source: Self.source, at: at(0)) == .refused(by: .accountCalls(3)))
        }
        #expect(admission.activeCalls == 0 && admission.activeCalls(customer: 1) == 0)
        #expect(ticket(admission.admit(account: 5, source: Self.source, at: at(0))) != nil)
    }

    @Test("a reload keeps the counters, takes the new limits and moves calls with their accounts")
    func reload() throws {
        var admission = try admission()
        let calls = [3, 3, 4, 5].compactMap { ticket(admission.admit(account: $0, source: Self.source, at: at(0))) }
        #expect(calls.count == 4 && admission.activeCalls(customer: 2) == 3)
        let moved = provisioning {
            $0.accounts[0].customer = 1
            $0.accounts[0].maxSessions = 2
            $0.users = []
            $0.applications.removeFirst()
            $0.accounts.removeAll { $0.id == 4 }
        }
        admission.reload(tables: try RoutingTables(compiling: moved), limits: SwitchLimits())
        #expect(admission.activeCalls(customer: 2) == 1 && admission.activeCalls(customer: 3) == 1)
        #expect(admission.activeCalls(customer: 1) == 4)
        #expect(admission.admit(account: 3, source: Self.source, at: at(0)) == .refused(by: .accountCalls(3)))
        for call in calls { admission.release(call) }
        for id in 1...3 { #expect(admission.activeCalls(customer: id) == 0) }
        #expect(admission.activeCalls == 0)
    }

    @Test("counters in which nothing counts any more are dropped")
    func memory() throws {
        var admission = try admission(limits: SwitchLimits(calls: 0, callsPerSecondPerSource: 5))
        for source in 0..<5_000 {
            let verdict = admission.admit(account: 3, source: IPAddress(v4: UInt32(source)), at: at(Int64(source)))
            if let ticket = ticket(verdict) { admission.release(ticket) }
        }
        #expect(admission.counterCount < 2_100)
        for later in 0..<3_000 { _ = admission.admit(connection: 1, at: at(Int64(10_000 + later))) }
        #expect(admission.counterCount <= 3)
    }

    @Test(
        "random calls, releases and reloads never exceed a limit, never leak, and agree with a naive count",
        arguments: 1...6)
    func property(seed: UInt64) throws {
        var dice = IdentifierSource(seed: seed)
        var naive = NaiveAdmission()
        var current = randomized(&dice)
        var limits = SwitchLimits(calls: 12, callsPerSecond: 9, callsPerSecondPerSource: 5)
        var admission = Admission(tables: try RoutingTables(compiling: current), limits: limits)
        naive.configure(current, limits)
        var now = at(0)
        for _ in 0..<4_000 {
            now = now + .milliseconds(dice.number(below: 120))
            switch dice.number(below: 100) {
            case 0..<55:
                let account = [3, 4, 5, nil][dice.number(below: 4)]
                let source = IPAddress(v4: UInt32(dice.number(below: 3)))
                let verdict = admission.admit(account: account, source: source, at: now)
                #expect((ticket(verdict) != nil) == naive.admits(account: account, source: source, at: now))
                if let ticket = ticket(verdict) { naive.note(ticket, account: account, source: source, at: now) }
            case 55..<99:
                guard let call = naive.calls.randomElement(using: &dice) else { continue }
                admission.release(call.ticket)
                naive.release(call.ticket)
            default:
                guard naive.isQuiet(at: now) else { continue }
                current = randomized(&dice)
                limits.calls = 8 + dice.number(below: 8)
                admission.reload(tables: try RoutingTables(compiling: current), limits: limits)
                naive.configure(current, limits)
            }
            for id in 1...3 { #expect(admission.activeCalls(customer: id) == naive.active(customer: id)) }
            #expect(admission.activeCalls == naive.calls.count)
        }
        for call in naive.calls { admission.release(call.ticket) }
        for id in 1...5 {
            #expect(admission.activeCalls(customer: id) == 0 && admission.activeCalls(account: id) == 0)
        }
        #expect(admission.activeCalls == 0)
    }

    private func randomized(_ dice: inout IdentifierSource) -> Provisioning {
        var sizes: [Int] = []
        for _ in 0..<12 { sizes.append(dice.number(below: 9) - 1) }
        return provisioning {
            $0.users = []
            $0.applications.removeFirst()
            for position in 0..<3 {
                $0.customers[position].maxSessions = sizes[position] < 0 ? -1 : sizes[position] + 3
                $0.customers[position].maxCallsPerSecond = sizes[position + 3]
                $0.accounts[position].maxSessions = sizes[position + 6]
                $0.accounts[position].maxCallsPerSecond = sizes[position + 9]
                $0.accounts[position].customer = 1 + (sizes[position] + sizes[11] + 2) % 3
            }
        }
    }
}

/// Counts by going through all calls and all admissions of the last second.
private struct NaiveAdmission {
    var calls: [(ticket: AdmissionTicket, account: Int?)] = []
    private var history: [(account: Int?, source: IPAddress, at: Instant)] = []
    private var provisioning = Provisioning()
    private var limits = SwitchLimits()

    mutating func configure(_ provisioning: Provisioning, _ limits: SwitchLimits) {
        self.provisioning = provisioning
        self.limits = limits
    }

    /// Whether no admission counts against a rate, so that rates may change.
    func isQuiet(at now: Instant) -> Bool { history.allSatisfy { now - $0.at >= .seconds(1) } }

    func active(customer: Int) -> Int { calls.count { path($0.account).contains(customer) } }

    private func path(_ account: Int?) -> [Int] {
        var path: [Int] = []
        var next = provisioning.accounts.first { $0.id == account }?.customer
        while let id = next {
            path.append(id)
            next = provisioning.customers.first { $0.id == id }?.parent
        }
        return path
    }

    func admits(account: Int?, source: IPAddress, at now: Instant) -> Bool {
        let recent = history.filter { now - $0.at < .seconds(1) }
        func fits(_ count: Int, _ limit: Int) -> Bool { limit < 0 || count < limit }
        guard calls.count < limits.calls, recent.count < limits.callsPerSecond,
            recent.count(where: { $0.source == source }) < limits.callsPerSecondPerSource
        else { return false }
        guard let record = provisioning.accounts.first(where: { $0.id == account }) else { return true }
        guard fits(calls.count { $0.account == account }, record.maxSessions),
            fits(recent.count { $0.account == account }, record.maxCallsPerSecond)
        else { return false }
        return path(account).allSatisfy { id in
            let customer = provisioning.customers.first { $0.id == id }!
            return fits(active(customer: id), customer.maxSessions)
                && fits(recent.count { path($0.account).contains(id) }, customer.maxCallsPerSecond)
        }
    }

    mutating func note(_ ticket: AdmissionTicket, account: Int?, source: IPAddress, at now: Instant) {
        calls.append((ticket, account))
        history.append((account, source, now))
    }

    mutating func release(_ ticket: AdmissionTicket) { calls.removeAll { $0.ticket == ticket } }
}
