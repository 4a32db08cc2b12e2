import Foundation
import FoundationXML
import Testing
import XMLRPCValues

@Suite("Writing XML-RPC answers")
struct XMLRPCWriterTests {
    private func text(_ value: XMLRPCValue) -> String { String(decoding: XMLRPCWriter.bytes(of: value), as: UTF8.self) }

    @Test(
        "every value has its type, and no string is an empty element",
        arguments: [
            (.integer(0), "<int>0</int>"), (.integer(-2_147_483_648), "<int>-2147483648</int>"),
            (.integer(2_147_483_648), "<i8>2147483648</i8>"), (.integer(.min), "<i8>-9223372036854775808</i8>"),
            (.boolean(true), "<boolean>1</boolean>"), (.boolean(false), "<boolean>0</boolean>"),
            (.string(""), "<string></string>"), (.string("a<b>&\"'"), "<string>a&lt;b&gt;&amp;\"'</string>"),
            (.null, "<nil/>"), (.base64([0, 1, 255]), "<base64>AAH/</base64>"),
            (.dateTime("20260305T08:15:42"), "<dateTime.iso8601>20260305T08:15:42</dateTime.iso8601>"),
        ] as [(XMLRPCValue, String)])
    func scalars(_ value: XMLRPCValue, _ written: String) {
        #expect(text(value) == "<value>\(written)</value>")
    }

    @Test(
        "doubles are written in plain decimal notation and read back as themselves",
        arguments: [
            (0, "0"), (5, "5"), (-1.5, "-1.5"), (41.50611, "41.50611"), (0.1, "0.1"), (3.184220071, "3.184220071"),
            (0.000001, "0.000001"), (1e-9, "0.000000001"), (-2.5e-7, "-0.00000025"), (1e15, "1000000000000000"),
            (1e22, "10000000000000000000000"), (123_456_789_012_345_680, "123456789012345680"),
            (.infinity, "0"), (-.infinity, "0"), (.nan, "0"), (-0.0, "0"),
        ] as [(Double, String)])
    func doubles(_ number: Double, _ written: String) {
        #expect(text(.double(number)) == "<value><double>\(written)</double></value>")
        if number.isFinite { #expect(Double(written) == number) }
    }

    @Test("whatever stands in a text, XML parsers take the answer, and what XML can carry arrives")
    func characters() throws {
        let all =
            (0...0x2FF).compactMap { Unicode.Scalar($0) } + ["\u{FFFD}", "\u{FFFE}", "\u{FFFF}", "\u{10FFFF}", "😀"]
        for scalar in all {
            let sent = "a\(Character(scalar))b\(Character(scalar))"
            let call = try XMLRPCCall(reading: XMLRPCCall("m", [.string(sent)]).bytes)
            let isCarried = scalar == "\t" || scalar == "\n" || scalar == "\r" || scalar.value >= 0x20
            let expected = isCarried && scalar.value != 0xFFFE && scalar.value != 0xFFFF ? sent : "a\u{FFFD}b\u{FFFD}"
            #expect(call.parameters == [.string(expected)], "U+\(String(scalar.value, radix: 16))")
        }
    }

    @Test("line ends survive: CR is a reference, so that no parser takes it for LF")
    func lineEnds() throws {
        #expect(text("a\r\nb") == "<value><string>a&#13;\nb</string></value>")
        #expect(try XMLRPCCall(reading: XMLRPCCall("m", ["a\r\nb\r"]).bytes).parameters == ["a\r\nb\r"])
    }

    @Test("bytes that are not UTF-8 become U+FFFD")
    func damagedBytes() throws {
        var writer = XMLRPCWriter()
        writer.string([0x61, 0xFF, 0x62, 0xC3, 0x28])
        let written = String(decoding: writer.finished().joined(), as: UTF8.self)
        #expect(written == "<value><string>a\u{FFFD}b\u{FFFD}(</string></value>")
    }

    @Test("structs keep their order, arrays and structs nest, and everything reads back")
    func nesting() throws {
        let value: XMLRPCValue = [
            "z": .array([.int(1), .array([]), ["a": .null]]), "a<b": .double(2.5), "": .boolean(true),
            "i": .integer(.max), "d": .base64(Array(0...255)),
        ]
        let call = XMLRPCCall("m & n", [value, .structure(XMLRPCStruct())])
        #expect(try XMLRPCCall(reading: call.bytes) == call)
        guard case .structure(let structure) = value else { return }
        #expect(structure.members.map(\.name) == ["z", "a<b", "", "i", "d"])
    }

    @Test("an answer with a fault has code and text, one with a result the bare value")
    func responses() {
        let fault = String(decoding: XMLRPCResponse.blocks(fault: .missing("ID")).joined(), as: UTF8.self)
        #expect(
            fault.contains("<fault><value><struct><member><name>faultCode</name><value><int>501</int></value></member>")
        )
        #expect(fault.contains("<name>faultString</name><value><string>Parameter ID is required.</string></value>"))
        let result = String(decoding: XMLRPCResponse.blocks(result: .array([])).joined(), as: UTF8.self)
        #expect(result.contains("<methodResponse><params><param><value><array><data></data></array></value>"))
    }

    @Test("what was written already is taken as it is, in blocks of bounded size")
    func blocks() throws {
        var writer = XMLRPCWriter()
        writer.beginArray()
        for number in 0..<20_000 { writer.string("value number \(number)") }
        writer.endArray()
        let count = writer.count
        let blocks = writer.finished()
        #expect(blocks.count > 10 && blocks.allSatisfy { $0.count <= 64 << 10 })
        #expect(blocks.reduce(0) { $0 + $1.count } == count)
        let answer = XMLRPCResponse.blocks(result: ["rows": .written(blocks), "count": .int(20_000)])
        let document = Array(answer.joined())
        #expect(document.count > count)
        let parser = XMLParser(data: Data(document))
        #expect(parser.parse() && parser.parserError == nil)
        #expect(
            String(decoding: document, as: UTF8.self).contains(
                "number 19999</string></value></data></array></value>\n</member>"))
    }
}
