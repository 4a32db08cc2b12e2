/// What the OpenAPI document says of one route.
struct OpenAPIOperation {
    /// What a successful request is answered with.
    enum Answer {
        /// 200 without a body.
        case done
        /// 201 with the URL of what was made in `Location`.
        case created
        /// 200 without a body, or 201 where something was made.
        case doneOrCreated
        /// 200 with a value.
        case value(JSONValue)
        /// 200 with an array, all of it or a page.
        case list(JSONValue, isPaged: Bool)
        /// 200 with the bytes of a file.
        case file
        /// 200 with a stream of server-sent events, or an array where none was asked for.
        case events(JSONValue)
        /// Errors only: there is no such thing here, and the answer says why.
        case refused
    }

    /// Method and path, as `POST /calls`.
    let route: String
    let summary: String
    /// Schema of the body that is sent, if any.
    var body: JSONValue?
    /// Whether the body is a file, of whatever type.
    var takesFile = false
    /// Parameters of the query, by name.
    var query: [(name: String, schema: JSONValue)] = []
    let answer: Answer

    init(_ route: String, _ summary: String, body: JSONValue? = nil, _ answer: Answer) {
        self.route = route
        self.summary = summary
        self.body = body
        self.answer = answer
    }

    /// The operation with parameters of the query.
    func with(_ query: (name: String, schema: JSONValue)...) -> OpenAPIOperation {
        var operation = self
        operation.query += query
        return operation
    }

    /// The operation whose body is a file.
    var takingFile: OpenAPIOperation {
        var operation = self
        operation.takesFile = true
        return operation
    }

    /// `post` of `POST /calls`.
    var method: String { route.prefix { $0 != " " }.lowercased() }

    /// `/calls` of `POST /calls`.
    var path: String { String(route.drop { $0 != " " }.dropFirst()) }

    // MARK: The operation object

    /// The operation as OpenAPI 3.1 writes it.
    var value: JSONValue {
        .members([
            "operationId": .string(identifier), "summary": .string(summary),
            "tags": .array([.string(path.split(separator: "/").first.map(String.init) ?? "")]),
            "parameters": parameters.isEmpty ? nil : .array(parameters), "requestBody": requestBody,
            "responses": .object(responses),
        ])
    }

    /// `postCalls`, `getCallsCallId`: unique, as routes are.
    private var identifier: String {
        method
            + path.split(separator: "/").map { part in
                let word = part.trimmingPrefix("{").prefix { $0 != "}" }
                return word.prefix(1).uppercased() + word.dropFirst()
            }.joined()
    }

    private var parameters: [JSONValue] {
        let inPath = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part in
            JSONValue.object([
                "name": .string(String(part.dropFirst().dropLast())), "in": .string("path"),
                "required": .boolean(true), "schema": .object(["type": .string("string"), "minLength": .integer(1)]),
            ])
        }
        var all = query
        if case .list(_, isPaged: true) = answer {
            all += [
                ("page", Self.number(0...1_000_000_000, default: 0)), ("size", Self.number(1...1000, default: 25)),
            ]
        }
        let inQuery = all.map { name, schema in
            JSONValue.object(["name": .string(name), "in": .string("query"), "schema": schema])
        }
        return inPath + inQuery
    }

    private static func number(_ range: ClosedRange<Int>, default fallback: Int) -> JSONValue {
        .object([
            "type": .string("integer"), "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
            "default": .integer(fallback),
        ])
    }

    private var requestBody: JSONValue? {
        if takesFile {
            return .object(["required": .boolean(true), "content": .object(["*/*": .object([:])])])
        }
        return body.map { schema in
            .object(["content": .object(["application/json": .object(["schema": schema])])])
        }
    }

    private var responses: [String: JSONValue] {
        var responses = ["default": JSONValue.object(["$ref": .string("#/components/responses/Error")])]
        switch answer {
        case .done: responses["200"] = Self.done
        case .created: responses["201"] = Self.created
        case .doneOrCreated: (responses["200"], responses["201"]) = (Self.done, Self.created)
        case .value(let schema): responses["200"] = Self.json("What was asked for", schema)
        case .list(let schema, let isPaged):
            responses["200"] = Self.json(
                isPaged ? "A page; the header field Link names the next one" : "All of them",
                OpenAPISchema.array(of: schema))
        case .file:
            responses["200"] = .object([
                "description": .string("The file"), "content": .object(["*/*": .object([:])]),
            ])
            responses["206"] = .object([
                "description": .string("The part of the file that Range asks for"),
                "content": .object(["*/*": .object([:])]),
            ])
        case .events(let schema):
            responses["200"] = .object([
                "description": .string("Events, as an array or as a stream"),
                "content": .object([
                    "application/json": .object(["schema": OpenAPISchema.array(of: schema)]),
                    "text/event-stream": .object(["schema": .object(["type": .string("string")])]),
                ]),
            ])
        case .refused: break
        }
        return responses
    }

    private static let done = JSONValue.object(["description": .string("Done")])

    private static let created = JSONValue.object([
        "description": .string("Made"),
        "headers": .object([
            "Location": .object([
                "description": .string("The URL of what was made; its id is the last segment"),
                "required": .boolean(true), "schema": OpenAPISchema.url,
            ])
        ]),
    ])

    private static func json(_ about: String, _ schema: JSONValue) -> JSONValue {
        .object([
            "description": .string(about),
            "content": .object(["application/json": .object(["schema": schema])]),
        ])
    }
}
