import SIPMessages
import SIPTransactions
import Timeline

/// A registration on its way.
struct PhoneRegistration: Sendable {
    let request: RegistrationRequest
    var dialog: PhoneDialog
    var attempts = 0
}

extension PhoneCore {
    /// Sends REGISTER for the address of record (RFC 3261 §10.2).
    mutating func register(
        _ number: UInt32, _ request: RegistrationRequest, over flow: Flow, at now: Instant,
        into outputs: inout [Output]
    ) {
        let address = Array("<\(request.address)>".utf8)
        guard let parsed = try? SIPURI(parsing: Array(request.address.utf8)), parsed.scheme == .sip else {
            outputs.append(.registered(number, .badRequest))
            return
        }
        let bytes = Array(request.address.utf8)
        let hostAndPort = bytes[parsed.host.start...].prefix { $0 != UInt8(ascii: ";") }
        let dialog = PhoneDialog(
            callID: token(20), localAddress: address, localTag: token(10), remoteAddress: address,
            remoteTarget: Array("sip:".utf8) + hostAndPort, flow: flow)
        registrations[number] = PhoneRegistration(request: request, dialog: dialog)
        sendRegister(number, authorization: nil, at: now, into: &outputs)
    }

    mutating func registerAnswered(
        _ number: UInt32, _ response: SIPMessage, _ status: StatusCode, at now: Instant, into outputs: inout [Output]
    ) {
        guard let registration = registrations[number] else { return }
        let retry = authorization(
            for: response, registration.request.credentials, attempts: registration.attempts, method: .register,
            uri: registration.dialog.remoteTarget)
        if let retry {
            registrations[number]?.attempts += 1
            sendRegister(number, authorization: retry, at: now, into: &outputs)
        } else {
            registrations[number] = nil
            outputs.append(.registered(number, status))
        }
    }

    private mutating func sendRegister(
        _ number: UInt32, authorization: (name: HeaderName, credentials: DigestCredentials)?, at now: Instant,
        into outputs: inout [Output]
    ) {
        registrations[number]?.dialog.localSequence += 1
        guard let registration = registrations[number] else { return }
        let request = PhoneMessage.Request(
            method: .register, sequence: registration.dialog.localSequence, authorization: authorization,
            expiry: Int(registration.request.expiry.milliseconds / 1000))
        _ = send(
            request, registration.dialog, over: registration.dialog.flow, user: Self.user(.register, number),
            at: now, into: &outputs)
    }

    /// The credentials that a 401 or 407 asks for; nil where it is another status, where there are none, or where they
    /// were refused already and the challenge does not say that only the nonce was too old.
    mutating func authorization(
        for response: SIPMessage, _ credentials: PhoneCredentials?, attempts: Int, method: Method, uri: [UInt8]
    ) -> (name: HeaderName, credentials: DigestCredentials)? {
        let names: (challenge: HeaderName, answer: HeaderName)
        switch response.status {
        case .some(.unauthorized): names = (.wwwAuthenticate, .authorization)
        case .some(.proxyAuthenticationRequired): names = (.proxyAuthenticate, .proxyAuthorization)
        default: return nil
        }
        let challenges = DigestChallenge.all(of: response, names.challenge)
        guard let credentials, attempts == 0 || attempts == 1 && challenges.contains(where: \.isStale) else {
            return nil
        }
        let answer = PhoneDigest.answer(challenges, credentials, method: method, uri: uri, cnonce: token(16))
        return answer.map { (names.answer, $0) }
    }
}
