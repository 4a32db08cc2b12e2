/// What a server transaction asks its owner to do; the owner holds the bytes of the last response.
public enum ServerTransactionEffect: Equatable, Sendable, BitwiseCopyable {
    /// Keep the response the user just gave, in place of the one before, and send it.
    case send
    /// Send the kept response again.
    case resend
    /// Hand the ACK to a 2xx to the transaction user.
    case deliverAcknowledgement
    /// Tell the user that a failure response to INVITE was never acknowledged.
    case unacknowledged
    /// Tell the user that the transport could not carry a response.
    case transportFailed
}
