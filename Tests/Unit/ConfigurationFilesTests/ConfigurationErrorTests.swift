import Foundation
import TestFiles
import Testing

@testable import ConfigurationFiles

/// A file that is wrong, and what the error must say.
struct WrongFile: CustomTestStringConvertible {
    var text: String
    var expected: [String]
    var testDescription: String { expected.joined(separator: " … ") }

    init(_ text: String, _ expected: String...) {
        self.text = text
        self.expected = expected
    }
}

@Suite("What a wrong martlet.yaml says")
struct ConfigurationErrorTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func complaint(about data: Data, _ environment: [String: String] = [:]) throws -> String {
        let file = try folder.write(data, to: "martlet.yaml")
        do {
            _ = try Configuration.read(file: file, environment: environment)
            return "nothing"
        } catch {
            return error.description.replacing(folder.path + "/", with: "")
        }
    }

    static let wrongFiles = [
        WrongFile("sip:\n  lisen: []", "martlet.yaml:2: sip.lisen: unknown key", "did you mean \"listen\"?"),
        WrongFile("strore: x", "martlet.yaml:1: strore: unknown key", "did you mean \"store\"?"),
        WrongFile(
            "sip: { banana: 1 }", "sip.banana: unknown key; allowed keys are advertise, digest_algorithms, listen"),
        WrongFile(
            "\nsip:\n  listen:\n    - upd:0.0.0.0:5060",
            "martlet.yaml:4: sip.listen[0]: \"upd:0.0.0.0:5060\"", "udp:ADDRESS"),
        WrongFile("sip: { listen: [\"udp:localhost:5060\"] }", "sip.listen[0]"),
        WrongFile("sip: { listen: [\"udp:1.2.3.4:70000\"] }", "sip.listen[0]"),
        WrongFile(
            "sip: { listen: \"udp:0.0.0.0:5060\" }",
            "sip.listen: a single value is not allowed; allowed is a list"),
        WrongFile("sip: { listen: [] }", "sip.listen: an empty list"),
        WrongFile("sip: { listen: [\"udp:1.2.3.4:5\", \"udp:1.2.3.4:5\"] }", "given twice"),
        WrongFile(
            "sip: { listen: [\"tls:0.0.0.0:5061\"] }",
            "sip.listen: \"tls:0.0.0.0:5061\" needs sip.tls.certificate"),
        WrongFile(
            "sip: { tls: { certificate: /none.pem } }",
            "sip.tls.certificate: \"/none.pem\" cannot be read: no such file"),
        WrongFile("sip: { advertise: 0.0.0.0 }", "sip.advertise: \"0.0.0.0\" is not allowed"),
        WrongFile("sip: { realm: 'a\"b' }", "sip.realm"),
        WrongFile("sip: { digest_algorithms: [MD4] }", "sip.digest_algorithms[0]: \"MD4\"", "one of MD5, SHA-256"),
        WrongFile("sip: { digest_algorithms: [MD5-sess] }", "sip.digest_algorithms[0]"),
        WrongFile("sip: { digest_algorithms: [] }", "sip.digest_algorithms: allowed is at least one"),
        WrongFile("sip: { digest_algorithms: [MD5, md5] }", "sip.digest_algorithms", "each once"),
        WrongFile("sip: { user_agent: \"a\\r\\nVia: x\" }", "sip.user_agent: \"a\\u{d}\\u{a}Via: x\""),
        WrongFile("sip: { timers: { t1: fast } }", "sip.timers.t1: \"fast\" is not allowed", "500ms, 10s, 5m or 1h"),
        WrongFile("sip: { timers: { t1: 10 } }", "sip.timers.t1: \"10\""),
        WrongFile("sip: { timers: { t1: 0s } }", "sip.timers.t1: \"0s\"", "1ms or more"),
        WrongFile("sip: { timers: { t1: -5s } }", "sip.timers.t1"),
        WrongFile("sip: { timers: { t1: 5s } }", "sip.timers.t2: \"4s\""),
        WrongFile("sip: { timers: { session_expires: 10s } }", "sip.timers.session_expires", "90s or more"),
        WrongFile("sip: { timers: 5 }", "sip.timers: a single value is not allowed; allowed is a group of keys"),
        WrongFile("sip: [1]", "sip: a list is not allowed; allowed is a group of keys"),
        WrongFile("media: { mode: relaying }", "media.mode: \"relaying\"", "one of relay, direct"),
        WrongFile("media: { ports: 30000 }", "media.ports: \"30000\"", "20000-29999"),
        WrongFile("media: { ports: 30000-20000 }", "media.ports"),
        WrongFile("media: { ports: 30001-30002 }", "media.ports"),
        WrongFile("media: { ports: 0-70000 }", "media.ports"),
        WrongFile("media: { codecs: [G729] }", "media.codecs[0]: \"G729\"", "one of PCMU, PCMA"),
        WrongFile("media: { codecs: [PCMU, PCMU] }", "media.codecs"),
        WrongFile("media: { dtmf: sms }", "media.dtmf", "rfc4733, info, inband"),
        WrongFile("http: { listen: [\"127.0.0.1:80\"] }", "http.listen[0]", "http:ADDRESS:PORT"),
        WrongFile("http: { trusted_hosts: [10.0.0.0/33] }", "http.trusted_hosts[0]"),
        WrongFile("store: postgres://x", "store: \"postgres://x\"", "sqlite:PATH or sqlite::memory:"),
        WrongFile("limits: { calls: many }", "limits.calls: \"many\"", "a whole number from 0"),
        WrongFile("limits: { calls: -1 }", "limits.calls: \"-1\""),
        WrongFile("limits: { calls: \"10\" }", "limits.calls: \"10\"", "without quotes"),
        WrongFile("limits: { calls: 99999999999999999999 }", "limits.calls"),
        WrongFile("limits: { calls: null }", "limits.calls: null is not allowed"),
        WrongFile("limits: { calls: [1] }", "limits.calls: a list is not allowed; allowed is a single value"),
        WrongFile("webhooks: { signing_key: whsec_ }", "webhooks.signing_key: the key is empty or no base64"),
        WrongFile("webhooks: { signing_key: whsec_*** }", "webhooks.signing_key: the key is empty or no base64"),
        WrongFile(
            "webhooks: { authorities: /none.pem }",
            "webhooks.authorities: \"/none.pem\" cannot be read: no such file"),
        WrongFile("webhooks: { allow_private_addresses: maybe }", "webhooks.allow_private_addresses", "true or false"),
        WrongFile(
            "webhooks: { signing_key: env:NONE }",
            "webhooks.signing_key: the environment variable \"NONE\" is not set"),
        WrongFile(
            "log: { level: loud }",
            "log.level: \"loud\"", "trace, debug, info, notice, warning, error, critical"),
        WrongFile("workers: 1000", "workers: \"1000\"", "0 to 64"),
        WrongFile("provisioning: [[a]]", "provisioning[0]: a list is not allowed"),
        WrongFile("- 1", "martlet.yaml:1: a list is not allowed; allowed is a group of keys"),
        WrongFile("just words", "a single value is not allowed"),
        WrongFile("a: 1\na: 2", "martlet.yaml:1: the key \"a\" is given twice"),
        WrongFile("sip:\n\trealm: x", "martlet.yaml:2", "use spaces instead of tabs"),
        WrongFile("sip: {", "martlet.yaml:", "is not YAML"),
        WrongFile("a: *b", "undefined alias"),
        WrongFile("--- 1\n--- 2", "is not YAML"),
        WrongFile("store: 1\u{0}2", "is not YAML"),
        WrongFile("? [a]\n: 1", "a key must be a single word"),
    ]

    @Test("each mistake names file, line, key, value and what is allowed", arguments: wrongFiles)
    func mistake(_ file: WrongFile) throws {
        let complaint = try complaint(about: Data(file.text.utf8))
        for part in file.expected {
            #expect(complaint.contains(part), "\(complaint)")
        }
        #expect(complaint.hasPrefix("martlet.yaml"))
    }

    @Test("all mistakes are told at once")
    func allAtOnce() throws {
        let complaint = try complaint(about: Data("workers: x\nstore: y\nlimits: { calls: z }".utf8))
        #expect(complaint.split(separator: "\n").count == 3)
    }

    @Test("a file that is not UTF-8 is refused with the line")
    func notUTF8() throws {
        let latin1 = Data("a: 1\nb: ".utf8) + [0xE9]
        #expect(try complaint(about: latin1) == "martlet.yaml:2: is not UTF-8 text")
    }

    @Test("a folder is refused")
    func folderInsteadOfFile() {
        #expect(throws: ConfigurationError.self) { _ = try Configuration.read(file: folder.path, environment: [:]) }
    }

    @Test("deep nesting is refused without a crash", arguments: [40, 500, 5_000, 200_000])
    func deepNesting(_ depth: Int) throws {
        let complaint = try complaint(about: Data(String(repeating: "[", count: depth).utf8))
        #expect(complaint.hasPrefix("martlet.yaml"))
        let closed = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(try self.complaint(about: Data(closed.utf8)).hasPrefix("martlet.yaml"))
    }

    @Test("aliases that multiply are refused without a crash")
    func aliasBomb() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<12 {
            text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", "))]\n"
        }
        #expect(try complaint(about: Data(text.utf8)).contains("aliases"))
    }

    @Test("an alias that is used once or twice is what it stands for")
    func harmlessAlias() throws {
        let text = "drain_timeout: &d 7s\nmedia: { silence_timeout: *d }"
        let configuration = try Configuration.read(file: folder.write(text), environment: [:]).configuration
        #expect(configuration.drainTimeout == .seconds(7))
        #expect(configuration.media.silenceTimeout == .seconds(7))
    }

    @Test("a secret is never shown, wherever it is wrong")
    func secretNotShown() throws {
        let complaint = try complaint(about: Data("webhooks: { signing_key: \"top\\nsecret\" }".utf8))
        #expect(complaint.contains("(secret)"))
        #expect(!complaint.contains("top"))
    }
}
