import ArgumentParser
import ConfigurationFiles
import Foundation
import Management

/// How calls are asked for and shown.
struct CallOptions: ParsableArguments {
    @Flag(help: "Print JSON; the member names are those of the XML-RPC interface.")
    var json = false

    @OptionGroup var configuration: ConfigurationOptions

    /// Asks the running switch, and throws what it refuses.
    func ask(_ request: ControlRequest, patience: Int = ControlClient.patience) throws -> ControlResponse {
        let response = try ControlClient(path: configuration.read().controlPath).ask(request, patience: patience)
        if let error = response.error { throw CallRefusal(description: error.printable) }
        return response
    }

    /// The JSON of a value, its members sorted by name.
    static func encoded(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// What the running switch would not do.
struct CallRefusal: Error, CustomStringConvertible {
    let description: String
}

/// Which calls are listed, and in which order.
struct CallFilterOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only calls of this account.", valueName: "i_account"))
    var account: Int?

    @Option(help: ArgumentHelp("Only calls of this customer and of those below it.", valueName: "i_customer"))
    var customer: Int?

    @Option(help: ArgumentHelp("Only calls now routed through this vendor.", valueName: "i_vendor"))
    var vendor: Int?

    @Option(
        help: ArgumentHelp(
            "Only calls now routed through this connection; wins over --vendor.", valueName: "i_connection"))
    var connection: Int?

    @Option(help: "Only calls in this state.")
    var state: CallFilter.State?

    @Option(help: "Which come first.")
    var order = CallFilter.Order.oldestFirst

    /// The calls of `population` that the options let through.
    func filter(_ population: CallFilter.Population) -> CallFilter {
        var filter = CallFilter(population)
        filter.account = account
        filter.customer = customer
        filter.vendor = vendor
        filter.connection = connection
        filter.state = state
        filter.order = order
        return filter
    }

    /// The request for the calls of `population` that the options let through.
    func request(_ population: CallFilter.Population, limit: Int? = nil) -> ControlRequest {
        var request = ControlRequest(.calls)
        request.filter = filter(population)
        request.limit = limit
        return request
    }
}

extension CallFilter.Order: ExpressibleByArgument {}

extension CallFilter.State: ExpressibleByArgument {
    /// The state with this name, in letters of any case.
    public init?(argument: String) {
        let match = Self.allCases.first { $0.rawValue.lowercased() == argument.lowercased() }
        guard let match else { return nil }
        self = match
    }
}
