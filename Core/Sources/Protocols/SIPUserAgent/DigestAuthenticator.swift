import Addresses
import SIPMessages
import Timeline

/// The request that credentials came with.
public struct DigestRequest: Equatable, Sendable {
    /// The method as it stands in the request line.
    public var method: [UInt8]
    /// The Request-URI as it stands there.
    public var uri: [UInt8]
    /// The address that the request came from.
    public var source: IPAddress

    public init(method: [UInt8], uri: [UInt8], source: IPAddress) {
        self.method = method
        self.uri = uri
        self.source = source
    }
}

/// What a user name stands for.
public struct DigestSecret: Equatable, Sendable {
    /// Position of the account, given back when the answer is right.
    public var account: Int
    /// Its password.
    public var password: [UInt8]

    public init(account: Int, password: [UInt8]) {
        self.account = account
        self.password = password
    }
}

/// What credentials proved.
public enum DigestVerdict: Equatable, Sendable {
    /// The request is the account's.
    case accepted(Int)
    /// Challenge it. `isStale` only where the password was right and nothing but the nonce was too old or used up.
    case challenge(isStale: Bool)
    /// Drop it without an answer: too many wrong answers came from there.
    case silence
}

/// The server side of digest authentication (RFC 7616, RFC 8760, RFC 3261 §22) for one shard.
///
/// Nonces are signed and not stored; what is kept is one number per nonce for how often it was used, for the last
/// `nonceWindow` of them, so that a flood of unauthenticated requests takes no memory. A nonce is good on the shard
/// that issued it; others call it stale. Unknown users, users without a password and wrong passwords take the same
/// work and get the same answer.
public struct DigestAuthenticator: Sendable {
    /// What the authenticator is told.
    public struct Configuration: Equatable, Sendable {
        /// The realm of the challenges.
        public var realm: [UInt8]
        /// What is offered, in this order. Many phones and sipp answer the first challenge only and know nothing but
        /// MD5; RFC 8760 §2.3 puts the preferred one first, so put SHA-256 first where all phones can follow.
        public var algorithms: [DigestAlgorithm] = [.md5, .sha256]
        /// How long a nonce is good.
        public var nonceLifetime: Duration = .seconds(120)
        /// Most nonces whose use is remembered; older ones are stale. A power of two, four bytes each.
        public var nonceWindow = 1 << 20
        /// Highest count that a nonce is good for; beyond it the nonce is stale.
        public var highestCount: UInt32 = 255
        /// Whether nonces are written in hexadecimal digits, which the oldest clients of HTTP take apart without harm.
        public var usesHexadecimalNonces = false
        /// Whether answers without qop, the form of RFC 2069, are taken; each uses its nonce up.
        public var allowsMissingQOP = false
        /// Sent in challenges; nil for none. What comes back is not looked at.
        public var opaque: [UInt8]?
        /// Most sources and users whose wrong answers are counted.
        public var failureCapacity = 16_384

        public init(realm: [UInt8]) { self.realm = realm }
    }

    public let configuration: Configuration
    private let functions: DigestFunctions
    private let signer: DigestNonce.Signer
    private let shard: UInt8
    /// For each of the last `nonceWindow` nonces the highest count that came with it.
    private var uses: [UInt32]
    private var issued: UInt32 = 0
    private var table: DigestFailureTable
    /// How many wrong answers came.
    public private(set) var failureCount: UInt64 = 0

    /// All shards of one process are given the same `secret`, 32 random bytes.
    public init(configuration: Configuration, functions: DigestFunctions, secret: [UInt8], shard: UInt8) {
        self.configuration = configuration
        self.functions = functions
        self.shard = shard
        signer = DigestNonce.Signer(secret: secret, realm: configuration.realm, functions: functions)
        var window = 1
        while window < configuration.nonceWindow && window < 1 << 24 { window *= 2 }
        uses = Array(repeating: 0, count: window)
        table = DigestFailureTable(capacity: configuration.failureCapacity)
    }

