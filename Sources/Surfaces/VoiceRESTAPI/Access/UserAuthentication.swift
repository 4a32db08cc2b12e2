import Crypto
import Foundation
import Routing

/// Finds out which user sends a request: HTTP Basic (RFC 7617), the API token as user and the secret as password.
public struct UserAuthentication: Sendable {
    private let directory: UserDirectory

    public init(_ directory: UserDirectory) { self.directory = directory }

    /// The user with this id, if `authorization`, the value of the header field, proves that he sends. Throws 401
    /// `authentication-error` where nobody's token and secret were sent, 401 `user-access-denied` where another user's
    /// were, and 404 `user-not-found` where a user asks for one that does not exist.
    public func user(_ id: String, authorization: String?) async throws(RESTError) -> User {
        guard let credentials = authorization.flatMap(Credentials.init) else { throw Self.refused }
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
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let data = Data(base64Encoded: parts[1].trimmingCharacters(in: .whitespaces)),
            let colon = data.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        token = SHA256.hash(data: data[..<colon])
        secret = SHA256.hash(data: data[data.index(after: colon)...])
    }

    func prove(_ user: User) -> Bool {
        let isToken = SHA256.hash(data: Data(user.token.utf8)) == token
        let isSecret = SHA256.hash(data: Data(user.secret.utf8)) == secret
        return isToken && isSecret && !user.secret.isEmpty
    }
}
