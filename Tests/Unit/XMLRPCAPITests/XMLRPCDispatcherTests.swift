import Addresses
import Logging
import Management
import Testing
import XMLRPCValues

@testable import XMLRPCAPI

@Suite("Dispatching XML-RPC calls")
struct XMLRPCDispatcherTests {
    private let access = XMLRPCAccess(.trusted, source: IPAddress(v4: 0x7F00_0001))
    private let dispatcher: XMLRPCDispatcher

    private struct Unforeseen: Error {}

    init() {
        var methods = XMLRPCMethods()
        methods.add([
            XMLRPCMethod("echo", help: "Gives back a.", signature: ["string", "struct"]) { arguments, _ in
                .string(try arguments.requiredString("a"))
            },
            XMLRPCMethod("refuse", help: "") { _, _ in throw ManagementError.wrongReference("i_account") },
            XMLRPCMethod("break", help: "") { _, _ in throw Unforeseen() },
        ])
        dispatcher = XMLRPCDispatcher(methods: methods, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func answer(_ call: XMLRPCCall) async -> String {
        String(decoding: await dispatcher.answer(call, access).joined(), as: UTF8.self)
    }

    private func expected(_ value: XMLRPCValue) -> String {
        String(decoding: XMLRPCResponse.blocks(result: value).joined(), as: UTF8.self)
    }

    private func expected(_ fault: XMLRPCFault) -> String {
        String(decoding: XMLRPCResponse.blocks(fault: fault).joined(), as: UTF8.self)
    }

    @Test("a method is found by its name and given its struct")
    func method() async {
        #expect(await answer(XMLRPCCall("echo", [["a": "x", "unknown": .int(5)]])) == expected("x"))
        #expect(await answer(XMLRPCCall("echo")) == expected(XMLRPCFault(501, "Parameter a is required.")))
        #expect(await answer(XMLRPCCall("refuse")) == expected(XMLRPCFault(401, "Wrong i_account")))
        #expect(await answer(XMLRPCCall("break")) == expected(XMLRPCFault(500, "Internal error")))
    }

    @Test("an unknown method is a fault whose text clients look for, without control characters")
    func unknown() async {
        #expect(await answer(XMLRPCCall("make\u{1B}call")) == expected(XMLRPCFault(404, "method not found: makecall")))
    }

    @Test("every refusal of a use case has its fault")
    func refusals() {
        #expect(XMLRPCFault(ManagementError.missing("name")) == .missing("name"))
        #expect(XMLRPCFault(ManagementError.notPermitted("no")) == XMLRPCFault(403, "no"))
        #expect(XMLRPCFault(ManagementError.invalidValue("a", allowed: "b")) == XMLRPCFault(400, "a must be b"))
        #expect(XMLRPCFault(ManagementError(.conflict, message: "conflicting parameters")).code == 400)
        #expect(XMLRPCFault(ManagementError(.unavailable, message: "later")).code == 500)
        #expect(XMLRPCFault(ManagementError(ManagementError.Code("new"), message: "m")) == XMLRPCFault(400, "m"))
    }

    @Test("the methods tell about themselves", arguments: ["system.listMethods", "i_version.listAvailableMethods"])
    func introspection(_ name: String) async {
        let names = [
            "break", "echo", "i_version.listAvailableMethods", "refuse", "system.listMethods", "system.methodHelp",
            "system.methodSignature", "system.multicall",
        ]
        #expect(await answer(XMLRPCCall(name)) == expected(.array(names.map { .string($0) })))
        #expect(await answer(XMLRPCCall("system.methodHelp", ["echo"])) == expected("Gives back a."))
        #expect(
            await answer(XMLRPCCall("system.methodSignature", ["echo"]))
                == expected(.array([.array(["string", "struct"])])))
        #expect(await answer(XMLRPCCall("system.methodHelp", ["nope"])) == expected(.unknownMethod("nope")))
        #expect(await answer(XMLRPCCall("system.methodHelp")).contains("<int>400</int>"))
        for method in names where method.contains(".") {
            #expect(await answer(XMLRPCCall("system.methodHelp", [.string(method)])).contains("<param>"))
            #expect(await answer(XMLRPCCall("system.methodSignature", [.string(method)])).contains("<param>"))
        }
    }

    @Test("calls in a multicall are answered in order, a wrong one as a fault in its place")
    func multicall() async {
        let calls: XMLRPCValue = .array([
            ["methodName": "echo", "params": .array([["a": "1"]])], ["methodName": "nope"],
            ["methodName": "system.multicall", "params": .array([.array([])])], .int(5),
            ["methodName": "echo", "params": "x"], ["methodName": "echo", "params": .array([["a": "2"]])],
            ["methodName": "refuse", "params": .null],
        ])
        let results: [XMLRPCValue] = [
            .array(["1"]), .structure(XMLRPCFault.unknownMethod("nope").structure),
            .structure(XMLRPCFault(403, "system.multicall may not be nested").structure),
            .structure(
                XMLRPCFault.malformed("a call of system.multicall is a struct of methodName and params").structure),
            .structure(XMLRPCFault.malformed("params must be an array").structure), .array(["2"]),
            .structure(XMLRPCFault.wrongReference("i_account").structure),
        ]
        #expect(await answer(XMLRPCCall("system.multicall", [calls])) == expected(.array(results)))
        #expect(await answer(XMLRPCCall("system.multicall", [.array([])])) == expected(.array([])))
    }

    @Test("a multicall has a most of calls, and takes nothing but an array")
    func multicallLimits() async {
        let call: XMLRPCValue = ["methodName": "echo", "params": .array([["a": ""]])]
        let most = XMLRPCCall("system.multicall", [.array(Array(repeating: call, count: 1000))])
        #expect(await answer(most).contains("<param>"))
        let more = XMLRPCCall("system.multicall", [.array(Array(repeating: call, count: 1001))])
        #expect(await answer(more).contains("<int>400</int>"))
        for parameters in [[], [.int(1)], [.array([]), .array([])]] as [[XMLRPCValue]] {
            #expect(await answer(XMLRPCCall("system.multicall", parameters)).contains("<int>400</int>"))
        }
    }
}
