import Testing
import VoiceRESTAPI

@Suite("Reading what clients of the voice REST interface send")
struct RequestObjectTests {
    private enum Method: String, CaseIterable { case get = "GET", post = "POST" }

    private func read(_ text: String) throws(RESTError) -> RequestObject {
        try RequestObject("call", parsing: Array(text.utf8))
    }

    private func code(_ body: () throws(RESTError) -> Void) -> RESTErrorCode? {
        do throws(RESTError) {
            try body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test(
        "booleans come in every shape that clients send",
        arguments: [
            ("true", true), ("\"true\"", true), ("\"True\"", true), ("1", true), ("\"1\"", true), ("false", false),
            ("\"FALSE\"", false), ("0", false),
        ])
    func booleans(_ text: String, _ value: Bool) throws {
        #expect(try read("{\"a\":\(text)}").boolean("a") == value)
    }

    @Test("null, an absent member and an empty string are no boolean and no number", arguments: ["null", "\"\""])
    func absent(_ text: String) throws {
        let object = try read("{\"a\":\(text)}")
        #expect(try object.boolean("a") == nil)
        #expect(try object.integer("a") == nil)
        #expect(try object.boolean("b") == nil)
        #expect(try read("{\"a\":null}").string("a") == nil)
    }

    @Test("commas and brackets inside of a text are text", arguments: [",}", ",]", "\\\",}", ","])
    func commas(_ text: String) throws {
        #expect(try read("{\"a\":\"\(text)\"}").string("a") == text.replacing("\\", with: ""))
    }

    @Test(
        "whole numbers come as numbers and as strings",
        arguments: [("5", 5), ("\"2000\"", 2000), ("5.0", 5), ("\"5.0\"", 5), ("\" 7 \"", 7), ("-4", -4), ("1e2", 100)])
    func integers(_ text: String, _ value: Int) throws {
        #expect(try read("{\"a\":\(text)}").integer("a") == value)
    }

    @Test(
        "what is no whole number within bounds is a validation error",
        arguments: [
            "99", "\"99\"", "1.5", "\"five\"", "true", "[]", "{}", "1e300", "9223372036854775808",
            "\"99999999999999999999\"", "\"0x1e\"", "\"nan\"", "\"infinity\"",
        ])
    func wrongIntegers(_ text: String) throws {
        let object = try read("{\"a\":\(text)}")
        #expect(code { () throws(RESTError) in _ = try object.integer("a", in: 0...30) } == .validationError)
    }

    @Test(
        "what is not JSON, or no object, or nested too deep, is a validation error",
        arguments: [
            "{", "[1]", "\"x\"", "nul", "{\"a\":}", "{\"a\":1e999}", "{\"a\":1,}", "{\"a\":[1,\n ]}",
            "{\"a\":\"\u{1}\"}", "{} {}",
            String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 40),
            "{\"a\":" + String(repeating: "[", count: 40) + String(repeating: "]", count: 40) + "}",
        ])
    func malformed(_ text: String) {
        #expect(code { () throws(RESTError) in _ = try read(text) } == .validationError)
    }

    @Test("bytes that are not UTF-8 are a validation error")
    func invalidText() {
        let bytes = Array("{\"a\":\"".utf8) + [0xFF, 0xC0] + Array("\"}".utf8)
        #expect(
            code { () throws(RESTError) in _ = try RequestObject("call", parsing: bytes) } == .validationError)
    }

    @Test("an empty body is an object without members", arguments: ["", " \r\n"])
    func empty(_ text: String) throws {
        #expect(try !read(text).has("a"))
    }

    @Test("words are compared without case, and another word is told which there are")
    func words() throws {
        #expect(try read("{\"m\":\"get\"}").choice("m", of: Method.self) == .get)
        #expect(try read("{\"m\":\"Post\"}").choice("m", of: Method.self) == .post)
        #expect(throws: RESTError.invalid("m", "one of GET, POST")) {
            try read("{\"m\":\"PUT\"}").choice("m", of: Method.self)
        }
    }

    @Test("a missing member is named with its resource")
    func missing() throws {
        let error = RESTError(
            .missingProperty, "The 'call' resource property 'from' is required but was not specified")
        for text in ["{}", "{\"from\":null}", "{\"from\":\"\"}"] {
            #expect(throws: error) { try read(text).required("from") }
        }
    }

    @Test("an object that a client put into fileUrl by mistake is unwrapped")
    func unwrapped() throws {
        let text =
            "{\"fileUrl\":{\"sentence\":\"hi\",\"gender\":\"female\",\"tag\":null},\"sentence\":null,\"loopEnabled\":true}"
        let object = try read(text).unwrapped("fileUrl")
        #expect(try object.string("sentence") == "hi")
        #expect(try object.string("gender") == "female")
        #expect(try object.boolean("loopEnabled") == true)
        #expect(!object.has("fileUrl") && !object.has("tag"))
    }

    @Test(
        "only absolute http and https URLs are callback URLs",
        arguments: [
            "ftp://a/b", "/ev", "http://", "https:///x", "app.example.net", "http://a b/", "http://a/\\n\\r",
            "http://a:0/", "http://a:65536/",
        ])
    func urls(_ text: String) throws {
        let object = try read("{\"u\":\"\(text)\"}")
        #expect(code { () throws(RESTError) in _ = try object.url("u") } == .callbackInvalidURL)
        #expect(try read("{\"u\":\"https://user:pw@app.example.net:8443/ev?x=1\"}").url("u") != nil)
    }

    @Test("texts may come as numbers, and long ones are refused")
    func texts() throws {
        #expect(try read("{\"a\":12}").string("a") == "12")
        let long = try read("{\"a\":\"\(String(repeating: "x", count: 93))\"}")
        #expect(code { () throws(RESTError) in _ = try long.string("a", upTo: 92) } == .validationError)
        let object = try read("{\"a\":{\"b\":1}}")
        #expect(code { () throws(RESTError) in _ = try object.string("a") } == .validationError)
    }
}
