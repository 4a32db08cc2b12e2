import ExampleApplications
import Martlet

/// A switch with all examples on numbers: `swift run examples`, then dial what the head of an example says.
@main struct Examples {
    static func main() async {
        let file = CommandLine.arguments.dropFirst().first ?? "Examples/martlet.yaml"
        await MartletSwitch.run(configuration: file, applications: .examples)
    }
}
