import Addresses
import ArgumentParser
import PacketLoop
import SIPMessages
import TestPhone

/// `martlet call`: places one call and says how it ended.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Places a call with a scriptable test phone.",
        discussion: """
            One JSON line on standard output says how the call ended; what happens meanwhile goes to standard error.
            Exit status: 0 the call was answered and ended by one of its sides, 1 it was not, 2 wrong usage.

            Examples:
              martlet call sip:echo@127.0.0.1:5070 --tone 440 --duration 3s
              martlet call sip:4420@127.0.0.1 --username alice --password alice-secret
              martlet call sip:4420@127.0.0.1 --play hello.wav --record answer.wav
              martlet call sip:front-desk@127.0.0.1 --dtmf 1234# | jq .tones
            """)

    @Argument(help: "Whom to call, sip:user@host:port.")
    var uri: String

    @Option(help: ArgumentHelp("Who calls, sip:user@host.", valueName: "uri"))
    var from: String?

    @Option(help: "User name for digest challenges.")
    var username: String?

    @Option(help: "Password for digest challenges.")
    var password: String?

    @Flag(help: "Register the From address once before the call.")
    var register = false

    @Option(
        name: [.customLong("proxy"), .customLong("via")],
        help: ArgumentHelp("Send requests here instead of the URI's host.", valueName: "host:port"))
    var proxy: PeerAddress?

    @Option(help: ArgumentHelp("Local SIP address.", valueName: "udp:host:port"))
    var listen: PhoneAddress?

    @Option(help: ArgumentHelp("Give up with CANCEL if nobody has answered by then.", valueName: "duration"))
    var cancelAfter: TimeSpan?

    @OptionGroup var options: PhoneOptions

    func run() async throws {
        let target = uri.contains(":") && uri.hasPrefix("sip") ? uri : "sip:\(uri)"
        guard let destination = proxy?.endpoint ?? PeerAddress.endpoint(ofURI: target) else {
            throw ValidationError("\(uri) names no host that is known; write sip:user@host or sip:user@host:port")
        }
        var request = CallRequest(target, from: sender(destination), through: destination)
        request.media = try options.mediaPlan()
        request.credentials = try credentials()
        request.duration = options.duration?.duration
        request.hangsUpWhenDone = options.hangsUpWhenDone
        request.patience = cancelAfter?.duration
        let phone: TestPhone
        do {
            phone = try TestPhone(listen: listen?.endpoint ?? Endpoint(IPAddress(v4: 0), 0))
        } catch {
            throw ValidationError("cannot listen: \(error); --listen changes the address")
        }
        defer { phone.stop() }
        if register { try await registerOnce(phone, request, at: destination) }
        if !options.json { options.say("calling \(target) through udp:\(destination)") }
        let call = phone.call(request)
        let interrupt = InterruptHandler { call.hangUp() }
        await options.narrate(call)
        let report = await call.report
        _ = consume interrupt
        try options.conclude(report, number: 1)
        if !options.json, let advice = advice(on: report) { options.say(advice) }
        if !report.endedNormally { throw ExitCode.failure }
    }

    /// What to try next where the call was not answered.
    private func advice(on report: CallReport) -> String? {
        switch report.status {
        case .unauthorized, .proxyAuthenticationRequired:
            username == nil
                ? "it asks who calls: give --username and --password" : "the user or the password is wrong"
        case .requestTimeout, .serviceUnavailable:
            report.endedBy != .network
                ? nil : "nobody answers at that address: is the switch or phone running there, and on UDP?"
        default: nil
        }
    }

    private func sender(_ destination: Endpoint) -> String? {
        from ?? username.map { "sip:\($0)@\(destination.address)" }
    }

    private func credentials() throws -> PhoneCredentials? {
        switch (username, password) {
        case (nil, nil): nil
        case (let username?, let password?): PhoneCredentials(username: username, password: password)
        case (nil, _?), (_?, nil): throw ValidationError("--username and --password belong together")
        }
    }

    private func registerOnce(_ phone: TestPhone, _ request: CallRequest, at registrar: Endpoint) async throws {
        guard let address = request.from else {
            throw ValidationError("--register needs --from or --username")
        }
        let status = await phone.register(
            RegistrationRequest(address, at: registrar, credentials: request.credentials))
        if !options.json {
            options.say("registration: " + (status.map { "\($0.rawValue) \($0.reasonPhrase)" } ?? "no answer"))
        }
        if status?.isSuccess != true { throw ExitCode.failure }
    }
}
