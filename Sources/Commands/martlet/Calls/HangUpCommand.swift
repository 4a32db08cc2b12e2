import ArgumentParser
import Glibc
import Management

/// `martlet calls hangup`: ends calls, and asks first where it is more than one.
struct HangUpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hangup", abstract: "Ends calls: some by their numbers, an account's, a customer's or all.",
        discussion: """
            Ending more than one call asks first and says how many there are; --yes leaves the question out, and is \
            needed where nobody can be asked. Both parties of an answered call get BYE; a caller that still hears \
            ringing gets 480.

            Examples:
              martlet calls hangup 71
              martlet calls hangup 71 72 73
              martlet calls hangup --account 3
              martlet calls hangup --customer 2 --yes
              martlet calls hangup --all
            """)

    @Argument(help: ArgumentHelp("Numbers of the calls.", valueName: "id"))
    var ids: [UInt64] = []

    @Option(help: ArgumentHelp("Every call of this account.", valueName: "i_account"))
    var account: Int?

    @Option(help: ArgumentHelp("Every call of this customer and of those below it.", valueName: "i_customer"))
    var customer: Int?

    @Flag(help: "Every call of the switch.")
    var all = false

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @OptionGroup var options: CallOptions

    /// Longest wait in seconds for very many calls to be ended.
    private static let patience = 600

    func validate() throws {
        let ways = [!ids.isEmpty, account != nil, customer != nil, all].count { $0 }
        if ways == 0 { throw ValidationError("Say which calls: numbers, --account, --customer or --all.") }
        if ways > 1 { throw ValidationError("Give only one of: numbers, --account, --customer, --all.") }
    }

    func run() async throws {
        try await CommandOutput.concluding {
            let order = self.order
            let count = try order.command == .disconnect ? Set(ids).count : self.count()
            guard try isWanted(count) else {
                CommandOutput.complain("martlet: nothing was ended")
                throw ExitCode(1)
            }
            let response = try options.ask(order, patience: Self.patience)
            let missing = response.missing ?? []
            try tell(response.count ?? 0, missing)
            if !missing.isEmpty { throw ExitCode(1) }
        }
    }

    /// What the switch is told.
    private var order: ControlRequest {
        if let account { return ControlRequest(.disconnectAccount, id: "\(account)") }
        if let customer { return ControlRequest(.disconnectCustomer, id: "\(customer)") }
        if all { return ControlRequest(.disconnectCustomer, id: "1") }
        var request = ControlRequest(.disconnect)
        request.ids = Set(ids).sorted().map { "\($0)" }
        return request
    }

    /// How many calls the options name now.
    private func count() throws -> Int {
        var request = ControlRequest(.count)
        var filter = CallFilter(.live)
        filter.account = account
        filter.customer = customer
        request.filter = filter
        return try options.ask(request).count ?? 0
    }

    /// Whether to go on: one call needs no question.
    private func isWanted(_ count: Int) throws -> Bool {
        if yes || count == 0 || (count == 1 && ids.count == 1) { return true }
        let calls = "\(count == 1 ? "1 call" : "\(count) calls")"
        guard isatty(STDIN_FILENO) == 1 else {
            throw ValidationError("this ends \(calls), and nobody can be asked here; say so with --yes")
        }
        CommandOutput.ask("End \(calls)? [y/N] ")
        let answer = readLine()?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }

    private func tell(_ count: Int, _ missing: [String]) throws {
        if options.json {
            CommandOutput.line(try CallOptions.encoded(Outcome(count: count, missing: missing)))
        } else if !ids.isEmpty {
            let ended = order.ids?.filter { !missing.contains($0) } ?? []
            for id in ended.prefix(10) { CommandOutput.line("call \(id) is being ended") }
            if ended.count > 10 { CommandOutput.line("and \(ended.count - 10) more") }
        } else {
            CommandOutput.line(count == 1 ? "1 call is being ended" : "\(count) calls are being ended")
        }
        for id in missing { CommandOutput.complain("martlet: there is no call \(id)") }
    }

    private struct Outcome: Encodable {
        var count: Int
        var missing: [String]
    }
}
