import ExampleApplications
import Martlet
import MartletTesting

/// A switch on which 1000 leads to an example.
struct ExampleWorld {
    let world = TestSwitch()
    let caller: Party

    init(_ name: String, parameters: [String: String] = [:]) {
        world.serve("1000", parameters: parameters) { run in
            try await ApplicationCatalogue.examples.application(name)?.main(run) ?? -2
        }
        caller = world.party("2025550100")
    }

    /// The caller dials, and is answered.
    func answeredCall() throws {
        caller.dials("1000")
        try caller.expectsAnswer()
    }

    /// Starts the example from outside.
    func start(_ parameters: String, delimiter: Character? = nil) throws -> [String] {
        try world.start("1000", outboundParameters: parameters, delimiter: delimiter)
    }
}
