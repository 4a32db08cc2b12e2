import Addresses
import Crypto
import Foundation
import HTTPService
import Logging
import Routing

/// Finds out which user sends a request: HTTP Basic (RFC 7617), the API token as user and the secret as password.
public struct UserAuthentication: Sendable {
    private let directory: UserDirectory
    private let throttle = LoginThrottle()
    private let logger: Logger

    public init(_ directory: UserDirectory, logger: Logger) {
        self.directory = directory
        self.logger = logger
    }

    /// The user with this id, if `authorization`, the value of the header field, proves that he sends. Throws 401
    /// `authentication-error` where nobody's token and secret were sent, 401 `user-access-denied` where another user's
    /// were, and 404 `user-not-found` where a user asks for one that does not exist. Wrong secrets are answered later and
    /// later, and with 429 `too-many-requests` where an address has sent many of them.
    public func user(
        _ id: String, authorization: String?, from peer: IPAddress
    ) async throws(RESTError) -> User {
        guard let authorization else { throw Self.refused }
        guard !throttle.isOverrun(peer) else {
            var error = RESTError(
                .tooManyRequests, "Too many wrong tokens and secrets came from \(peer); wait a little")
            error.headers = [.init("Retry-After", "3")]
            throw error
        }
        do {
            return try await judge(id, authorization)
        } catch {
            if error.code == .authenticationError {
                let login = BasicCredentials(authorization)?.user ?? []
                await throttle.punish(login, of: "rest", from: peer, logger)
            }
            throw error
        }
    }

    private func judge(_ id: String, _ authorization: String) async throws(RESTError) -> User {
        guard let credentials = Credentials(authorization) else { throw Self.refused }
        guard let users = await directory.users() else {
            throw RESTError(.internalError, "The switch is stopping; try again later")
        }
        if let user = users.first(where: { $0.id == id }), credentials.prove(user) { return user }
        guard users.contains(where: { $0.id != id && credentials.prove($0) }) else { throw Self.refused }
        guard users.contains(where: { $0.id == id }) else {
            throw RESTError(.userNotFound, "The user \(id) was not found")
        }
        throw RESTError(.userAccessDenied, "This API token does not give access to the user \(id)")
    }

    private static var refused: RESTError {
        var error = RESTError(
            .authenticationError, "API token and secret are required as HTTP Basic credentials, and must be valid")
        error.headers = [.init("WWW-Authenticate", "Basic realm=\"martlet\", charset=\"UTF-8\"")]
        return error
    }
}

/// The credentials of a request; they are compared as digests, which takes the same time for every wrong guess.
private struct Credentials {
    private let token: SHA256Digest
    private let secret: SHA256Digest

    init?(_ field: String) {
        guard let basic = BasicCredentials(field) else { return nil }
        token = SHA256.hash(data: basic.user)
        secret = SHA256.hash(data: basic.password)
    }

    func prove(_ user: User) -> Bool {
        let isToken = SHA256.hash(data: Data(user.token.utf8)) == token
        let isSecret = SHA256.hash(data: Data(user.secret.utf8)) == secret
        return isToken && isSecret && !user.secret.isEmpty
    }
}
