import SIPDialogs
import SIPMessages
import SIPUserAgent
import Timeline

/// The session timer of a leg (RFC 4028); a leg without one says nothing about it.
extension Leg {
    /// Gives a server leg a session timer that asks for this many seconds.
    public mutating func keepSession(_ seconds: UInt32) { session = SessionTimer(wanting: seconds) }

    /// Whether an INVITE asks for a shorter session than may be (RFC 4028 §9); a caller that knows no session timers asks
    /// for none.
    public static func isSessionTooShort(_ request: SIPMessage) -> Bool {
        guard request.hasToken(.supported, "timer"), let seconds = request.number(of: .sessionExpires) else {
            return false
        }
        return seconds < SessionTimer.minimum
    }

    /// Takes note of what we have described, for refreshes.
    mutating func remember(_ description: [UInt8]?) {
        if let description { session?.described = description }
    }

    /// Our re-INVITE was refused: where that may pass it is tried again soon.
    mutating func declineRefresh(_ status: StatusCode, _ now: Instant) {
        switch status {
        case .requestPending, .serverInternalError, .serviceUnavailable: session?.refreshFailed(at: now)
        default: session?.refreshDeclined(at: now)
        }
    }

    /// What our INVITE or re-INVITE says: the interval, and once agreed on who refreshes.
    func writeSession(to writer: inout MessageWriter) {
        guard let session else { return }
        let seconds = session.interval == 0 ? session.wanted : session.interval
        writer.begin(.sessionExpires)
        writer.append(seconds)
        if session.interval > 0 { writer.append(session.isRefresher ? ";refresher=uac" : ";refresher=uas") }
        writer.end()
        writer.header(.minSE, Int(session.allowed))
    }

    /// Agrees on what the peer's INVITE or re-INVITE asks for, and writes it into our 2xx: the peer refreshes if it can,
    /// and we for one that cannot.
    mutating func agreeSession(
        with request: SIPMessage, at now: Instant
    ) -> (seconds: UInt32, isOurs: Bool, isRequired: Bool)? {
        guard var timer = session else { return nil }
        let knowsTimers = request.hasToken(.supported, "timer")
        let least = max(SessionTimer.minimum, request.number(of: .minSE) ?? 0)
        let asked = knowsTimers ? request.number(of: .sessionExpires) : nil
        let seconds = max(least, min(asked ?? timer.wanted, timer.wanted))
        let isOurs = !knowsTimers || Self.makesServerRefresh(request)
        timer.agree(on: seconds, isRefresher: isOurs, at: now)
        session = timer
        return (timer.interval, isOurs, knowsTimers)
    }

    /// Agrees on what the peer's 2xx to our INVITE or re-INVITE says.
    mutating func takeSession(of response: SIPMessage, at now: Instant) {
        session?.agree(
            on: response.number(of: .sessionExpires), isRefresher: !Self.makesServerRefresh(response), at: now)
    }

    /// Whether a message says that the server of the INVITE refreshes the session.
    private static func makesServerRefresh(_ message: SIPMessage) -> Bool {
        guard let value = message.first(.sessionExpires), let refresher = message.parameter("refresher", in: value)
        else { return false }
        return message.equals(refresher, lowercase: "uas")
    }

    /// Refreshes the session, or hangs up on a peer that did not.
    mutating func sessionTimeElapsed(
        _ now: Instant, _ userAgent: inout UserAgentCore, _ events: inout [LegEvent]
    ) {
        guard let deadline = session?.nextDeadline, deadline <= now else { return }
        guard state == .confirmed || state == .answered else { return session = nil }
        var effects: [SessionTimer.Effect] = []
        session?.timeElapsed(at: now, into: &effects)
        for effect in effects {
            switch effect {
            case .refresh:
                // It is due again should nothing come of it.
                session?.refreshFailed(at: now)
                if inviteTurn == .free { events.append(.refreshDue) }
            case .expired: loseDialog(now, &userAgent, &events)
            }
        }
    }
}
