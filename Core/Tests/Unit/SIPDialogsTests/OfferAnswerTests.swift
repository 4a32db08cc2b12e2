import SIPDialogs
import Testing
import Timeline

@Suite struct OfferAnswerTests {
    @Test("every event in every state has the verdict and the next state of RFC 3264")
    func table() {
        let rows: [([OfferAnswer.Event], OfferAnswer.Event, OfferAnswer.Verdict, OfferAnswer.State)] = [
            ([], .sentOffer, .accepted, .localOfferPending),
            ([], .receivedOffer, .accepted, .remoteOfferPending),
            ([], .sentAnswer, .unexpected, .stable),
            ([], .receivedAnswer, .unexpected, .stable),
            ([], .failed, .accepted, .stable),
            ([.sentOffer], .sentOffer, .mustWait, .localOfferPending),
            ([.sentOffer], .receivedOffer, .glare, .localOfferPending),
            ([.sentOffer], .sentAnswer, .unexpected, .localOfferPending),
            ([.sentOffer], .receivedAnswer, .accepted, .stable),
            ([.sentOffer], .failed, .accepted, .stable),
            ([.receivedOffer], .sentOffer, .mustWait, .remoteOfferPending),
            ([.receivedOffer], .receivedOffer, .foreignOfferPending, .remoteOfferPending),
            ([.receivedOffer], .sentAnswer, .accepted, .stable),
            ([.receivedOffer], .receivedAnswer, .unexpected, .remoteOfferPending),
            ([.receivedOffer], .failed, .accepted, .stable),
        ]
        for (way, event, verdict, state) in rows {
            var session = OfferAnswer()
            for step in way { #expect(session.receive(step) == .accepted) }
            #expect(session.receive(event) == verdict, "\(way) \(event)")
            #expect(session.state == state, "\(way) \(event)")
        }
    }

    @Test("an offer in INVITE is answered in 200, and repeated answers are ignored")
    func early() {
        var session = OfferAnswer()
        #expect(session.receive(.sentOffer) == .accepted)
        #expect(!session.hasSession)
        #expect(session.receive(.receivedAnswer) == .accepted)
        #expect(session.receive(.receivedAnswer) == .unexpected)
        #expect(session.hasSession)
    }

    @Test("a delayed offer goes out in 200 and is answered in ACK")
    func delayed() {
        var caller = OfferAnswer()
        var callee = OfferAnswer()
        #expect(callee.receive(.sentOffer) == .accepted)
        #expect(caller.receive(.receivedOffer) == .accepted)
        #expect(caller.receive(.sentAnswer) == .accepted)
        #expect(callee.receive(.receivedAnswer) == .accepted)
        #expect(caller.hasSession && callee.hasSession)
    }

    @Test("a refused re-INVITE leaves the session as it was")
    func refused() {
        var session = OfferAnswer()
        _ = session.receive(.sentOffer)
        _ = session.receive(.receivedAnswer)
        _ = session.receive(.receivedOffer)
        #expect(session.receive(.failed) == .accepted)
        #expect(session.hasSession)
        #expect(session.state == .stable)
    }

    @Test("INVITEs take turns: crossing ones are glare, a second one before the answer waits")
    func turns() {
        let rows: [(InviteTurn.State, InviteTurn.Event, InviteTurn.Verdict, InviteTurn.State)] = [
            (.free, .sent, .accepted, .local), (.free, .received, .accepted, .remote),
            (.free, .finished, .accepted, .free),
            (.local, .sent, .mustWait, .local), (.local, .received, .glare, .local),
            (.local, .finished, .accepted, .free),
            (.remote, .sent, .mustWait, .remote), (.remote, .received, .foreignInvitePending, .remote),
            (.remote, .finished, .accepted, .free),
        ]
        for (state, event, verdict, next) in rows {
            var turn = InviteTurn(state)
            #expect(turn.receive(event) == verdict, "\(state) \(event)")
            #expect(turn.state == next, "\(state) \(event)")
        }
    }

    @Test("after glare the owner of the Call-ID waits 2.1 to 4 s and the other 0 to 2 s, in units of 10 ms")
    func glareDelays() {
        var dice = IdentifierSource(seed: 1)
        var owner: Set<Duration> = []
        var other: Set<Duration> = []
        for _ in 0..<20_000 {
            owner.insert(GlareRetry.delay(ownsCallID: true, using: &dice))
            other.insert(GlareRetry.delay(ownsCallID: false, using: &dice))
        }
        #expect(owner.min() == .milliseconds(2_100))
        #expect(owner.max() == .seconds(4))
        #expect(owner.count == 191)
        #expect(other.min() == .zero)
        #expect(other.max() == .seconds(2))
        #expect(other.count == 201)
    }
}
