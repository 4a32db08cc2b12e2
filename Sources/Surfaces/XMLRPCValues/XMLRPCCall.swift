/// A request: the name of a method and its parameters.
public struct XMLRPCCall: Equatable, Sendable {
    public var method: String
    public var parameters: [XMLRPCValue]

    public init(_ method: String, _ parameters: [XMLRPCValue] = []) {
        self.method = method
        self.parameters = parameters
    }

    /// Reads a request document; throws fault 400 for everything that is none, within `limits`.
    public init(reading bytes: [UInt8], limits: XMLRPCLimits = XMLRPCLimits()) throws(XMLRPCFault) {
        self = try XMLRPCReader(limits).read(bytes)
    }

    /// The document.
    public var bytes: [UInt8] {
        var writer = XMLRPCWriter()
        writer.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<methodCall><methodName>")
        writer.text(method)
        writer.raw("</methodName><params>")
        for parameter in parameters {
            writer.raw("<param>")
            writer.value(parameter)
            writer.raw("</param>")
        }
        writer.raw("</params></methodCall>\n")
        return writer.finished().joined().map { $0 }
    }
}

/// What a request may be at most; more is fault 400.
public struct XMLRPCLimits: Equatable, Sendable {
    /// Largest document in bytes.
    public var bytes = 1 << 20
    /// Most values inside each other.
    public var depth = 32
    /// Most elements.
    public var elements = 100_000

    public init() {}
}
