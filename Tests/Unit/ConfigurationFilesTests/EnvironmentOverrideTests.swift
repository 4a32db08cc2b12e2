import Addresses
import TestFiles
import Testing

@testable import ConfigurationFiles

@Suite("Environment variables over martlet.yaml")
struct EnvironmentOverrideTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func read(_ environment: [String: String], _ text: String = "") throws -> Configuration.Reading {
        try Configuration.read(file: folder.write(text), environment: environment)
    }

    @Test("a variable wins over the file")
    func override() throws {
        let environment = [
            "MARTLET_STORE": "sqlite::memory:", "MARTLET_SIP_TIMERS_NO_ANSWER": "5s", "MARTLET_LIMITS_CALLS": "7",
            "MARTLET_SIP_LISTEN": "udp:127.0.0.1:5070, tcp:127.0.0.1:5071", "MARTLET_LOG_FORMAT": "json",
            "MARTLET_HTTP_LISTEN": "", "MARTLET_SIP_ADVERTISE": "null", "PATH": "/bin",
            "MARTLET_WEBHOOKS_ALLOW_PRIVATE_ADDRESSES": "true", "MARTLET_CONTROL": "/run/x.sock",
        ]
        let text = "store: sqlite:file.db\nsip: { advertise: 203.0.113.5, timers: { no_answer: 9s } }"
        let reading = try read(environment, text)
        let configuration = reading.configuration
        #expect(configuration.store == .memory)
        #expect(configuration.sip.timers.noAnswer == .seconds(5))
        #expect(configuration.limits.calls == 7)
        #expect(configuration.sip.listen.map(\.description) == ["udp:127.0.0.1:5070", "tcp:127.0.0.1:5071"])
        #expect(configuration.http.listen.isEmpty)
        #expect(configuration.sip.advertise == nil)
        #expect(configuration.log.format == .json)
        #expect(configuration.webhooks.allowPrivateAddresses)
        #expect(configuration.control == "/run/x.sock")
        #expect(reading.warnings.isEmpty)
    }

    @Test("an error names the variable")
    func errors() {
        for (variable, value) in [
            "MARTLET_LIMITS_CALLS": "many", "MARTLET_SIP_LISTEN": "upd:1.2.3.4:5", "MARTLET_MEDIA_PORTS": "5",
            "MARTLET_DRAIN_TIMEOUT": "5", "MARTLET_MEDIA_CODECS": "", "MARTLET_SIP_TLS_KEY": "/none",
        ] {
            #expect {
                _ = try read([variable: value])
            } throws: { error in
                "\(error)".hasPrefix("\(variable): ") && "\(error)".contains("allowed is")
            }
        }
    }

    @Test("a variable that stands for no key is told of, with what may have been meant")
    func unknownVariable() throws {
        let warnings = try read(["MARTLET_SIP_LISTN": "x"]).warnings
        #expect(warnings.count == 1)
        #expect(warnings[0].contains("MARTLET_SIP_LISTN") && warnings[0].contains("did you mean MARTLET_SIP_LISTEN?"))
    }
}
