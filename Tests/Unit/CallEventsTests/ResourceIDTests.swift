import CallEvents
import Testing

struct ResourceIDTests {
    @Test("an id is its prefix and 23 characters of base32, and no two are the same", arguments: ResourceID.allCases)
    func form(kind: ResourceID) {
        let ids = (0..<1000).map { _ in kind.make() }
        #expect(ids.allSatisfy { kind.matches($0) })
        #expect(Set(ids).count == 1000)
    }

    @Test("what is not of the form is not taken for an id")
    func strangers() {
        let id = ResourceID.call.make()
        #expect(!ResourceID.event.matches(id))
        #expect(!ResourceID.call.matches(String(id.dropLast())))
        #expect(!ResourceID.call.matches(id + "a"))
        #expect(!ResourceID.call.matches(id.dropLast() + "1"))
        #expect(!ResourceID.call.matches(id.dropLast() + "A"))
    }
}
