import Addresses
import SIPMessages
import SIPUserAgent
import Synchronization
import Testing
import Timeline

@Suite struct DigestAuthenticatorTests {
    private static let realm = Array("martlet".utf8)
    private static let uri = Array("sip:100@127.0.0.1:5060".utf8)
    private static let home = IPAddress(v4: 0x7F00_0001)
    private static let start = Instant(nanoseconds: 5_000_000_000)

    private func authenticator(
        shard: UInt8 = 0, secret: UInt8 = 7, change: (inout DigestAuthenticator.Configuration) -> Void = { _ in }
    ) -> DigestAuthenticator {
        var configuration = DigestAuthenticator.Configuration(realm: Self.realm)
        configuration.nonceWindow = 64
        change(&configuration)
        return DigestAuthenticator(
            configuration: configuration, functions: TestHashes.functions, secret: Array(repeating: secret, count: 32),
            shard: shard)
    }

    private func answer(
        _ challenges: [DigestChallenge], user: String = "alice", password: String = "alice-secret", count: UInt32 = 1,
        uri: [UInt8] = Self.uri
    ) -> DigestCredentials {
        DigestClient(username: Array(user.utf8), password: Array(password.utf8), functions: TestHashes.functions)
            .answer(
                challenges, method: Array("INVITE".utf8), uri: uri, cnonce: Array("c0ffee".utf8), nonceCount: count)
            ?? DigestCredentials()
    }

    private func verify(
        _ authenticator: inout DigestAuthenticator, _ credentials: DigestCredentials?, at now: Instant = Self.start,
        from source: IPAddress = Self.home, method: String = "INVITE", uri: [UInt8] = Self.uri
    ) -> DigestVerdict {
        authenticator.verify(
            credentials, for: DigestRequest(method: Array(method.utf8), uri: uri, source: source), at: now
        ) { name in
            name == Array("alice".utf8) ? DigestSecret(account: 3, password: Array("alice-secret".utf8)) : nil
        }
    }

    @Test("the right answer to either challenge is accepted")
    func accepted() {
        var authenticator = authenticator()
        let challenges = authenticator.challenges(isStale: false, at: Self.start)
        #expect(challenges.map(\.algorithm) == [.md5, .sha256])
        #expect(challenges[0].nonce == challenges[1].nonce && challenges[0].nonce.count == 32)
        #expect(verify(&authenticator, answer([challenges[0]])) == .accepted(3))
        let next = authenticator.challenges(isStale: false, at: Self.start)
        #expect(verify(&authenticator, answer([next[1]])) == .accepted(3))
    }

    @Test("a request without credentials, or with credentials for another realm, is challenged")
    func withoutCredentials() {
        var authenticator = authenticator()
        #expect(verify(&authenticator, nil) == .challenge(isStale: false))
        var foreign = answer(authenticator.challenges(isStale: false, at: Self.start))
        foreign.realm = Array("elsewhere".utf8)
        #expect(verify(&authenticator, foreign) == .challenge(isStale: false))
        #expect(authenticator.credentials(from: [foreign]) == nil)
        #expect(authenticator.failureCount == 0)
    }

    @Test("unknown users, wrong passwords and forged nonces get the same answer")
    func equalAnswers() {
        var authenticator = authenticator()
        var verdicts: [DigestVerdict] = []
        verdicts.append(
            verify(&authenticator, answer(authenticator.challenges(isStale: false, at: Self.start), password: "guess")))
        verdicts.append(
            verify(&authenticator, answer(authenticator.challenges(isStale: false, at: Self.start), user: "mallory")))
        var other = self.authenticator(secret: 8)
        verdicts.append(verify(&authenticator, answer(other.challenges(isStale: false, at: Self.start))))
        var short = DigestChallenge(realm: Self.realm, nonce: Array("short".utf8))
        verdicts.append(verify(&authenticator, answer([short])))
        short.nonce = Array(repeating: 33, count: 32)
        verdicts.append(verify(&authenticator, answer([short])))
        #expect(verdicts == Array(repeating: .challenge(isStale: false), count: 5))
        #expect(authenticator.failureCount == 2)
    }

    @Test("both kinds of wrong answer cost the same hashes")
    func equalWork() {
        for name in ["alice", "mallory"] {
            let counter = HashCounter()
            let functions = DigestFunctions(
                md5: counter.counting(TestHashes.md5), sha256: counter.counting(TestHashes.sha256))
            var authenticator = DigestAuthenticator(
                configuration: .init(realm: Self.realm), functions: functions, secret: [1], shard: 0)
            let credentials = answer(
                authenticator.challenges(isStale: false, at: Self.start), user: name, password: "x")
            let before = counter.count
            _ = verify(&authenticator, credentials)
            #expect(counter.count - before == 4)
        }
    }

