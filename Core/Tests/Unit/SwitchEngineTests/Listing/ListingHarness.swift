import Addresses
import CallControl
import Routing
import SIPMessages
import SIPUserAgent
import SwitchEngine
import Timeline

/// The tree of customers that listings are tested with: 1 above 2 above 3, and 4 beside 2. Accounts 3, 32, 33 and 34
/// belong to them; each is trusted by the address of its caller.
extension SwitchHarness {
    /// A caller at 127.0.1.x for the account of customer x.
    static func caller(of customer: Int) -> Endpoint {
        customer == 1 ? caller : Endpoint(IPAddress(v4: 0x7F00_0100 + UInt32(customer)), 5070)
    }

    static func withCustomers(
        _ change: (inout Provisioning, inout ConfigurationSnapshot) -> Void = { _, _ in }
    ) throws -> SwitchHarness {
        try SwitchHarness { provisioning, configuration in
            provisioning.customers = [
                Customer(id: 2, parent: 1, name: "two"), Customer(id: 3, parent: 2, name: "three"),
                Customer(id: 4, parent: 1, name: "four"),
            ]
            for customer in 2...4 {
                var account = Account(id: 30 + customer, customer: customer)
                account.routingGroup = 1
                provisioning.accounts.append(account)
                provisioning.authenticationRules.append(
                    AuthenticationRule(id: customer, account: account.id, remoteIP: "127.0.1.\(customer)/32"))
            }
            change(&provisioning, &configuration)
        }
    }

    var rows: [CallSnapshot] { core.listing(at: now) }

    /// The calls that a selection lists, page by page.
    func rows(_ selection: CallSelection, in order: CallOrder = .oldestFirst, slots: Int = 2) -> [CallSnapshot] {
        let frame = core.beginListing(selection, in: order, at: now)
        var keys: [CallKey] = []
        var position: UInt32? = 0
        while let start = position {
            let page = core.keys(of: frame, from: start, slots: slots, at: now)
            keys += page.keys
            position = page.next
        }
        return core.rows(of: CallKey.sorted(keys), in: frame, at: now)
    }

    /// The INVITE at the vendor, of a call from the account of `customer`.
    mutating func place(_ callID: String, of customer: Int = 1) -> [Sent] {
        deliver(Messages.invite(callID: callID), from: Self.caller(of: customer)).filter { $0.line == "INVITE" }
    }

    /// An answered call: the ACK at the vendor, the 200 at the caller.
    mutating func connect(_ callID: String, of customer: Int = 1) -> [Sent] {
        guard let invite = place(callID, of: customer).last else { return [] }
        let sent = deliver(Messages.response("200 OK", to: invite, sdp: true), from: Self.vendor)
        if let ok = sent.last { deliver(Messages.inDialog("ACK", 1, after: ok), from: Self.caller(of: customer)) }
        return sent
    }

    /// The states that events of the last step told, in order.
    var states: [CallState] {
        outputs.compactMap { if case .event(let event) = $0 { event.state } else { nil } }
    }

    /// What the counters of a customer say, and what a listing says.
    func counted(of customer: Int) -> (counters: [AccountCallStatistics], listing: [AccountCallStatistics]) {
        var counts: [Int: AccountCallStatistics] = [:]
        for row in rows(CallSelection(.active, within: .customer(customer))) {
            var count = counts[row.account] ?? AccountCallStatistics(account: row.account, total: 0, connected: 0)
            count.total += 1
            count.connected += row.state == .connected ? 1 : 0
            counts[row.account] = count
        }
        return (core.accountStatistics(of: customer), counts.values.sorted { $0.account < $1.account })
    }
}

extension CallSnapshot {
    var callIDText: String { String(decoding: callID, as: UTF8.self) }
}

extension Messages {
    /// The INVITE again, with the credentials of alice that answer the challenge of `refusal`.
    static func authorized(_ invite: String, answering refusal: Sent, password: String = "secret") -> String {
        let challenge = DigestChallenge.all(of: refusal.message, .wwwAuthenticate).first { $0.algorithm == .md5 }
        let nonce = String(decoding: challenge?.nonce ?? [], as: UTF8.self)
        let realm = String(decoding: challenge?.realm ?? [], as: UTF8.self)
        let uri = String(invite.split(separator: " ")[1])
        func hash(_ text: String) -> String {
            DigestFunctions.weak.md5(Array(text.utf8)).map { byte in
                String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
            }.joined()
        }
        let secret = hash("alice:\(realm):\(password)")
        let response = hash("\(secret):\(nonce):00000001:c:auth:\(hash("INVITE:\(uri)"))")
        let header =
            "Authorization: Digest username=\"alice\", realm=\"\(realm)\", nonce=\"\(nonce)\", uri=\"\(uri)\", "
            + "qop=auth, nc=00000001, cnonce=\"c\", algorithm=MD5, response=\"\(response)\"\r\n"
        return invite.replacing("CSeq: 1", with: "CSeq: 2").replacing("branch=z9hG4bK", with: "branch=z9hG4bKa")
            .replacing("Max-Forwards", with: header + "Max-Forwards")
    }
}
