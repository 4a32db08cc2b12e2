import Addresses
import SIPMessages
import SIPTransactions
import Timeline

/// The transaction user of one shard: it owns the transactions and mints what messages need, so that legs can send
/// requests and responses without knowing the table (RFC 3261 §8).
public struct UserAgentCore: Sendable {
    /// All transactions of the shard.
    public var transactions: TransactionTable
    /// What the transactions want done; drained by the owner after each step.
    public var effects: [TransactionTable.Effect] = []
    /// Tags, Call-IDs and dice.
    public var identifiers: IdentifierSource
    /// The hash functions of digest authentication.
    public let hashes: DigestFunctions
    /// What we say about ourselves.
    public var settings: UserAgentSettings

    public init(settings: UserAgentSettings, hashes: DigestFunctions, seed: UInt64) {
        self.hashes = hashes
        self.settings = settings
        identifiers = IdentifierSource(seed: seed)
        transactions = TransactionTable(shard: settings.shard, timers: settings.timers, seed: identifiers.next())
    }

    /// A fresh Call-ID: shard and 24 random characters.
    public mutating func mintCallID() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(26)
        IdentifierSource.append(UInt64(settings.shard), to: &bytes)
        identifiers.appendToken(count: 24, to: &bytes)
        return bytes
    }

    /// Answers `request` inside its transaction; `extra` adds header fields behind the copied ones.
    public mutating func respond(
        to request: SIPMessage, _ id: ServerTransactionID, _ response: OutgoingResponse, at now: Instant,
        extra: (inout MessageWriter) -> Void = { _ in }
    ) {
        let bytes = self.bytes(of: response, to: request, extra: extra)
        transactions.respond(id, status: response.status, response: bytes, at: now, into: &effects)
    }

    /// Answers `request` and forgets its transaction: for refusals before authentication, which must cost no memory.
    public mutating func respondStatelessly(
        to request: SIPMessage, _ id: ServerTransactionID, _ response: OutgoingResponse, over flow: Flow,
        extra: (inout MessageWriter) -> Void = { _ in }
    ) {
        let bytes = self.bytes(of: response, to: request, extra: extra)
        transactions.abandon(id)
        effects.append(.transmit(bytes, flow.forResponses(to: request)))
    }

    /// The bytes of a response to `request`; also for requests that have no transaction.
    public func bytes(
        of response: OutgoingResponse, to request: SIPMessage, extra: (inout MessageWriter) -> Void = { _ in }
    ) -> [UInt8] {
        var writer = MessageWriter()
        writer.beginResponse(
            to: request, status: response.status, reason: response.phrase, receivedFrom: response.source,
            toTag: response.toTag)
        extra(&writer)
        writer.header(.server, settings.product)
        return writer.finish(contentType: "application/sdp", body: response.body ?? [])
    }

    /// The credentials that answer a challenge of `response` for a request of its method to `uri`; nil where none of
    /// its challenges can be answered.
    public mutating func credentials(
        answering response: SIPMessage, as client: DigestClient, uri: [UInt8]
    ) -> AnsweredChallenge? {
        let isProxy = response.status == .proxyAuthenticationRequired
        var cnonce: [UInt8] = []
        identifiers.appendToken(count: 16, to: &cnonce)
        let challenges = DigestChallenge.all(of: response, isProxy ? .proxyAuthenticate : .wwwAuthenticate)
        let method = response.copy(response.cSeq.methodToken)
        return client.answer(challenges, method: method, uri: uri, cnonce: cnonce).map {
            AnsweredChallenge(name: isProxy ? .proxyAuthorization : .authorization, credentials: $0)
        }
    }

    /// The branch of a client transaction; nil makes one for an ACK to a 2xx, which is a transaction of its own that
    /// nobody answers.
    public mutating func branch(of id: ClientTransactionID?) -> [UInt8] {
        var branch: [UInt8] = []
        branch.reserveCapacity(TransactionBranch.length)
        if let id {
            transactions.appendBranch(of: id, to: &branch)
        } else {
            transactions.appendUnboundBranch(to: &branch)
        }
        return branch
    }
}

/// Credentials and the header field that carries them.
public struct AnsweredChallenge: Sendable {
    public var name: HeaderName
    public var credentials: DigestCredentials
}

/// A response about to be written.
public struct OutgoingResponse: Sendable {
    public var status: StatusCode
    /// The reason phrase; nil for the standard one.
    public var phrase: [UInt8]?
    /// Our tag in To; nil leaves To as it came.
    public var toTag: [UInt8]?
    /// Where the request came from (RFC 3261 §18.2.1).
    public var source: Endpoint?
    /// A session description.
    public var body: [UInt8]?
}

extension OutgoingResponse {
    public init(
        _ status: StatusCode, toTag: [UInt8]? = nil, source: Endpoint? = nil, phrase: [UInt8]? = nil,
        body: [UInt8]? = nil
    ) {
        self.init(status: status, phrase: phrase, toTag: toTag, source: source, body: body)
    }
}
