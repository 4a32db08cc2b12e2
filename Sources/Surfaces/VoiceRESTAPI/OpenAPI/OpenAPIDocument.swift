import CallEvents
import HTTPService
import Hummingbird

/// The OpenAPI 3.1 document of the voice REST interface, with the schemas of all events.
public struct OpenAPIDocument: Sendable {
    /// What there is to say of every route that the interface can have.
    static var operations: [OpenAPIOperation] {
        OpenAPIOperation.calls + OpenAPIOperation.groups + OpenAPIOperation.recordings + OpenAPIOperation.provisioned
            + OpenAPIOperation.eventLog
    }

    /// The document, as JSON text.
    public let bytes: [UInt8]

    /// The document of `routes`; `base` is the address in front of `/v1`, as "http://127.0.0.1:8080".
    public init(_ routes: [VoiceRESTRoute], base: String) {
        let names = Set(routes.map(\.name))
        bytes = Self.document(Self.operations.filter { names.contains($0.route) }, base: base).bytes
    }

    /// `GET /openapi.json`, for everybody.
    public var routes: HTTPRouteGroup {
        HTTPRouteGroup { [bytes] router in
            router.get("/openapi.json") { _, _ in
                Response(
                    status: .ok,
                    headers: [.contentType: "application/json", .accessControlAllowOrigin: "*"],
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
            }
        }
    }

    static func document(_ operations: [OpenAPIOperation], base: String) -> JSONValue {
        var paths: [String: [String: JSONValue]] = [:]
        for operation in operations {
            paths["/v1/users/{userId}\(operation.path)", default: [:]][operation.method] = operation.value
        }
        for path in paths.keys { paths[path]?["parameters"] = .array([userParameter]) }
        return .object([
            "openapi": .string("3.1.0"),
            "info": .object([
                "title": .string("Martlet voice REST interface"), "version": .string("1"),
                "description": .string(
                    "Calls, bridges, conferences, recordings and media. Requests are read leniently: booleans and "
                        + "numbers may be texts, null is absent, words are compared without case, unknown members are "
                        + "ignored. The paths of bodies and of events are written strictly."),
                "license": .object(["name": .string("Apache-2.0"), "identifier": .string("Apache-2.0")]),
            ]),
            "servers": .array([.object(["url": .string(base)])]),
            "security": .array([.object(["basic": .array([])])]),
            "paths": .object(paths.mapValues { .object($0) }), "webhooks": .object(webhooks),
            "components": .object([
                "securitySchemes": .object([
                    "basic": .object([
                        "type": .string("http"), "scheme": .string("basic"),
                        "description": .string("The API token as user and the API secret as password"),
                    ])
                ]),
                "responses": .object(["Error": errorResponse]),
                "schemas": .object(schemas),
            ]),
        ])
    }

    private static let userParameter = JSONValue.object([
        "name": .string("userId"), "in": .string("path"), "required": .boolean(true),
        "schema": .object(["type": .string("string")]), "example": .string("u-acme"),
    ])

    private static let errorResponse = JSONValue.object([
        "description": .string("Why it was not done"),
        "content": .object(["application/json": .object(["schema": OpenAPISchema.reference("Error")])]),
    ])

    // MARK: Events

    /// Name of the schema of the events of a type.
    static func schemaName(of type: CallEventType) -> String { "\(type.rawValue)Event" }

    private static var webhooks: [String: JSONValue] {
        var webhooks: [String: JSONValue] = [:]
        for type in CallEventType.allCases {
            webhooks[type.rawValue] = .object([
                "post": .object([
                    "summary": .string("A \(type.rawValue) event is sent to the callback URL"),
                    "requestBody": .object([
                        "content": .object([
                            "application/json": .object(["schema": OpenAPISchema.reference(schemaName(of: type))])
                        ])
                    ]),
                    "responses": .object([
                        "2XX": .object([
                            "description": .string("Taken. What is answered to a POST is not read")
                        ])
                    ]),
                ])
            ])
        }
        return webhooks
    }

    private static var schemas: [String: JSONValue] {
        var schemas = OpenAPISchema.resources.merging(OpenAPISchema.eventLog) { first, _ in first }
        for type in CallEventType.allCases {
            let text = EventSchema.text(of: EventSchema.schema(of: type))
            // What the events' own writer made is JSON.
            schemas[schemaName(of: type)] = (try? JSONValue(parsing: text)) ?? .object([:])
        }
        return schemas
    }
}
