import Addresses
import SIPTransactions
import TestFiles
import Testing

@testable import ConfigurationFiles

@Suite("martlet.yaml")
struct ConfigurationReaderTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func read(_ text: String, _ environment: [String: String] = [:]) throws -> Configuration {
        try Configuration.read(file: folder.write(text), environment: environment).configuration
    }

    @Test("an empty file, a file of comments and a file of empty sections are the defaults")
    func emptyFiles() throws {
        #expect(try read("") == Configuration())
        #expect(try read("# nothing\n") == Configuration())
        #expect(try read("sip:\nmedia:\nlimits: {}\nprovisioning:\n") == Configuration())
    }

    @Test("the documented file is read as the defaults")
    func documentedDefaults() throws {
        let text = """
            node:
              name: node-1
              environment: 1                    # I_ENVIRONMENT
            sip:
              listen: ["udp:0.0.0.0:5060", "tcp:0.0.0.0:5060"]
              advertise: null
              realm: martlet
              digest_algorithms: [MD5, SHA-256]
              tls: { certificate: null, key: null, authorities: null }
              user_agent: martlet/\(Release.version)
              timers: { t1: 500ms, t2: 4s, t4: 5s, no_answer: 180s, session_expires: 1800s }
            media:
              mode: relay
              address: 0.0.0.0
              advertise: null
              ports: 20000-29999
              codecs: [PCMU, PCMA]
              dtmf: rfc4733
              silence_timeout: 60s
              files: var/media
            http:
              listen: ["http:127.0.0.1:8080"]
              trusted_hosts: []
            store: sqlite:var/martlet.db
            control: null
            webhooks: { timeout: 10s, retries: 0, signing_key: null, allow_private_addresses: false }
            limits: { calls: 10000, calls_per_second: 0, calls_per_second_per_source: 0 }
            drain_timeout: 60s
            log: { level: info, format: text }
            provisioning: []
            workers: 0
            """
        #expect(try read(text) == Configuration())
    }

    @Test("every key is read")
    func everyKey() throws {
        let certificate = try folder.write("pem", to: "server.pem")
        let configuration = try read(
            """
            node: { name: edge, environment: 3 }
            sip:
              listen: ["udp:127.0.0.1:5070", "tls:[::1]:5061"]
              advertise: 203.0.113.5
              realm: example.org
              digest_algorithms: [sha-256]
              tls: { certificate: \(certificate), key: \(certificate), authorities: \(certificate) }
              user_agent: other
              timers: { t1: 100ms, t2: 1s, t4: 2s, no_answer: 1m, session_expires: 90s }
            media: { mode: direct, address: 127.0.0.1, advertise: 203.0.113.6, ports: 30001-30010, codecs: [PCMA],
                     dtmf: info, silence_timeout: 0s, files: /media }
            http: { listen: ["https:127.0.0.1:0"], trusted_hosts: [10.0.0.0/8, "::1"] }
            store: sqlite::memory:
            control: /run/martlet.sock
            webhooks: { timeout: 3s, retries: 2, signing_key: k, allow_private_addresses: true,
                        documents_by_post: true }
            limits: { calls: 5, calls_per_second: 6, calls_per_second_per_source: 7 }
            drain_timeout: 2h
            log: { level: debug, format: json }
            provisioning: [one.yaml, two.yaml]
            workers: 2
            """)
        var expected = Configuration()
        expected.node.name = "edge"
        expected.node.environment = 3
        let loopback = IPAddress(v4: 0x7F00_0001)
        expected.sip.listen = [
            ListenAddress(.udp, Endpoint(loopback, 5070)),
            ListenAddress(.tls, Endpoint(IPAddress(high: 0, low: 1), 5061)),
        ]
        expected.sip.advertise = IPAddress("203.0.113.5")
        expected.sip.realm = "example.org"
        expected.sip.digestAlgorithms = [.sha256]
        expected.sip.tls.certificate = certificate
        expected.sip.tls.key = certificate
        expected.sip.tls.authorities = certificate
        expected.sip.userAgent = "other"
        expected.sip.timers.t1 = .milliseconds(100)
        expected.sip.timers.t2 = .seconds(1)
        expected.sip.timers.t4 = .seconds(2)
        expected.sip.timers.noAnswer = .seconds(60)
        expected.sip.timers.sessionExpires = .seconds(90)
        expected.media.mode = .direct
        expected.media.address = loopback
        expected.media.advertise = IPAddress("203.0.113.6")
        expected.media.ports = PortRange(first: 30001, last: 30010)
        expected.media.codecs = [.pcma]
        expected.media.dtmf = .info
        expected.media.silenceTimeout = .zero
        expected.media.files = "/media"
        expected.http.listen = [HTTPListener(isSecure: true, Endpoint(loopback, 0))]
        expected.http.trustedHosts = [
            IPNetwork(IPAddress(v4: 0x0A00_0000), prefixLength: 8),
            IPNetwork(IPAddress(high: 0, low: 1), prefixLength: 128),
        ]
        expected.http.tls = TLSFiles(certificate: certificate, key: certificate)
        expected.store = .memory
        expected.control = "/run/martlet.sock"
        expected.webhooks.timeout = .seconds(3)
        expected.webhooks.retries = 2
        expected.webhooks.signingKey = "k"
        expected.webhooks.allowPrivateAddresses = true
        expected.webhooks.documentsByPost = true
        expected.limits.calls = 5
        expected.limits.callsPerSecond = 6
        expected.limits.callsPerSecondPerSource = 7
        expected.drainTimeout = .seconds(7200)
        expected.log.level = .debug
        expected.log.format = .json
        expected.provisioning = ["one.yaml", "two.yaml"]
        expected.workers = 2
        #expect(configuration == expected)
    }

    @Test("a file that does not exist is an error, unless it is the default one")
    func missingFile() throws {
        #expect(throws: ConfigurationError.self) {
            _ = try Configuration.read(file: folder.path + "/none.yaml", environment: [:])
        }
        #expect(try Configuration.read(file: nil, environment: [:]).configuration == Configuration())
    }

    @Test("the control socket lies beside the store, and under /tmp where its path would be too long")
    func controlSocket() {
        var configuration = Configuration()
        #expect(configuration.controlPath == "var/martlet.sock")
        configuration.store = .memory
        #expect(configuration.controlPath == "var/martlet.sock")
        configuration.store = .file("/srv/a.b/store")
        #expect(configuration.controlPath == "/srv/a.b/store.sock")
        configuration.store = .file("/" + String(repeating: "x", count: 200) + "/martlet.db")
        #expect(configuration.controlPath.hasPrefix("/tmp/martlet-"))
        #expect(configuration.controlPath.utf8.count <= 107)
        configuration.control = "/run/m.sock"
        #expect(configuration.controlPath == "/run/m.sock")
    }
}
