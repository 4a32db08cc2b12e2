import Testing

@testable import Routing

@Suite("Whose a number is")
struct NumberRightsTests {
    private let users = [
        User(id: "u-1", customer: 1, account: 7, token: "t1", secret: "s"),
        User(id: "u-2", customer: 1, account: 8, token: "t2", secret: "s"),
    ]

    private func tables(_ change: (inout DID) -> Void) throws -> RoutingTables {
        var provisioning = Provisioning()
        provisioning.accounts = [Account(id: 7, customer: 1), Account(id: 8, customer: 1)]
        provisioning.users = users
        provisioning.applications = [Application(id: "a-1", name: "one", user: "u-1")]
        var did = DID(number: "15550100")
        change(&did)
        provisioning.dids = [did]
        return try RoutingTables(compiling: provisioning)
    }

    private func owner(_ change: (inout DID) -> Void) throws -> [String] {
        let tables = try tables(change)
        return users.filter { tables.isNumber(Array("15550100".utf8), of: $0) }.map(\.id)
    }

    @Test("it is the user's that it names, else that of its application or of its account, else nobody's")
    func owners() throws {
        #expect(try owner { $0.application = "one" } == ["u-1"])
        #expect(try owner { $0.account = 8 } == ["u-2"])
        #expect(try owner { $0.user = "u-2" } == ["u-2"])
        #expect(try owner { ($0.user, $0.application) = ("u-2", "a-1") } == ["u-2"])
        #expect(try owner { _ in } == [])
        #expect(try !tables { $0.user = "u-1" }.isNumber(Array("15550101".utf8), of: users[0]))
    }

    @Test("its calls may have somewhere to go when nobody takes them")
    func fallback() throws {
        let tables = try tables { $0.fallbackNumber = "15550199" }
        #expect(tables.fallbackNumber(of: Array("15550100".utf8)) == "15550199")
        #expect(tables.fallbackNumber(of: Array("15550101".utf8)) == nil)
    }

    @Test("a user that there is not, and a fallback that is no number, are refused")
    func refused() {
        #expect(throws: ProvisioningError.self) { try tables { $0.user = "u-3" } }
        #expect(throws: ProvisioningError.self) { try tables { $0.fallbackNumber = "" } }
        #expect(throws: ProvisioningError.self) { try tables { $0.fallbackNumber = "a b" } }
    }

    @Test("tables that follow an edit know it too")
    func edited() throws {
        let before = DID(number: "15550100")
        var after = before
        (after.user, after.fallbackNumber) = ("u-1", "1")
        let edited = try tables { $0 = before }.applying([.did(.init(from: before, to: after))], at: nil)
        #expect(edited?.isNumber(Array("15550100".utf8), of: users[0]) == true)
        #expect(edited?.fallbackNumber(of: Array("15550100".utf8)) == "1")
        let application = Application(id: "a-2", name: "two", user: "u-1")
        #expect(try edited?.applying([.application(.init(from: nil, to: application))], at: nil) == nil)
    }

    @Test("it is found with its plus sign and without, as it is written before its other form")
    func bothForms() throws {
        let idle = try tables { $0.user = "u-1" }
        for text in ["15550100", "+15550100"] {
            #expect(idle.incomingNumber(Array(text.utf8)) == IncomingNumber(target: nil, owner: "u-1"))
            #expect(idle.incomingNumber(Array(text.utf8))?.ownerOfIdle == "u-1")
        }
        let led = try tables { ($0.user, $0.application) = ("u-1", "a-1") }
        #expect(led.incomingNumber(Array("+15550100".utf8))?.target == .application(0))
        #expect(led.incomingNumber(Array("+15550100".utf8))?.ownerOfIdle == nil)
        for text in ["15550101", "+", "", "sip:15550100", "++15550100"] {
            #expect(led.incomingNumber(Array(text.utf8)) == nil)
        }
    }
}
