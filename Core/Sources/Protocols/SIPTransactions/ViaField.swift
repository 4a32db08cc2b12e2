import SIPMessages

extension MessageWriter {
    /// The Via of a request of ours: our address on the flow, the branch, and over datagrams `rport`, so that responses
    /// come back through address translators (RFC 3261 §18.1.1, RFC 3581 §3).
    public mutating func via(over flow: Flow, branch: [UInt8]) {
        begin(.via)
        append("SIP/2.0/")
        append(flow.transport.token)
        append(" ")
        append(flow.local)
        if !flow.transport.isReliable { append(";rport") }
        append(";branch=")
        append(branch)
        end()
    }
}
