import Timeline

/// When to send an INVITE again that was refused with 491 (RFC 3261 §14.1): the two sides wait differently, so that
/// they do not collide again.
public enum GlareRetry {
    /// 2.1 to 4 s for the owner of the Call-ID, 0 to 2 s for the other, in units of 10 ms.
    public static func delay(ownsCallID: Bool, using source: inout IdentifierSource) -> Duration {
        let units = ownsCallID ? 210 + source.number(below: 191) : source.number(below: 201)
        return .milliseconds(units * 10)
    }
}
