import Addresses
import TestFiles
import Testing

@testable import ConfigurationFiles

@Suite("The keys under http")
struct HTTPSettingsTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func read(_ text: String) throws -> HTTPSettings {
        try Configuration.read(file: folder.write(text), environment: [:]).configuration.http
    }

    @Test("an https listener needs a certificate: its own, or that of sip.tls")
    func certificates() throws {
        let files = TLSFiles(certificate: try folder.write("", to: "a.pem"), key: try folder.write("", to: "b.pem"))
        let tls = "tls: { certificate: \(files.certificate ?? ""), key: \(files.key ?? "") }"
        #expect(try read("http: { listen: [\"https:127.0.0.1:0\"], \(tls) }").tls == files)
        let shared = try read("sip: { \(tls) }\nhttp: { listen: [\"https:[::1]:8443\"] }")
        #expect(shared.tls == files)
        #expect(shared.listen.first?.isSecure == true)
        let (one, other) = (files.certificate ?? "", files.key ?? "")
        for tls in [
            "", ", tls: { certificate: \(one) }", ", tls: { key: \(other) }", ", tls: { certificate: n, key: n }",
        ] {
            #expect(throws: ConfigurationError.self) { try read("http: { listen: [\"https:127.0.0.1:0\"]\(tls) }") }
        }
        #expect(try read("http: { listen: [\"http:127.0.0.1:0\"] }").tls == TLSFiles())
        #expect(try read("http: { listen: [] }").listen.isEmpty)
    }

    @Test("a realm holds nothing that old clients stumble over", arguments: ["", "a,b", "a=b", "a\\\"b", "ä", "a\\tb"])
    func realms(_ realm: String) throws {
        #expect(throws: ConfigurationError.self) { try read("http: { realm: \"\(realm)\" }") }
        #expect(
            try read("http: { realm: \"My switch-1.example\", digest_sha256: true }").realm == "My switch-1.example")
        #expect(try read("http: { digest_sha256: true }").offersSHA256)
        #expect(try read("http: { own_numbers_only: true }").ownNumbersOnly && !HTTPSettings().ownNumbersOnly)
        #expect(try !read("").offersSHA256)
    }
}
