import Testing
import XMLRPCValues

@Suite("Reading XML-RPC requests")
struct XMLRPCReaderTests {
    private func call(_ value: String) throws -> XMLRPCValue? {
        let document =
            "<?xml version=\"1.0\"?><methodCall><methodName>m</methodName><params><param>\(value)</param></params></methodCall>"
        return try XMLRPCCall(reading: Array(document.utf8)).parameters.first
    }

    @Test(
        "every type is read, with the blanks and the forms that programs write",
        arguments: [
            ("<value><int>-5</int></value>", .integer(-5)), ("<value><i4> 7 </i4></value>", .integer(7)),
            ("<value><i8>9007199254740993</i8></value>", .integer(9_007_199_254_740_993)),
            ("<value><ex:i8>3</ex:i8></value>", .integer(3)), ("<value><int>+5</int></value>", .integer(5)),
            ("<value><boolean>1</boolean></value>", .boolean(true)),
            ("<value><boolean>false</boolean></value>", .boolean(false)),
            ("<value><double>5</double></value>", .double(5)),
            ("<value><double>-1.5e3</double></value>", .double(-1500)),
            ("<value><string> a &lt;b&gt; &#65;\n</string></value>", .string(" a <b> A\n")),
            ("<value><string/></value>", .string("")), ("<value></value>", .string("")), ("<value/>", .string("")),
            ("<value>plain text</value>", .string("plain text")), ("<value>  </value>", .string("  ")),
            ("<value><string><![CDATA[<x>&y;]]></string></value>", .string("<x>&y;")),
            ("<value><![CDATA[a]]>b</value>", .string("ab")), ("<value><nil/></value>", .null),
            ("<value>\n <ex:nil/>\n</value>", .null), ("<value><nil></nil></value>", .null),
            ("<value><dateTime.iso8601>20260305T08:15:42</dateTime.iso8601></value>", .dateTime("20260305T08:15:42")),
            ("<value><base64>AAEC\n/w==</base64></value>", .base64([0, 1, 2, 255])),
            ("<value><array><data></data></array></value>", .array([])),
            (
                "<value><array><data>\n<value>1</value><value><int>2</int></value></data></array></value>",
                .array([.string("1"), .integer(2)])
            ),
            ("<value><struct></struct></value>", .structure(XMLRPCStruct())),
            (
                "<value><struct><member><name> b </name><value>1</value></member><member><value>2</value><name>a</name></member></struct></value>",
                ["b": "1", "a": "2"]
            ),
        ] as [(String, XMLRPCValue)])
    func types(_ text: String, _ value: XMLRPCValue) throws {
        #expect(try call(text) == value)
    }

    @Test("methods without parameters, without params and with several of them are read")
    func parameters() throws {
        let none = try XMLRPCCall(reading: Array(" <methodCall><methodName>\n a.b\n</methodName></methodCall>".utf8))
        #expect(none == XMLRPCCall("a.b"))
        let two = XMLRPCCall("m", [.int(1), "x"])
        #expect(try XMLRPCCall(reading: two.bytes) == two)
    }

    @Test("other encodings that hold ASCII are read, with a byte order mark too")
    func encodings() throws {
        let head =
            "<?xml version='1.0' encoding='ISO-8859-1'?><methodCall><methodName>m</methodName><params><param><value>"
        let bytes = Array(head.utf8) + [0xE9] + Array("</value></param></params></methodCall>".utf8)
        #expect(try XMLRPCCall(reading: bytes).parameters == ["é"])
        let marked = [0xEF, 0xBB, 0xBF] + XMLRPCCall("m", ["ü"]).bytes
        #expect(try XMLRPCCall(reading: marked).parameters == ["ü"])
    }

    @Test(
        "what is no request is refused",
        arguments: [
            "", "   ", "x", "<methodCall/>", "<methodCall><methodName>m</methodName>", "<a></a>",
            "<methodCall><methodName>m</methodName></methodCall>junk",
            "<methodCall><methodName>m</methodName></methodCall><methodCall><methodName>m</methodName></methodCall>",
            "<methodCall><methodName>m</methodCall></methodName>",
            "<methodCall><methodName>a</methodName><methodName>b</methodName></methodCall>",
            "<methodCall><methodName>m</methodName><params><value>1</value></params></methodCall>",
            "<methodCall>text<methodName>m</methodName></methodCall>",
            "<methodCall><methodName>m<b/></methodName></methodCall>",
            "<methodCall><methodName>m</methodName><params><param/></params></methodCall>", "<methodResponse/>",
            "<methodCall><methodName>&unknown;</methodName></methodCall>",
            "<methodCall><methodName>&#0;</methodName></methodCall>",
            "<methodCall><methodName>\u{1}</methodName></methodCall>",
        ])
    func documents(_ text: String) {
        #expect(throws: XMLRPCFault.self) { try XMLRPCCall(reading: Array(text.utf8)) }
    }

