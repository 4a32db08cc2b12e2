import Accounting
import Addresses
import MediaSessions
import Routing
import SIPMessages
import SIPTransactions
import SIPUserAgent
import SwitchEngine
import Timeline

/// A switch core with a caller at 127.0.0.2:5070 and vendors at 127.0.0.3:5080 and up, driven message by message.
struct SwitchHarness {
    var core: SwitchCore
    var now = Instant.zero
    var outputs: [SwitchOutput] = []
    /// The records of all steps so far.
    var allRecords: [CallDetailRecord] = []

    static let local = Endpoint(IPAddress(v4: 0x7F00_0001), 5060)
    static let caller = Endpoint(IPAddress(v4: 0x7F00_0002), 5070)
    static let vendor = Endpoint(IPAddress(v4: 0x7F00_0003), 5080)

    init(_ change: (inout Provisioning, inout ConfigurationSnapshot) -> Void = { _, _ in }) throws {
        var provisioning = Provisioning.twoVendors
        var probe = ConfigurationSnapshot(tables: try RoutingTables(compiling: provisioning))
        probe.mediaMode = .direct
        change(&provisioning, &probe)
        var configuration = ConfigurationSnapshot(tables: try RoutingTables(compiling: provisioning))
        configuration.mediaMode = probe.mediaMode
        configuration.limits = probe.limits
        configuration.linger = probe.linger
        configuration.sessionExpires = probe.sessionExpires
        configuration.digestAlgorithms = probe.digestAlgorithms
        for id in 1...2 {
            configuration.flows[id] = Self.flow(to: Endpoint(Self.vendor.address, Self.vendor.port + UInt16(id - 1)))
        }
        core = SwitchCore(
            shard: 0, configuration: configuration, hashes: .weak, seed: 7, epochMilliseconds: 1_700_000_000_000)
    }

    static func flow(to remote: Endpoint) -> Flow {
        Flow(transport: .udp, listener: 0, local: local, remote: remote)
    }

    /// Delivers a message from `source` and returns what the switch sent, parsed, in order.
    @discardableResult
    mutating func deliver(_ text: String, from source: Endpoint) -> [Sent] {
        outputs = []
        core.receive(.message(Array(text.utf8), Self.flow(to: source)), at: now, into: &outputs)
        allRecords += records
        return sent
    }

    /// Delivers any other input.
    @discardableResult
    mutating func give(_ input: SwitchInput) -> [Sent] {
        outputs = []
        core.receive(input, at: now, into: &outputs)
        allRecords += records
        return sent
    }

    /// Moves time forward by `duration`, deadline by deadline.
    @discardableResult
    mutating func advance(_ duration: Duration) -> [Sent] {
        outputs = []
        let end = now + duration
        while let deadline = core.nextDeadline, deadline <= end {
            now = max(now, deadline)
            core.timeElapsed(at: now, into: &outputs)
        }
        now = end
        allRecords += records
        return sent
    }

    var sent: [Sent] {
        outputs.compactMap { output in
            guard case .send(let bytes, let flow) = output, let message = try? MessageParser.parse(bytes) else {
                return nil
            }
            return Sent(message: message, flow: flow)
        }
    }

    /// The relay session that the last step asked for.
    var openedSession: MediaSessionID? {
        for case .media(.open(let session, _, _, _)) in outputs { return session }
        return nil
    }

    /// Where the last step told the relay that the caller's first stream is.
    var callerTarget: String? {
        for case .media(.update(_, .caller, let targets)) in outputs { return targets.first?.rtp.map { "\($0)" } }
        return nil
    }

    var records: [CallDetailRecord] {
        outputs.compactMap { output in
            guard case .record(let record) = output else { return nil }
            return record
        }
    }
}

/// A message that the switch sent.
struct Sent {
    var message: SIPMessage
    var flow: Flow

    var line: String {
        switch message.startLine {
        case .request: text(message.methodToken)
        case .response(let status, _): "\(status.rawValue) \(text(message.cSeq.methodToken))"
        }
    }

    var text: String { String(decoding: message.bytes, as: UTF8.self) }

    func text(_ range: ByteRange) -> String { String(decoding: message.copy(range), as: UTF8.self) }

    func value(_ name: HeaderName) -> String? { message.first(name).map { text($0) } }
}

extension Provisioning {
    static var twoVendors: Provisioning {
        var all = Provisioning()
        all.accounts = [Account(id: 3, customer: 1, authname: "alice", voipPassword: "secret")]
        all.accounts[0].routingGroup = 1
        all.authenticationRules = [
            AuthenticationRule(id: 1, account: 3, remoteIP: "127.0.0.2/32")
        ]
        all.vendors = [Vendor(id: 1, name: "carrier")]
        all.connections = [
            Connection(id: 1, vendor: 1, name: "a", destination: "sip:127.0.0.3:5080"),
            Connection(id: 2, vendor: 1, name: "b", destination: "sip:127.0.0.3:5081"),
        ]
        all.destinationSets = [DestinationSet(id: 1, name: "world", routes: [Route(prefix: "")])]
        all.routingGroups = [
            RoutingGroup(
                id: 1, name: "default", policy: .order,
                members: [
                    RoutingGroupMember(connection: 1, destinationSet: 1),
                    RoutingGroupMember(connection: 2, destinationSet: 1),
                ])
        ]
        return all
    }
}

extension DigestFunctions {
    /// Hashes that are only good for tests.
    static var weak: DigestFunctions {
        DigestFunctions(md5: { fold($0, count: 16) }, sha256: { fold($0, count: 32) })
    }

    private static func fold(_ bytes: [UInt8], count: Int) -> [UInt8] {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return (0..<count).map { position in
            state = (state ^ UInt64(position)) &* 0x100_0000_01B3
            return UInt8(truncatingIfNeeded: state >> 32)
        }
    }
}
