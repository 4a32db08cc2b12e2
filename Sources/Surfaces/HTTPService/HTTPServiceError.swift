import ConfigurationFiles

/// Why the HTTP service could not start or could not read its certificate again.
public enum HTTPServiceError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A listener could not be bound.
    case listen(HTTPListener, reason: String)
    /// The files of `http.tls` cannot be used.
    case certificate(reason: String)

    public var description: String {
        switch self {
        case .listen(let listener, let reason): "cannot listen on \(listener): \(reason)"
        case .certificate(let reason): "cannot use the TLS certificate: \(reason)"
        }
    }
}