    /// The challenges of a 401, one per algorithm, all with the same new nonce.
    public mutating func challenges(isStale: Bool, at now: Instant) -> [DigestChallenge] {
        let nonce = DigestNonce(milliseconds: Self.milliseconds(now), shard: shard, number: issued)
        uses[Int(issued) & (uses.count - 1)] = 0
        issued &+= 1
        let text = nonce.text(signedBy: signer, inHexadecimal: configuration.usesHexadecimalNonces)
        return configuration.algorithms.map { algorithm in
            var challenge = DigestChallenge(realm: configuration.realm, nonce: text, algorithm: algorithm)
            challenge.opaque = configuration.opaque
            challenge.isStale = isStale
            return challenge
        }
    }

    /// Judges the credentials of a request; nil where it has none for our realm. `secret` finds what a user name
    /// stands for and is asked once.
    public mutating func verify(
        _ credentials: DigestCredentials?, for request: DigestRequest, at now: Instant,
        secret: ([UInt8]) -> DigestSecret?
    ) -> DigestVerdict {
        guard let credentials, credentials.realm == configuration.realm,
            configuration.algorithms.contains(credentials.algorithm), isWellFormed(credentials)
        else { return .challenge(isStale: false) }
        let known = secret(credentials.username)
        let password = known?.password ?? Self.nobodysPassword
        let expected = functions.response(for: credentials, password: password, method: request.method) ?? []
        let isRight = expected.isEqualInConstantTime(to: credentials.response)
        let nonce = DigestNonce(credentials.nonce, signedBy: signer)
        guard isRight, let known, Self.names(credentials.uri, request.uri) else {
            failureCount &+= 1
            let isSilent = table.note(source: request.source, username: credentials.username, at: now)
            return isSilent ? .silence : .challenge(isStale: false)
        }
        guard let nonce else { return .challenge(isStale: false) }
        return use(nonce, credentials, at: now) ? .accepted(known.account) : .challenge(isStale: true)
    }

    /// The first of the credentials that are for our realm: what `verify` is to be given.
    public func credentials(from all: [DigestCredentials]) -> DigestCredentials? {
        all.first { $0.realm == configuration.realm }
    }

    /// How many sources and users have wrong answers counted.
    public var failureEntryCount: Int { table.count }

    private static let nobodysPassword: [UInt8] = Array("no such password".utf8)
    private static let auth: [UInt8] = Array("auth".utf8)

    /// Whether qop is `auth` with count and cnonce, or absent where that is allowed.
    private func isWellFormed(_ credentials: DigestCredentials) -> Bool {
        guard let qop = credentials.qop else { return configuration.allowsMissingQOP }
        return qop == Self.auth && credentials.cnonce?.isEmpty == false
            && credentials.nonceCount?.count == 8 && credentials.nonceCountNumber ?? 0 > 0
    }

    /// Whether the nonce is fresh and this use of it comes after all others; notes the use.
    private mutating func use(_ nonce: DigestNonce, _ credentials: DigestCredentials, at now: Instant) -> Bool {
        guard nonce.shard == shard, let age = nonce.age(at: Self.milliseconds(now)),
            age <= configuration.nonceLifetime, Int(issued &- nonce.number) <= uses.count, nonce.number != issued
        else { return false }
        let count = credentials.qop == nil ? configuration.highestCount : credentials.nonceCountNumber ?? 0
        let place = Int(nonce.number) & (uses.count - 1)
        guard count > uses[place], count <= configuration.highestCount else { return false }
        uses[place] = count
        return true
    }

    private static func milliseconds(_ now: Instant) -> UInt64 { UInt64(bitPattern: now.nanoseconds / 1_000_000) }

    private static func lowercased(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte | 0x20 : byte }

    /// Whether the URI that was hashed is the Request-URI: the same bytes, or a URI of the same host and port whose
    /// user is the same or absent, because sipp and others hash the registrar's address alone (RFC 7616 §3.4.6).
    private static func names(_ hashed: [UInt8], _ requested: [UInt8]) -> Bool {
        if hashed == requested { return true }
        guard let left = try? SIPURI(parsing: hashed), let right = try? SIPURI(parsing: requested),
            left.scheme == right.scheme
        else { return false }
        let leftPort = left.port ?? 5060
        let rightPort = right.port ?? 5060
        let leftHost = hashed[left.host.start..<left.host.end].map(lowercased)
        let rightHost = requested[right.host.start..<right.host.end].map(lowercased)
        guard leftHost == rightHost && leftPort == rightPort else { return false }
        return left.user == nil || left.unescapedUser(in: hashed) == right.unescapedUser(in: requested)
    }
}
