import CallEvents
import Foundation
import Testing
import Timeline

struct EventSchemaTests {
    @Test("every type has a schema, and its events keep to it, with and without what is optional")
    func kept() {
        #expect(Set(Samples.plain.map(\.type)) == Set(CallEventType.allCases))
        #expect(Set(Samples.full.map(\.type)) == Set(CallEventType.allCases))
        for content in Samples.plain + Samples.full {
            let members = CallEvent(content, at: UTCTime(milliseconds: 1)).members.dropFirst()
            let schema = EventSchema.members(of: content.type)
            let names = members.map(\.name)
            #expect(schema.map(\.name).filter { names.contains($0) } == names, "order of \(content.type)")
            #expect(schema.filter(\.isRequired).allSatisfy { names.contains($0.name) }, "\(content.type)")
            for member in members {
                let kind = schema.first { $0.name == member.name }?.kind
                #expect(kind.map { Self.fits(member.value, $0) } == true, "\(content.type).\(member.name)")
            }
        }
        for content in Samples.full {
            let names = CallEvent(content, at: UTCTime(milliseconds: 1)).members.dropFirst().map(\.name)
            #expect(names == EventSchema.members(of: content.type).map(\.name), "all of \(content.type)")
        }
    }

    private static func fits(_ value: EventValue, _ kind: MemberSchema.Kind) -> Bool {
        switch (kind, value) {
        case (.string, .string), (.integer, .integer), (.boolean, .boolean), (.diversion, .object): true
        case (.url, .string(let text)): text.hasPrefix("http://")
        case (.time, .string(let text)):
            text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil
        case (.oneOf(let texts), .string(let text)): texts.contains(text)
        default: false
        }
    }

    @Test("the document is JSON Schema with a definition for each type")
    func document() throws {
        let read = try #require(
            try JSONSerialization.jsonObject(with: Data(EventSchema.document)) as? [String: Any])
        let definitions = try #require(read["$defs"] as? [String: [String: Any]])
        #expect(Set(definitions.keys) == Set(CallEventType.allCases.map(\.rawValue)))
        #expect((read["oneOf"] as? [Any])?.count == CallEventType.allCases.count)
        let hangup = try #require(definitions["hangup"])
        #expect((hangup["required"] as? [String])?.prefix(3) == ["eventType", "callId", "callUri"])
        let cause = (hangup["properties"] as? [String: [String: Any]])?["cause"]
        #expect((cause?["enum"] as? [String])?.contains("NORMAL_TEMPORARY_FAILURE") == true)
    }
}
