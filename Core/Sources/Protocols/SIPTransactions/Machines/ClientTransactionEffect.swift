/// What a client transaction asks its owner to do; the owner holds the bytes of the request or of its ACK.
public enum ClientTransactionEffect: Equatable, Sendable, BitwiseCopyable {
    /// Send the request for the first time.
    case send
    /// Send the request again.
    case resend
    /// Hand the response just received to the transaction user.
    case deliver
    /// Build the ACK to the failure response just received, keep it in place of the request, and send it.
    case acknowledge
    /// Send the ACK again.
    case acknowledgeAgain
    /// Build a CANCEL of the request and send it in a transaction of its own.
    case sendCancel
    /// Tell the user that no final response came in time.
    case timedOut
    /// Tell the user that the transport could not carry the request or its ACK.
    case transportFailed
}
