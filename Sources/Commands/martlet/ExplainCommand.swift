import Addresses
import ArgumentParser
import ConfigurationFiles
import Management
import Routing
import SQLiteStore

/// `martlet explain`: what routing would do with a call.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says what routing would do with a call: each candidate, kept or dropped and why.",
        discussion: """
            The answer comes from what is provisioned, by the code that routes calls; no call is placed.
            Exit status: 0 the call has a route, 1 it has none, 2 wrong usage or configuration.

            Examples:
              martlet explain --from 13235550100 --to 442079460011 --account alice
              martlet explain --from sip:100@192.0.2.1 --to 200 --source 127.0.0.5
            """)

    @Option(help: ArgumentHelp("Who calls: a number or a SIP URI.", valueName: "number"))
    var from: String

    @Option(help: ArgumentHelp("Who is called: a number or a SIP URI.", valueName: "number"))
    var to: String

    @Option(help: ArgumentHelp("The account: its id or its SIP user.", valueName: "account"))
    var account: String?

    @Option(help: ArgumentHelp("Instead of the account: the address that the call comes from.", valueName: "address"))
    var source: String?

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        guard (account == nil) != (source == nil) else { throw ValidationError("give --account or --source") }
        if let source, IPAddress(source) == nil { throw ValidationError("--source is an address, not \(source)") }
    }

    func run() async throws {
        try await CommandOutput.concluding {
            let configuration = try options.read()
            let files = try ProvisioningFiles.read(configuration.provisioning)
            let current = try SQLiteStore.peek(at: configuration.storePlace)
            let tables = try RoutingTables(
                compiling: ProvisioningUpdate(files).target(from: current), at: ProvisioningLedger.wallClock)
            let cli = Self.user(of: from)
            let cld = Self.user(of: to)
            let explanation = CallExplanation(tables, caller: try caller(in: tables, cli, cld), cli: cli, cld: cld)
            CommandOutput.line(explanation.lines.joined(separator: "\n"))
            if !explanation.hasRoute { throw ExitCode(1) }
        }
    }

    private func caller(in tables: RoutingTables, _ cli: String, _ cld: String) throws -> CallExplanation.Caller {
        if let source = source.flatMap({ IPAddress($0) }) {
            let conditions = RuleConditions(
                cli: Array(cli.utf8), cld: Array(cld.utf8), toDomain: Self.host(of: to), fromDomain: Self.host(of: from)
            )
            if let trusted = tables.account(source: source, conditions) {
                CommandOutput.line("trusted by authentication rule \(trusted.rule)")
                return CallExplanation.Caller(account: trusted.account, terms: trusted.terms)
            }
            CommandOutput.line("no authentication rule fits \(source): the caller must give credentials (401)")
            throw ExitCode(1)
        }
        let name = account ?? ""
        if let position = Int(name).flatMap({ tables.account(id: $0) }) ?? tables.account(authname: Array(name.utf8)) {
            return CallExplanation.Caller(account: position)
        }
        CommandOutput.complain("martlet: there is no account \(name.printable)")
        throw ExitCode(1)
    }

    /// The host of a SIP URI as rules compare it; empty where the text is none.
    private static func host(of text: String) -> [UInt8] {
        guard let at = text.lastIndex(of: "@") else { return [] }
        return RuleConditions.lowercased(Array(text[text.index(after: at)...].prefix { !":;>".contains($0) }.utf8))
    }

    /// The user of a SIP URI, or the text itself.
    private static func user(of text: String) -> String {
        guard text.hasPrefix("sip:") || text.hasPrefix("sips:") || text.hasPrefix("tel:") else { return text }
        let rest = text.drop { $0 != ":" }.dropFirst()
        return String(rest.prefix { $0 != "@" && $0 != ";" })
    }
}
