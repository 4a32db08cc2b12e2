/// Why and by whom a call ended, recorded once and the same everywhere (interfaces.md §5).
public struct CallEnding: Equatable, Sendable {
    /// Who ended it.
    public var endedBy: EndedBy
    /// The final SIP status of the call; 200 for a call that was answered.
    public var status: UInt16
    /// The Q.850 cause, 16 for normal clearing.
    public var cause: UInt8
    /// Number of the clearing cause of the call-channel interface; the table is CallControl's.
    public var clearingCause: UInt8
    /// Number of the hangup cause of the voice events; the table is CallControl's.
    public var hangupCause: UInt8
    /// What the switch, an API user or an application had in mind, as "max_credit_time reached"; may be empty.
    public var detail: [UInt8]

    public init(
        by endedBy: EndedBy, status: UInt16, cause: UInt8, clearingCause: UInt8 = 0, hangupCause: UInt8 = 0
    ) {
        self.endedBy = endedBy
        self.status = status
        self.cause = cause
        self.clearingCause = clearingCause
        self.hangupCause = hangupCause
        detail = []
    }
}
