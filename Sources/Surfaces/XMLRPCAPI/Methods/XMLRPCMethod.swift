import XMLRPCValues

/// A method of the interface.
public struct XMLRPCMethod: Sendable {
    /// What a method does with its arguments under the rights of a caller; it throws `XMLRPCFault` or `ManagementError`.
    public typealias Handler = @Sendable (XMLRPCArguments, XMLRPCAccess) async throws -> XMLRPCValue

    /// Name as callers write it.
    public var name: String
    /// What it does, takes and gives, for `system.methodHelp`.
    public var help: String
    /// Types of the result and the parameters, for `system.methodSignature`: `["struct", "struct"]`.
    public var signature: [String]
    public var handler: Handler

    public init(_ name: String, help: String, signature: [String] = ["struct", "struct"], handler: @escaping Handler) {
        self.name = name
        self.help = help
        self.signature = signature
        self.handler = handler
    }
}

/// All methods of the interface by their names.
public struct XMLRPCMethods: Sendable {
    private var methods: [String: XMLRPCMethod] = [:]

    public init() {}

    /// Adds methods; where a name is there already, the later one stays.
    public mutating func add(_ more: [XMLRPCMethod]) {
        for method in more { methods[method.name] = method }
    }

    /// The method with this name.
    public subscript(name: String) -> XMLRPCMethod? { methods[name] }

    /// All names in alphabetical order.
    public var names: [String] { methods.keys.sorted() }
}