    @Test("an old nonce with the right password is stale, and with a wrong one it is not")
    func stale() {
        var authenticator = authenticator()
        let challenges = authenticator.challenges(isStale: false, at: Self.start)
        let inTime = Self.start + .seconds(120)
        let late = Self.start + .milliseconds(120_001)
        #expect(verify(&authenticator, answer(challenges), at: late) == .challenge(isStale: true))
        #expect(verify(&authenticator, answer(challenges, password: "x"), at: late) == .challenge(isStale: false))
        #expect(
            verify(&authenticator, answer(challenges), at: Self.start + .milliseconds(-2)) == .challenge(isStale: true))
        #expect(verify(&authenticator, answer(challenges), at: inTime) == .accepted(3))
        #expect(authenticator.challenges(isStale: true, at: late).allSatisfy { $0.isStale })
    }

    @Test("nonces in hexadecimal digits are recognised, changed ones are not, and counts go as far as is allowed")
    func hexadecimal() {
        var authenticator = authenticator {
            $0.usesHexadecimalNonces = true
            $0.highestCount = .max
        }
        let challenges = authenticator.challenges(isStale: false, at: Self.start)
        let digits = Set("0123456789abcdef".utf8)
        #expect(challenges[0].nonce.count == 48 && challenges[0].nonce.allSatisfy { digits.contains($0) })
        for count in [1, 256, 70_000, .max] as [UInt32] {
            #expect(verify(&authenticator, answer(challenges, count: count)) == .accepted(3))
        }
        #expect(verify(&authenticator, answer(challenges, count: .max)) == .challenge(isStale: true))
        for position in [0, 20, 47] {
            var changed = authenticator.challenges(isStale: false, at: Self.start)
            changed[0].nonce[position] = changed[0].nonce[position] == 48 ? 49 : 48
            #expect(verify(&authenticator, answer(changed)) == .challenge(isStale: false))
            changed[0].nonce[position] = UInt8(ascii: "g")
            #expect(verify(&authenticator, answer(changed)) == .challenge(isStale: false))
        }
    }

    @Test("a count used before is refused, higher ones go on until 255")
    func replay() {
        var authenticator = authenticator()
        let challenges = authenticator.challenges(isStale: false, at: Self.start)
        let first = answer(challenges, count: 1)
        #expect(verify(&authenticator, first) == .accepted(3))
        #expect(verify(&authenticator, first) == .challenge(isStale: true))
        #expect(verify(&authenticator, answer(challenges, count: 5)) == .accepted(3))
        #expect(verify(&authenticator, answer(challenges, count: 4)) == .challenge(isStale: true))
        #expect(verify(&authenticator, answer(challenges, count: 255)) == .accepted(3))
        #expect(verify(&authenticator, answer(challenges, count: 256)) == .challenge(isStale: true))
        #expect(verify(&authenticator, answer(challenges, count: 257)) == .challenge(isStale: true))
        #expect(verify(&authenticator, answer(challenges, count: 0)) == .challenge(isStale: false))
    }

    @Test("a captured answer is of no use on another shard, for another method or for another number")
    func bindings() {
        var first = authenticator(shard: 0)
        var second = authenticator(shard: 1)
        let captured = answer(first.challenges(isStale: false, at: Self.start))
        #expect(verify(&second, captured) == .challenge(isStale: true))
        #expect(verify(&first, captured, method: "BYE") == .challenge(isStale: false))
        #expect(verify(&first, captured, uri: Array("sip:900@127.0.0.1:5060".utf8)) == .challenge(isStale: false))
        #expect(verify(&first, captured) == .accepted(3))
    }

    private static let uris: [(String, Bool)] = [
        ("sip:127.0.0.1:5060", true), ("sip:100@127.0.0.1", true), ("sip:%3100@127.0.0.1:5060", true),
        ("sip:100@127.0.0.1:5061", false), ("sip:127.0.0.2:5060", false), ("sips:127.0.0.1:5060", false),
        ("junk", false), ("", false),
    ]

    @Test(
        "the hashed URI may leave out the user, and nothing else",
        arguments: uris)
    func hashedURI(uri: String, isAccepted: Bool) {
        var authenticator = authenticator()
        let credentials = answer(authenticator.challenges(isStale: false, at: Self.start), uri: Array(uri.utf8))
        #expect((verify(&authenticator, credentials) == .accepted(3)) == isAccepted)
    }

    @Test("nonces beyond the window are stale, so that a flood of challenges takes no memory and opens no replay")
    func window() {
        var authenticator = authenticator()
        let early = authenticator.challenges(isStale: false, at: Self.start)
        let used = answer(early)
        #expect(verify(&authenticator, used) == .accepted(3))
        for _ in 0..<63 { _ = authenticator.challenges(isStale: false, at: Self.start) }
        #expect(verify(&authenticator, answer(early, count: 2)) == .accepted(3))
        _ = authenticator.challenges(isStale: false, at: Self.start)
        #expect(verify(&authenticator, used) == .challenge(isStale: true))
        #expect(verify(&authenticator, answer(early, count: 3)) == .challenge(isStale: true))
    }

    @Test("answers without qop are taken once where that is allowed, and else never")
    func missingQOP() {
        var strict = authenticator()
        var lenient = authenticator { $0.allowsMissingQOP = true }
        for isLenient in [false, true] {
            var challenge =
                (isLenient
                ? lenient.challenges(isStale: false, at: Self.start)
                : strict.challenges(isStale: false, at: Self.start))[0]
            challenge.hasQOP = false
            challenge.offersAuth = false
            let credentials = answer([challenge])
            #expect(credentials.qop == nil)
            if isLenient {
                #expect(verify(&lenient, credentials) == .accepted(3))
                #expect(verify(&lenient, credentials) == .challenge(isStale: true))
            } else {
                #expect(verify(&strict, credentials) == .challenge(isStale: false))
            }
        }
    }

    @Test("ten wrong answers in a minute bring five minutes of silence, but never for the right one")
    func silence() {
        var authenticator = authenticator()
        func wrong(_ seconds: Int, user: String, from source: IPAddress = Self.home) -> DigestVerdict {
            let now = Self.start + .seconds(seconds)
            let challenges = authenticator.challenges(isStale: false, at: now)
            return verify(&authenticator, answer(challenges, user: user, password: "x"), at: now, from: source)
        }
        for attempt in 0..<10 { #expect(wrong(attempt, user: "user\(attempt)") == .challenge(isStale: false)) }
        #expect(wrong(10, user: "another") == .silence)
        #expect(wrong(10, user: "another", from: IPAddress(v4: 9)) == .challenge(isStale: false))
        let now = Self.start + .seconds(11)
        #expect(verify(&authenticator, nil, at: now) == .challenge(isStale: false))
        #expect(
            verify(&authenticator, answer(authenticator.challenges(isStale: false, at: now)), at: now) == .accepted(3))
        #expect(wrong(311, user: "last") == .challenge(isStale: false))
    }

    @Test("guessing one user from many addresses is met with silence too, and slow mistakes are not")
    func distributedGuessing() {
        var authenticator = authenticator()
        var last: DigestVerdict?
        for attempt in 0..<11 {
            let challenges = authenticator.challenges(isStale: false, at: Self.start)
            last = verify(&authenticator, answer(challenges, password: "x"), from: IPAddress(v4: UInt32(attempt)))
        }
        #expect(last == .silence)
        var patient = self.authenticator()
        for attempt in 0..<40 {
            let now = Self.start + .seconds(7 * attempt)
            let challenges = patient.challenges(isStale: false, at: now)
            #expect(verify(&patient, answer(challenges, password: "x"), at: now) == .challenge(isStale: false))
        }
    }

    @Test("the table of failures stays within its bound")
    func boundedFailures() {
        var authenticator = authenticator { $0.failureCapacity = 64 }
        let challenges = authenticator.challenges(isStale: false, at: Self.start)
        for attempt in 0..<1_000 {
            _ = verify(
                &authenticator, answer(challenges, user: "u\(attempt)", password: "x"),
                from: IPAddress(v4: UInt32(attempt)))
            #expect(authenticator.failureEntryCount <= 65)
        }
        #expect(authenticator.failureCount == 1_000)
    }
}

/// Counts calls of hash functions.
private final class HashCounter: Sendable {
    private let calls = Mutex(0)

    var count: Int { calls.withLock { $0 } }

    func counting(_ hash: @escaping @Sendable ([UInt8]) -> [UInt8]) -> @Sendable ([UInt8]) -> [UInt8] {
        { message in
            self.calls.withLock { $0 += 1 }
            return hash(message)
        }
    }
}
