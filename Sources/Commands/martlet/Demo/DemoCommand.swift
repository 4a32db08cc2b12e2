import Addresses
import ArgumentParser
import Foundation
import HTTPService
import Management
import PacketLoop
import SwitchRuntime
import TestPhone

/// `martlet demo`: a switch, a phone and vendors on loopback, and the story of their calls.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Runs a switch with a phone and vendors on loopback, and tells what happens.",
        discussion: """
            Real SIP and RTP over UDP, HTTP with XML-RPC, an embedded store in var/demo.db; the configuration it runs \
            with is written to var/demo.yaml. After its calls the switch goes on serving until Ctrl-C; with --once it \
            ends: 0 if every step held, 1 otherwise.

            Examples:
              martlet demo
              martlet demo --once --listen udp:127.0.0.1:15060
            """)

    @Flag(help: "End after the calls: 0 if every step held, 1 otherwise.")
    var once = false

    @Option(help: ArgumentHelp("The switch's address.", valueName: "udp:host:port"))
    var listen = PhoneAddress(Endpoint(IPAddress(v4: 0x7F00_0001), 5060))

    @Option(help: ArgumentHelp("Folder of the store and the provisioning file.", valueName: "folder"))
    var folder = "var"

    func run() async throws {
        let tale = DemoTale()
        let loopback = Endpoint(IPAddress(v4: 0x7F00_0001), 0)
        let alice = try TestPhone(listen: loopback)
        let carrier = DemoVendor(try TestPhone(listen: loopback), named: "carrier", tale: tale)
        let busy = DemoVendor(try TestPhone(listen: loopback), named: "busy", tale: tale)
        let agent = DemoVendor(try TestPhone(listen: loopback), named: "agent", tale: tale)
        var policy = AnswerPolicy(.answer(after: .milliseconds(150)))
        policy.media.play = .tone(.continuous(1000))
        policy.duration = .seconds(3600)
        carrier.phone.answer(policy)
        busy.phone.answer(AnswerPolicy(.reject(.busyHere)))
        var patient = AnswerPolicy(.answer(after: .milliseconds(1200)))
        patient.media.play = .tone(.continuous(1500))
        patient.duration = .milliseconds(900)
        agent.phone.answer(patient)
        let receiver = try await DemoReceiver(on: loopback.address, tale: tale)
        let provisioning = DemoProvisioning(
            receiver: receiver.url, carrier: carrier.phone.local, busy: busy.phone.local, agent: agent.phone.local,
            dead: try Self.closedPort())
        let files = DemoSwitch.Files(folder: folder)
        let served = try await start(files, provisioning)
        let address = served.address
        tale.say("A switch on udp:\(address) and tcp:\(address),")
        tale.say("with XML-RPC at \(served.url),")
        tale.say("as by martlet serve --config \(files.configuration)")
        let steps = DemoSteps(
            tale: tale, served: served, receiver: receiver, alice: alice, carrier: carrier, busy: busy, agent: agent,
            configuration: files.configuration, program: files.program)
        await steps.run()
        let failures = tale.failures
        tale.say(failures == 0 ? "\nEvery step held." : "\n\(failures) expectations did not hold.")
        if !once { await serve(tale, address) }
        try await served.stop()
        await receiver.stop()
        for phone in [alice, carrier.phone, busy.phone, agent.phone] { phone.stop() }
        if once && failures > 0 { throw ExitCode.failure }
    }

    private func start(_ files: DemoSwitch.Files, _ provisioning: DemoProvisioning) async throws -> DemoSwitch {
        do {
            // Its files are still read by the other one.
            try ControlServer.refuseOther(at: files.control)
        } catch {
            throw ValidationError("\(error); --folder changes the place")
        }
        for webPort: UInt16 in [8080, 0] {
            do {
                try files.write(listen: listen.endpoint, webPort: webPort, provisioning)
            } catch {
                let reason = error.localizedDescription
                throw ValidationError("cannot write into \(folder): \(reason); --folder changes the place")
            }
            do {
                return try await DemoSwitch(files)
            } catch HTTPServiceError.listen where webPort != 0 {
                continue
            } catch let error as SwitchService.ListenError {
                throw ValidationError("\(error); --listen udp:127.0.0.1:PORT changes the address")
            } catch {
                throw ValidationError("\(error)")
            }
        }
        throw ValidationError("no HTTP port is free")
    }

    /// Goes on serving until Ctrl-C, after saying how to call.
    private func serve(_ tale: DemoTale, _ address: Endpoint) async {
        let number = DemoProvisioning.goodNumber
        let user = DemoProvisioning.user
        let password = DemoProvisioning.password
        tale.say(
            """

            The switch goes on serving; Ctrl-C ends it.
            \(number) is answered with 1000 Hz, \(DemoProvisioning.busyNumber) is busy, \
            \(DemoProvisioning.failoverNumber) fails over;
            \(DemoProvisioning.deskNumber), \(DemoProvisioning.rejectingNumber) and \
            \(DemoProvisioning.transferNumber) lead to programs.
              phone      martlet call sip:\(number)@\(address) \\
                           --username \(user) --password \(password) --duration 20s
              sipp       sipp -sn uac \(address) -i \(DemoProvisioning.trustedAddress) -s \(number) -m 1
              baresip    account: <sip:\(DemoProvisioning.trustedUser)@\(address)>;regint=0
                         call:    baresip -e "d sip:\(number)@\(address)"
              operator   martlet calls watch --config \(folder)/demo.yaml
              program    python3 \(folder)/demo-end-calls.py, or curl as in step 6
              softphone  server \(address), user \(user), password \(password),
                         no registration; call \(number)
            """)
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let interrupt = InterruptHandler { continuation.finish() }
        for await _ in stream {}
        _ = consume interrupt
    }

    /// A loopback address where nobody listens.
    private static func closedPort() throws -> Endpoint {
        let socket = try UDPSocket(binding: Endpoint(IPAddress(v4: 0x7F00_0001), 0))
        defer { socket.close() }
        return socket.local
    }
}
