import Management
import Testing
import Timeline
import XMLRPCValues

@testable import XMLRPCAPI

@Suite("Arguments of XML-RPC methods")
struct XMLRPCArgumentsTests {
    private func arguments(_ value: XMLRPCValue) throws -> XMLRPCArguments { try XMLRPCArguments([["a": value]]) }

    @Test(
        "no parameter, an empty one and a struct are taken",
        arguments: [[], [.null], [.array([])], [.string("")], [.structure(XMLRPCStruct())], [["b": "1"]]]
            as [[XMLRPCValue]])
    func shapes(_ parameters: [XMLRPCValue]) throws {
        #expect(try XMLRPCArguments(parameters).integer("a") == nil)
    }

    @Test(
        "everything else is fault 400",
        arguments: [[.int(1)], ["x"], [.array([.int(1)])], [.null, .null]] as [[XMLRPCValue]])
    func wrongShapes(_ parameters: [XMLRPCValue]) {
        #expect { try XMLRPCArguments(parameters) } throws: { ($0 as? XMLRPCFault)?.code == 400 }
    }

    @Test(
        "whole numbers are taken from what stands for one",
        arguments: [
            (.int(5), 5), (.double(5), 5), (.string(" 5 "), 5), (.string("-5"), -5), (.boolean(true), 1),
            (.integer(.max), .max), (.null, nil),
        ] as [(XMLRPCValue, Int?)])
    func integers(_ value: XMLRPCValue, _ number: Int?) throws {
        #expect(try arguments(value).integer("a") == number)
    }

    @Test(
        "what stands for no whole number is fault 400 with the name",
        arguments: [
            .double(5.5), .double(1e300), "five", "", "99999999999999999999", .array([]), .structure(XMLRPCStruct()),
            .base64([]),
        ] as [XMLRPCValue])
    func wrongIntegers(_ value: XMLRPCValue) {
        #expect(throws: XMLRPCFault(400, "Parameter a must be an integer.")) { try arguments(value).integer("a") }
    }

    @Test(
        "truth values are taken as clients write them",
        arguments: [
            (.boolean(true), true), (.int(1), true), (.int(0), false), ("True", true), ("false", false), ("1", true),
            (.double(0), false), (.null, nil),
        ] as [(XMLRPCValue, Bool?)])
    func booleans(_ value: XMLRPCValue, _ isTrue: Bool?) throws {
        #expect(try arguments(value).boolean("a") == isTrue)
    }

    @Test("what is no truth value is fault 400", arguments: [.int(2), "yes", .array([])] as [XMLRPCValue])
    func wrongBooleans(_ value: XMLRPCValue) {
        #expect(throws: XMLRPCFault(400, "Parameter a must be a boolean.")) { try arguments(value).boolean("a") }
    }

    @Test("texts and numbers are converted into each other without loss")
    func conversions() throws {
        #expect(try arguments(.int(71)).string("a") == "71")
        #expect(try arguments(.double(71)).string("a") == "71")
        #expect(try arguments(.double(0.5)).string("a") == "0.5")
        #expect(try arguments(" x ").string("a") == " x ")
        #expect(try arguments(.int(5)).double("a") == 5)
        #expect(try arguments("0.0041").double("a") == 0.0041)
        #expect(throws: XMLRPCFault.self) { try arguments("nan").double("a") }
        #expect(throws: XMLRPCFault.self) { try arguments(.array([])).string("a") }
    }

    @Test("what is missing and required is fault 501 with the name; nil counts as missing")
    func required() throws {
        #expect(throws: XMLRPCFault(501, "Parameter ID is required.")) { try XMLRPCArguments([]).requiredString("ID") }
        #expect(throws: XMLRPCFault(501, "Parameter a is required.")) { try arguments(.null).requiredInteger("a") }
    }

    @Test("nil is told from absent where a column may be null")
    func given() throws {
        let members = try XMLRPCArguments([["a": .null, "b": .int(4)]])
        #expect(try members.given("a", XMLRPCArguments.integer) == .null)
        #expect(try members.given("b", XMLRPCArguments.integer) == .value(4))
        #expect(try members.given("c", XMLRPCArguments.integer) == .absent)
        #expect(members.names == ["a", "b"])
    }

    @Test("pages are cut from lists, and impossible ones refused")
    func pages() throws {
        let list = Array(0..<10)
        #expect(try XMLRPCArguments([["offset": .int(8), "limit": .int(5)]]).page(of: list) == [8, 9])
        #expect(try XMLRPCArguments([["offset": .int(80)]]).page(of: list).isEmpty)
        #expect(throws: XMLRPCFault.self) { try XMLRPCArguments([["limit": .int(-1)]]).page(of: list) }
    }

    @Test(
        "dates of both forms are read, with and without milliseconds and leading zero",
        arguments: [
            "20260305T08:15:42", "20260305T08:15:42.000", "2026-03-05T08:15:42Z", "08:15:42.000 GMT Thu Mar 05 2026",
            "08:15:42 GMT Thu Mar 5 2026", "08:15:42.000 GMT Thu Mar  5 2026",
        ])
    func dates(_ text: String) throws {
        #expect(try arguments(.string(text)).date("a") == 1_772_698_542_000)
        #expect(try arguments(.dateTime("20260305T08:15:42.117")).date("a") == 1_772_698_542_117)
    }

    @Test(
        "what is no date is fault 400",
        arguments: [
            "", "yesterday", "20260230T00:00:00", "20261301T00:00:00", "20260305T24:00:00", "20260305T08:15",
            "20260305",
            "08:15:42.000 GMT Thu Foo 05 2026", "08:15:42.000 GMT Thu Mar 32 2026", "2026030５T08:15:42", "T",
        ])
    func wrongDates(_ text: String) {
        #expect(throws: XMLRPCFault.self) { try arguments(.string(text)).date("a") }
    }

    @Test("dates are written in the forms of the interface and of HTTP, and read back")
    func writtenDates() {
        let time = UTCTime(milliseconds: 1_772_698_542_117)
        #expect(time.compact == "20260305T08:15:42.117")
        #expect(time.long == "08:15:42.000 GMT Thu Mar 05 2026")
        #expect(time.http == "Thu, 05 Mar 2026 08:15:42 GMT")
        for day in stride(from: Int64(-30_000), through: 60_000, by: 13) {
            let milliseconds = day * 86_400_000 + 3_723_004
            #expect(UTCTime(UTCTime(milliseconds: milliseconds).compact)?.milliseconds == milliseconds)
            #expect(UTCTime(UTCTime(milliseconds: milliseconds).long)?.milliseconds == milliseconds - 4)
        }
    }
}
