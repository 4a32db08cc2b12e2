import ConfigurationFiles
import Logging
import NIOSSL
import SQLiteStore

extension WebhookSettings {
    /// What signs callbacks; nil where they are not signed.
    func signature() throws(ConfigurationError) -> WebhookSignature? {
        guard let signingKey else { return nil }
        guard let signature = WebhookSignature(key: signingKey) else {
            throw Self.problem("signing_key", "the key is not usable: behind whsec_ stands the key in base64")
        }
        return signature
    }

    /// The certificates that receivers may be signed by, beside those that the system trusts.
    func trustedCertificates() throws(ConfigurationError) -> [NIOSSLCertificate] {
        guard let authorities else { return [] }
        guard let found = try? NIOSSLCertificate.fromPEMFile(authorities), !found.isEmpty else {
            throw Self.problem("authorities", "\(authorities) holds no certificate in the form of PEM")
        }
        return found
    }

    private static func problem(_ key: String, _ message: String) -> ConfigurationError {
        ConfigurationError([ConfigurationProblem(.file("configuration", line: 0), "webhooks.\(key)", message)])
    }

    /// How events are kept.
    var journal: EventJournal.Settings {
        var journal = EventJournal.Settings()
        journal.retention = retention
        journal.mostEvents = maxEvents
        return journal
    }
}

extension EventJournal.Notice {
    /// Says it to the operator.
    func log(to logger: Logger) {
        switch self {
        case .failed(let error, let waiting):
            logger.error("events cannot be written", metadata: ["reason": "\(error)", "waiting": "\(waiting)"])
        case .recovered: logger.notice("events can be written again")
        case .lost(let count): logger.critical("events are lost", metadata: ["count": "\(count)"])
        case .forgot(let sequence, let count):
            logger.info("old events were forgotten", metadata: ["before": "\(sequence)", "count": "\(count)"])
        }
    }
}
