import Addresses
import ConfigurationFiles
import HTTPService
import Hummingbird
import Logging
import Management
import PacketLoop
import SIPMessages
import SIPUserAgent
import SwitchRuntime
import Synchronization

/// Finds out who sends a request: by digest, or by an address that is trusted.
final class AccessGate: Sendable {
    /// What the gate decides.
    enum Decision: Sendable {
        case granted(XMLRPCAccess.Caller)
        /// The answer to send instead.
        case refused(Response)
    }

    /// How long a nonce is good.
    private static let nonceLifetime: Duration = .seconds(300)

    private let management: SwitchManagement
    private let authenticator: Mutex<DigestAuthenticator>
    private let throttle = LoginThrottle()
    private let trustedHosts: Mutex<[IPNetwork]>
    private let logger: Logger

    init(_ management: SwitchManagement, settings: HTTPSettings, logger: Logger) {
        var configuration = DigestAuthenticator.Configuration(realm: Array(settings.realm.utf8))
        configuration.algorithms = settings.offersSHA256 ? [.md5, .sha256] : [.md5]
        configuration.nonceLifetime = Self.nonceLifetime
        configuration.nonceWindow = 1 << 16
        configuration.highestCount = .max
        configuration.usesHexadecimalNonces = true
        configuration.allowsMissingQOP = true
        var dice = SystemRandomNumberGenerator()
        let secret = (0..<32).map { _ in UInt8.random(in: 0...255, using: &dice) }
        authenticator = Mutex(
            DigestAuthenticator(configuration: configuration, functions: .crypto, secret: secret, shard: 0))
        self.management = management
        self.logger = logger
        trustedHosts = Mutex(settings.trustedHosts)
    }

    /// Trusts other addresses from now on.
    func trust(_ hosts: [IPNetwork]) { trustedHosts.withLock { $0 = hosts } }

    /// Judges a request from `peer`, by its head alone.
    func judge(_ request: Request, from peer: IPAddress) async -> Decision {
        let fields = request.headers[values: .authorization]
        guard !fields.isEmpty else {
            let isTrusted = isTrusted(peer) && !Self.isSentByPage(request)
            return isTrusted ? .granted(.trusted) : .refused(challenge(isStale: false))
        }
        let all = fields.compactMap { DigestCredentials(Array($0.utf8)) }
        guard let credentials = authenticator.withLock({ $0.credentials(from: all) }) else {
            return .refused(challenge(isStale: false))
        }
        guard !throttle.isOverrun(peer) else {
            return .refused(.text(.tooManyRequests, "too many failed logins", headers: [.retryAfter: "3"]))
        }
        return await verify(credentials, request, from: peer)
    }

    private func verify(_ credentials: DigestCredentials, _ request: Request, from peer: IPAddress) async -> Decision {
        let login = String(decoding: credentials.username, as: UTF8.self)
        let user = await management.apiUser(webLogin: login)
        let target = Array((request.head.path ?? "").utf8)
        let isOurs = Self.path(of: credentials.uri).elementsEqual(Self.path(of: target))
        let question = DigestRequest(
            method: Array(request.method.rawValue.utf8), uri: isOurs ? credentials.uri : target, source: peer)
        let (verdict, failures) = authenticator.withLock { authenticator in
            let before = authenticator.failureCount
            let verdict = authenticator.verify(credentials, for: question, at: MonotonicClock.now) { _ in
                user.map { DigestSecret(account: $0.customer, password: $0.password) }
            }
            return (verdict, authenticator.failureCount - before)
        }
        if case .accepted(let customer) = verdict { return .granted(.customer(customer)) }
        guard failures > 0 else { return .refused(challenge(isStale: verdict == .challenge(isStale: true))) }
        await throttle.punish(Array(credentials.username), of: "xmlrpc", from: peer, logger)
        return .refused(challenge(isStale: false))
    }

    // MARK: Answers

    /// 401 with a challenge for each algorithm, MD5 first, all of them with the same nonce, each in one line whose form
    /// the oldest clients can take apart.
    func challenge(isStale: Bool) -> Response {
        let challenges = authenticator.withLock { $0.challenges(isStale: isStale, at: MonotonicClock.now) }
        var response = Response.text(.unauthorized, "web login and API password are required (HTTP digest)")
        response.headers[values: .wwwAuthenticate] = challenges.map { challenge in
            let realm = String(decoding: challenge.realm, as: UTF8.self)
            let nonce = String(decoding: challenge.nonce, as: UTF8.self)
            let stale = challenge.isStale ? ", stale=true" : ""
            let offer = "qop=\"auth\", algorithm=\(challenge.algorithm.token)\(stale)"
            return "Digest realm=\"\(realm)\", nonce=\"\(nonce)\", \(offer)"
        }
        return response
    }

    private func isTrusted(_ peer: IPAddress) -> Bool {
        trustedHosts.withLock { $0.contains { $0.contains(peer) } }
    }

    /// Whether a browser sent the request for a page: such a page must not borrow the trust in its reader's address.
    private static func isSentByPage(_ request: Request) -> Bool {
        request.headers.contains { $0.name == .origin || $0.name.canonicalName == "sec-fetch-site" }
    }

    /// The path of a request target: without scheme and host, and without the query, which some clients do not hash.
    private static func path(of target: [UInt8]) -> ArraySlice<UInt8> {
        var rest = target[...]
        for scheme in ["http://", "https://"] where rest.starts(with: scheme.utf8) {
            rest = rest.dropFirst(scheme.utf8.count).drop { $0 != UInt8(ascii: "/") }
        }
        return rest.prefix { $0 != UInt8(ascii: "?") }
    }
}
