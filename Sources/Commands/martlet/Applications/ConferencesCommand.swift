import ArgumentParser
import Management

/// `martlet conferences`: the conferences of the running switch.
struct ConferencesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conferences",
        abstract: "Lists, shows and ends the running switch's conferences, and changes their parties.",
        discussion: """
            Without a sub-command all conferences are listed. A party is named by its id, or by the number of its call.

            Examples:
              martlet conferences
              martlet conferences show hall
              martlet conferences mute 71
              martlet conferences eject 71
              martlet conferences end hall
            """,
        subcommands: [ListConferencesCommand.self, ShowConferenceCommand.self, EndConferenceCommand.self]
            + ConferenceMemberCommands.all,
        defaultSubcommand: ListConferencesCommand.self)
}

/// `martlet conferences list`.
struct ListConferencesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the conferences with the number of their parties.",
        discussion: "Example:\n  martlet conferences list --json")

    @OptionGroup var options: CallOptions

    func run() async throws {
        try await CommandOutput.concluding {
            let conferences = try options.ask(ControlRequest(.conferences)).conferences ?? []
            if options.json { return CommandOutput.line(try CallOptions.encoded(conferences)) }
            if conferences.isEmpty {
                return CommandOutput.line("No conferences. Dial a number that leads to the application conference.")
            }
            let rows = conferences.map { conference in
                [
                    conference.name, conference.owner.isEmpty ? "-" : conference.owner, conference.state,
                    "\(conference.members.count)", "\(conference.maximum)", String(conference.created.prefix(19)),
                ]
            }
            CommandOutput.line(
                TextTable(["NAME", "OWNER", "STATE", "PARTIES", "MOST", "CREATED"], rows, right: [3, 4]).text)
        }
    }
}

/// `martlet conferences show`.
struct ShowConferenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows who is in a conference.",
        discussion: "Example:\n  martlet conferences show hall")

    @Argument(help: ArgumentHelp("Name of the conference.", valueName: "name"))
    var name: String

    @OptionGroup var options: CallOptions

    func run() async throws {
        try await CommandOutput.concluding {
            let conferences = try options.ask(ControlRequest(.conferences, id: name)).conferences ?? []
            if options.json { return CommandOutput.line(try CallOptions.encoded(conferences)) }
            for conference in conferences {
                CommandOutput.line("\(conference.name.printable) is \(conference.state)")
                let rows = conference.members.map { member in
                    [
                        member.id, member.call ?? "-", member.party, member.role, member.muted ? "yes" : "no",
                        member.held ? "yes" : "no", String(member.joined.prefix(19)),
                    ]
                }
                CommandOutput.line(
                    TextTable(["ID", "CALL", "PARTY", "ROLE", "MUTED", "HELD", "JOINED"], rows, right: [0, 1]).text)
            }
        }
    }
}

/// `martlet conferences end`.
struct EndConferenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: "Ends a conference; what its parties do then is their applications' business.",
        discussion: "Example:\n  martlet conferences end hall")

    @Argument(help: ArgumentHelp("Name of the conference.", valueName: "name"))
    var name: String

    @OptionGroup var options: CallOptions

    func run() async throws {
        try await CommandOutput.concluding {
            _ = try options.ask(ControlRequest(.endConference, id: name))
            if !options.json { CommandOutput.line("\(name.printable) is being ended") }
        }
    }
}

/// The commands that change one party.
enum ConferenceMemberCommands {
    static let all: [any ParsableCommand.Type] = [
        MuteCommand.self, UnmuteCommand.self, HoldCommand.self, UnholdCommand.self, EjectCommand.self,
    ]

    /// The party that a command is about.
    struct Options: ParsableArguments {
        @Argument(help: ArgumentHelp("Id of the party, or the number of its call.", valueName: "party"))
        var party: String

        @OptionGroup var options: CallOptions

        func order(_ change: ConferenceMemberChange) async throws {
            try await CommandOutput.concluding {
                var request = ControlRequest(.changeConferenceMember, id: party)
                request.change = change
                _ = try options.ask(request)
                if !options.json { CommandOutput.line("done") }
            }
        }
    }

    struct MuteCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "mute", abstract: "A party hears the others and is not heard.",
            discussion: "Example:\n  martlet conferences mute 71")
        @OptionGroup var options: Options
        func run() async throws { try await options.order(.mute) }
    }

    struct UnmuteCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unmute", abstract: "A party is heard again.",
            discussion: "Example:\n  martlet conferences unmute 71")
        @OptionGroup var options: Options
        func run() async throws { try await options.order(.unmute) }
    }

    struct HoldCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hold", abstract: "A party neither hears nor is heard.",
            discussion: "Example:\n  martlet conferences hold 71")
        @OptionGroup var options: Options
        func run() async throws { try await options.order(.hold) }
    }

    struct UnholdCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unhold", abstract: "A party hears and is heard again.",
            discussion: "Example:\n  martlet conferences unhold 71")
        @OptionGroup var options: Options
        func run() async throws { try await options.order(.unhold) }
    }

    struct EjectCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "eject", abstract: "Takes a party out of its conference.",
            discussion: "Example:\n  martlet conferences eject 71")
        @OptionGroup var options: Options
        func run() async throws { try await options.order(.eject) }
    }
}
