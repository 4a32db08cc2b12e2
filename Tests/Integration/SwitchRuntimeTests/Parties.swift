import Accounting
import Addresses
import EventCollector
import Logging
import PacketLoop
import Routing
import SIPMessages
import SIPTransactions
import SwitchEngine
import SwitchRuntime
import Timeline

let loopback = IPAddress(v4: 0x7F00_0001)
let callerAddress = IPAddress(v4: 0x7F00_0002)
let vendorAddress = IPAddress(v4: 0x7F00_0003)

/// A SIP party over UDP: what it hears can be waited for, what it says is written by the test.
struct UDPParty {
    /// What arrived, parsed.
    let heard = EventCollector<SIPMessage>()
    let local: Endpoint
    private let inbox: Inbox<(bytes: [UInt8], remote: Endpoint)>
    private let thread: PacketLoopThread

    init(at address: IPAddress) throws {
        // Nobody here sends anything twice.
        let options = UDPSocket.Options(receiveBufferBytes: 4 << 20)
        let socket = try UDPSocket(binding: Endpoint(address, 0), options: options)
        let signal = try LoopSignal()
        let inbox = Inbox<(bytes: [UInt8], remote: Endpoint)>(waking: signal)
        let heard = heard
        thread = try PacketLoopThread(name: "party", signal: signal) { loop throws(SystemError) in
            let port = DatagramPort(socket)
            try loop.add(port)
            return PartyClient(port: port, inbox: inbox, heard: heard)
        }
        local = socket.local
        self.inbox = inbox
    }

    /// Says `text` to `remote`.
    func say(_ text: String, to remote: Endpoint) { inbox.post((Array(text.utf8), remote)) }

    /// Waits for a message whose first line begins with `start`.
    func hear(_ start: String) async throws -> Heard {
        try Heard(await heard.events { $0.contains { Heard.line(of: $0).hasPrefix(start) } }, start)
    }
}

private final class PartyClient: PacketLoopClient {
    private let port: DatagramPort
    private let inbox: Inbox<(bytes: [UInt8], remote: Endpoint)>
    private let heard: EventCollector<SIPMessage>

    init(port: DatagramPort, inbox: Inbox<(bytes: [UInt8], remote: Endpoint)>, heard: EventCollector<SIPMessage>) {
        self.port = port
        self.inbox = inbox
        self.heard = heard
    }

    func inboxSignalled(at now: Instant) {
        var messages: [(bytes: [UInt8], remote: Endpoint)] = []
        inbox.take(into: &messages)
        for (bytes, remote) in messages { port.send(bytes, to: remote) }
    }

    func received(_ batch: DatagramBatch, on port: DatagramPort, at now: Instant) {
        heard.report(contentsOf: (0..<batch.count).compactMap { try? MessageParser.parse(batch.copy($0)) })
    }
}

/// A message that a party heard.
struct Heard {
    /// Nothing that was waited for came.
    struct Missing: Error { let start: String }

    let message: SIPMessage

    init(_ messages: [SIPMessage], _ start: String) throws {
        guard let message = messages.last(where: { Self.line(of: $0).hasPrefix(start) }) else {
            throw Missing(start: start)
        }
        self.message = message
    }

    static func line(of message: SIPMessage) -> String {
        String(decoding: message.bytes.prefix { $0 != 13 }, as: UTF8.self)
    }

    func value(_ name: HeaderName) -> String {
        message.first(name).map { String(decoding: message.copy($0), as: UTF8.self) } ?? ""
    }

    /// The answer to this request.
    func answer(_ status: String, from party: Endpoint) -> String {
        let to = value(.to).contains("tag=") ? value(.to) : value(.to) + ";tag=callee"
        return lines(
            "SIP/2.0 \(status)", "Via: \(value(.via))", "From: \(value(.from))", "To: \(to)",
            "Call-ID: \(value(.callID))", "CSeq: \(value(.cSeq))", "Contact: <sip:\(party)>")
    }

    /// A request in the dialog that this 2xx confirmed.
    func request(_ method: String, _ number: Int, via: String) -> String {
        let contact = value(.contact).drop { $0 != "<" }.dropFirst().prefix { $0 != ">" }
        return lines(
            "\(method) \(contact) SIP/2.0", "Via: SIP/2.0/\(via);branch=z9hG4bK\(method)\(number)",
            "From: \(value(.from))", "To: \(value(.to))", "Call-ID: \(value(.callID))", "CSeq: \(number) \(method)",
            "Max-Forwards: 70")
    }
}

/// A message of header lines with an empty body.
func lines(_ lines: String...) -> String { (lines + ["Content-Length: 0", "", ""]).joined(separator: "\r\n") }

/// An INVITE of the caller without a description.
func invite(to remote: Endpoint, callID: String, via: String, contact: Endpoint, extra: String = "X-Nothing: 1")
    -> String
{
    lines(
        "INVITE sip:4420@\(remote) SIP/2.0", "Via: SIP/2.0/\(via);rport;branch=z9hG4bK\(callID)",
        "From: <sip:alice@\(contact)>;tag=a\(callID)", "To: <sip:4420@\(remote)>", "Call-ID: \(callID)",
        "CSeq: 1 INVITE", "Contact: <sip:alice@\(contact)>", "Max-Forwards: 70", extra)
}

/// A switch on loopback that trusts every local address and routes to `vendors` in their order.
struct RunningSwitch {
    let service: SwitchService
    let records: EventCollector<CallDetailRecord>
    let events: EventCollector<CallEvent>

    init(
        vendors: [Endpoint], transport: SIPTransport = .udp, listen: [String] = ["udp:127.0.0.1:0", "tcp:127.0.0.1:0"]
    ) async throws {
        var all = Provisioning()
        all.accounts = [Account(id: 3, customer: 1, authname: "alice", voipPassword: "secret")]
        all.accounts[0].routingGroup = 1
        all.authenticationRules = [AuthenticationRule(id: 1, account: 3, remoteIP: "127.0.0.0/8")]
        all.vendors = [Vendor(id: 1, name: "carrier")]
        all.connections = vendors.enumerated().map { index, vendor in
            Connection(id: index + 1, vendor: 1, name: "c\(index)", destination: "sip:\(vendor);transport=\(transport)")
        }
        // A vendor of a test answers when the test has its turn among all.
        var route = Route(prefix: "")
        (route.timeout1xx, route.timeout2xx) = (nil, nil)
        all.destinationSets = [DestinationSet(id: 1, name: "world", routes: [route])]
        let members = all.connections.map { RoutingGroupMember(connection: $0.id, destinationSet: 1) }
        all.routingGroups = [RoutingGroup(id: 1, name: "default", policy: .order, members: members)]
        var configuration = ConfigurationSnapshot(tables: try RoutingTables(compiling: all))
        configuration.mediaMode = .direct
        let records = EventCollector<CallDetailRecord>()
        let events = EventCollector<CallEvent>()
        let shard = try SignallingShard()
        let sinks = SwitchSinks(
            records: { batch in
                records.report(contentsOf: batch)
                shard.post(.recorded(batch.map(\.id)))
            }, events: { events.report(contentsOf: $0) })
        service = try await SwitchService(
            SwitchService.Settings(listen: listen.compactMap { ListenAddress($0) }), configuration: configuration,
            shard: shard, sinks: sinks, media: { _ in }, logger: Logger(label: "test"))
        self.records = records
        self.events = events
    }

    var udp: Endpoint { service.listeners.addresses[0].endpoint }
    var tcp: Endpoint { service.listeners.addresses[1].endpoint }
}
