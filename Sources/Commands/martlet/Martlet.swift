import ArgumentParser

/// The `martlet` command; each sub-command is a file beside this one.
@main
struct Martlet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "martlet", abstract: "A programmable softswitch.")
}
