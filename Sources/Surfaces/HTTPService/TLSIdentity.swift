import ConfigurationFiles
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import Synchronization

/// The certificate and key that secure listeners show, read from PEM files; new connections see what was read last.
final class TLSIdentity: Sendable {
    private let settings: TLSFiles
    private let plain: HTTP1Channel
    private let current: Mutex<TLSChannel<HTTP1Channel>>

    /// Reads the files; `plain` speaks HTTP inside of TLS.
    init(_ settings: TLSFiles, around plain: HTTP1Channel) throws(HTTPServiceError) {
        self.settings = settings
        self.plain = plain
        current = Mutex(try Self.channel(settings, plain))
    }

    /// Reads the files again. Where they cannot be used, this throws and the old certificate stays.
    func reload() throws(HTTPServiceError) {
        let channel = try Self.channel(settings, plain)
        current.withLock { $0 = channel }
    }

    /// Makes a new connection a secure one.
    func setup(_ channel: any Channel, _ logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        current.withLock { $0 }.setup(channel: channel, logger: logger)
    }

    private static func channel(
        _ settings: TLSFiles, _ plain: HTTP1Channel
    ) throws(HTTPServiceError) -> TLSChannel<HTTP1Channel> {
        guard let certificate = settings.certificate, let key = settings.key else {
            throw .certificate(reason: "an https listener needs http.tls.certificate and http.tls.key")
        }
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate)
            guard !chain.isEmpty else { throw HTTPServiceError.certificate(reason: "\(certificate) holds none") }
            let privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
            let configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
            return try TLSChannel(plain, tlsConfiguration: configuration)
        } catch let error as HTTPServiceError {
            throw error
        } catch {
            let files = "\(certificate) or \(key)"
            throw .certificate(reason: "\(files) cannot be read as PEM, or they do not belong together (\(error))")
        }
    }
}
