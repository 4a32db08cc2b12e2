import SIPMessages

/// The two requests a client transaction makes out of its INVITE.
enum DerivedRequest {
    /// The ACK to a failure response: everything from the INVITE but To, which is the response's (RFC 3261 §17.1.1.3);
    /// nil if the stored bytes are no request.
    static func acknowledgement(of invite: [UInt8], for response: SIPMessage) -> [UInt8]? {
        guard let request = try? MessageParser.parse(invite) else { return nil }
        return derive(.ack, from: request, to: response)
    }

    /// The CANCEL (RFC 3261 §9.1), with a Reason field unless its value is empty (RFC 3326); nil if the stored bytes are
    /// no request.
    static func cancel(of invite: [UInt8], reason: [UInt8]) -> [UInt8]? {
        guard let request = try? MessageParser.parse(invite) else { return nil }
        return derive(.cancel, from: request, to: request, reason: reason)
    }

    private static func derive(
        _ method: Method, from request: SIPMessage, to toSource: SIPMessage, reason: [UInt8] = []
    ) -> [UInt8]? {
        guard case .request(_, _, let uri) = request.startLine else { return nil }
        var writer = MessageWriter(reserving: 512)
        writer.requestLine(method, uri: request.copy(uri))
        writer.header(.via, request.unfolded(request.via.value))
        writer.header(.maxForwards, 70)
        writer.copy(.route, of: request)
        writer.copy(.from, of: request)
        writer.copy(.to, of: toSource)
        writer.copy(.callID, of: request)
        writer.begin(.cSeq)
        writer.append(request.cSeq.number)
        writer.append(" ")
        writer.append(method.token)
        writer.end()
        if !reason.isEmpty { writer.header(.reason, reason) }
        return writer.finish(contentType: nil, body: [])
    }
}
