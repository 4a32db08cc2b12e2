import CallEvents
import Testing

@testable import VoiceRESTAPI

@Suite("The OpenAPI document")
struct OpenAPITests {
    private let document = OpenAPIDocument.document(OpenAPIDocument.operations, base: "http://127.0.0.1:8080")

    @Test("no route is described twice, and every operation has an id of its own")
    func once() {
        let routes = OpenAPIDocument.operations.map(\.route)
        #expect(Set(routes).count == routes.count)
        let ids = OpenAPIDocument.operations.compactMap { $0.value["operationId"]?.text }
        #expect(Set(ids).count == routes.count)
    }

    @Test("every reference leads to a schema of the document, and every schema is referred to")
    func references() {
        guard case .object(let schemas) = document["components"]?["schemas"] else {
            Issue.record("no schemas")
            return
        }
        let prefix = "#/components/schemas/"
        let named = Set(
            Self.references(in: document).filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) })
        #expect(named == Set(schemas.keys.map { $0[...] }))
    }

    private static func references(in value: JSONValue) -> [String] {
        switch value {
        case .array(let values): values.flatMap(references)
        case .object(let members):
            members.flatMap { name, value in
                name == "$ref" ? [value.text ?? ""] : references(in: value)
            }
        case .null, .boolean, .integer, .number, .string: []
        }
    }

    @Test("the parameters of a path are those in its braces")
    func parameters() throws {
        let operation = try #require(
            OpenAPIDocument.operations.first { $0.route == "GET /conferences/{conferenceId}/members/{memberId}" })
        guard case .array(let parameters) = operation.value["parameters"] else {
            Issue.record("no parameters")
            return
        }
        #expect(parameters.map { $0["name"]?.text } == ["conferenceId", "memberId"])
        #expect(operation.value["operationId"]?.text == "getConferencesConferenceIdMembersMemberId")
    }

    @Test("every type of event has a schema and a webhook")
    func events() {
        for type in CallEventType.allCases {
            #expect(document["components"]?["schemas"]?["\(type.rawValue)Event"]?["properties"] != nil)
            #expect(document["webhooks"]?[type.rawValue] != nil)
        }
    }
}