    @Test(
        "what is no value is refused",
        arguments: [
            "<int>5</int>", "<value><int>five</int></value>", "<value><int></int></value>",
            "<value><int>99999999999999999999</int></value>", "<value><int>0x10</int></value>",
            "<value><boolean>2</boolean></value>", "<value><double>nan</double></value>",
            "<value><double>1e999</double></value>", "<value><double>0x1p3</double></value>",
            "<value><float>1</float></value>", "<value>x<int>5</int></value>", "<value><int>5</int>x</value>",
            "<value><int>5</int><int>6</int></value>", "<value><array></array></value>",
            "<value><array><data><int>5</int></data></array></value>",
            "<value><struct><member><name>a</name></member></struct></value>",
            "<value><struct><member><value>1</value></member></struct></value>",
            "<value><struct><member><name>a</name><name>b</name><value>1</value></member></struct></value>",
            "<value><struct><member><name>a</name><value>1</value></member><member><name>a</name><value>2</value></member></struct></value>",
            "<value><base64>!</base64></value>", "<value><nil>x</nil></value>",
        ])
    func values(_ text: String) {
        #expect(throws: XMLRPCFault.self) { try call(text) }
    }

    @Test(
        "document types, entities and encodings that could hide them are refused before anything is expanded",
        arguments: [
            "<!DOCTYPE a [<!ENTITY a \"b\">]>",
            "<?xml version=\"1.0\"?>\n<!-- c --><?p?><!DOCTYPE a SYSTEM \"file:///etc/passwd\">",
            "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol1 \"&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;\">]>",
            "<?xml version=\"1.0\" encoding=\"UTF-7\"?>", "<?xml version=\"1.0\" encoding=\"UTF-16\"?>",
            "<?xml version=\"1.0\" encoding=\"EBCDIC-CP-US\"?>", "<?xml version=\"1.0\" encoding=?>",
        ])
    func documentTypes(_ prolog: String) {
        let text = prolog + "<methodCall><methodName>m</methodName></methodCall>"
        #expect(throws: XMLRPCFault.self) { try XMLRPCCall(reading: Array(text.utf8)) }
        let wide = Array(text.utf16).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        #expect(throws: XMLRPCFault.self) { try XMLRPCCall(reading: [0xFF, 0xFE] + wide) }
    }

    @Test(
        "processing instructions are refused wherever they stand: Foundation's parser dies of one without content",
        arguments: [
            "<?p?>", "<?p ?>", "<?xml?>", "<?xml-stylesheet?>", "<?xml version='1.0'?><?p?>", "<!-- a --><?p?>",
        ])
    func processingInstructions(_ prolog: String) {
        let text = prolog + "<methodCall><methodName>m</methodName></methodCall>"
        #expect(throws: XMLRPCFault.self) { try XMLRPCCall(reading: Array(text.utf8)) }
        #expect(throws: XMLRPCFault.self) { try call("<value>a\(prolog)</value>") }
        #expect(throws: XMLRPCFault.self) { try XMLRPCCall(reading: Array((text + prolog).utf8)) }
    }

    @Test("a text or a comment that only looks like such markup is harmless")
    func harmlessText() throws {
        #expect(try call("<value><![CDATA[<!DOCTYPE html><?p?>]]></value>") == "<!DOCTYPE html><?p?>")
        #expect(try call("<!-- <!DOCTYPE a><?p?> --><value>a<!-- <?p?> -->b</value>") == "ab")
    }

    @Test(
        "bytes that are not UTF-8 and NULs are refused",
        arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0]] as [[UInt8]])
    func damagedText(_ bytes: [UInt8]) {
        let head = Array("<methodCall><methodName>m</methodName><params><param><value>".utf8)
        let document = head + bytes + Array("</value></param></params></methodCall>".utf8)
        #expect(throws: XMLRPCFault.self) { try XMLRPCCall(reading: document) }
    }

    @Test("the limits of length, depth and elements hold exactly")
    func limits() throws {
        var limits = XMLRPCLimits()
        limits.depth = 3
        let nested = XMLRPCCall("m", [.array([.array([.int(1)])])])
        #expect(try XMLRPCCall(reading: nested.bytes, limits: limits) == nested)
        let deeper = XMLRPCCall("m", [.array([nested.parameters[0]])])
        #expect(throws: XMLRPCFault.self) { try XMLRPCCall(reading: deeper.bytes, limits: limits) }
        limits = XMLRPCLimits()
        limits.elements = 5
        let plain = XMLRPCCall("m", ["x"])
        #expect(throws: XMLRPCFault.self) { try XMLRPCCall(reading: plain.bytes, limits: limits) }
        limits.elements = 6
        #expect(try XMLRPCCall(reading: plain.bytes, limits: limits) == plain)
        limits.bytes = plain.bytes.count - 1
        #expect(throws: XMLRPCFault.self) { try XMLRPCCall(reading: plain.bytes, limits: limits) }
    }

    @Test("ten thousand values inside each other are refused, in arrays and as elements of no meaning")
    func nesting() {
        let head = "<methodCall><methodName>m</methodName><params><param>"
        for part in ["<value><array><data>", "<value>", "<value><struct><member><name>a</name>", "<x>"] {
            let text = head + String(repeating: part, count: 10_000)
            #expect(throws: XMLRPCFault.self) { try XMLRPCCall(reading: Array(text.utf8)) }
        }
    }

    @Test("every document cut short is refused and none traps")
    func truncation() {
        let whole = XMLRPCCall("m", [["a": .array([.int(1), .null, .double(0.5)]), "b": "text"]]).bytes
        let content = whole.dropLast()
        for count in 0..<content.count {
            #expect(throws: XMLRPCFault.self) { try XMLRPCCall(reading: Array(content.prefix(count))) }
        }
        #expect(throws: Never.self) { try XMLRPCCall(reading: Array(content)) }
    }
}
