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
        let own = try read("http: { listen: [\"https:127.0.0.1:0\"], tls: { certificate: a.pem, key: b.pem } }")
        #expect(own.tls == TLSFiles(certificate: "a.pem", key: "b.pem"))
        let shared = try read("sip: { tls: { certificate: c.pem, key: d.pem } }\nhttp: { listen: [\"https:[::1]:8443\"] }")
        #expect(shared.tls == TLSFiles(certificate: "c.pem", key: "d.pem"))
        #expect(shared.listen.first?.isSecure == true)
        for tls in ["", ", tls: { certificate: a.pem }", ", tls: { key: b.pem }"] {
            #expect(throws: ConfigurationError.self) { try read("http: { listen: [\"https:127.0.0.1:0\"]\(tls) }") }
        }
        #expect(try read("http: { listen: [\"http:127.0.0.1:0\"] }").tls == TLSFiles())
        #expect(try read("http: { listen: [] }").listen.isEmpty)
    }

    @Test("a realm holds nothing that old clients stumble over", arguments: ["", "a,b", "a=b", "a\\\"b", "ä", "a\\tb"])
    func realms(_ realm: String) throws {
        #expect(throws: ConfigurationError.self) { try read("http: { realm: \"\(realm)\" }") }
        #expect(try read("http: { realm: \"My switch-1.example\", digest_sha256: true }").realm == "My switch-1.example")
        #expect(try read("http: { digest_sha256: true }").offersSHA256)
        #expect(try !read("").offersSHA256)
    }
}
