import SIPMessages

/// What a leg reads out of messages, and how it ends.
extension Leg {
    /// The session description of a message: its body when it is of type application/sdp or has no type.
    public static func description(of message: SIPMessage) -> [UInt8]? {
        hasDescription(message) ? message.copy(message.body) : nil
    }

    /// Whether the message carries a session description.
    static func hasDescription(_ message: SIPMessage) -> Bool {
        guard !message.body.isEmpty else { return false }
        return message.first(.contentType) == nil || message.hasContentType("application/sdp")
    }

    /// The release that a BYE or CANCEL of the peer means, with the cause that its Reason header tells.
    static func release(_ kind: Release.Kind, told request: SIPMessage) -> Release {
        var release = Release(kind)
        request.forEachValue(of: .reason) { value in
            guard let reason = ReasonValue(request, value) else { return }
            switch reason.protocolName {
            case .q850: if let cause = reason.q850 { release.cause = cause }
            case .sip: release.status = UInt16(exactly: reason.cause)
            }
        }
        return release
    }

    /// The failure that a final answer means.
    static func failure(of response: SIPMessage, _ status: StatusCode) -> Failure {
        var failure = Failure(status, .answered)
        if case .response(_, let reason) = response.startLine, !reason.isEmpty {
            failure.phrase = response.copy(reason)
        }
        failure.retryAfter = response.number(of: .retryAfter)
        response.forEachValue(of: .reason) { value in
            if let cause = ReasonValue(response, value)?.q850 { failure.cause = cause }
        }
        if status.rawValue / 100 == 3 {
            response.forEachValue(of: .contact) { value in
                if failure.contacts.count < 8 { failure.contacts.append(response.unfolded(value)) }
            }
        }
        return failure
    }

    /// Writes the Reason header of a release that has a cause (RFC 3326).
    static func writeReason(_ release: Release, to writer: inout MessageWriter) {
        if let reason = reason(release) { writer.header(.reason, reason) }
    }

    /// The value of the Reason header that tells a release: `Q.850;cause=16`, or
    /// `SIP;cause=200;text="Call completed elsewhere"`; nil where it has neither cause nor status.
    static func reason(_ release: Release) -> [UInt8]? {
        var writer = MessageWriter(reserving: 64)
        if let cause = release.cause {
            writer.append("Q.850;cause=")
            writer.append(cause)
        } else if let status = release.status {
            writer.append("SIP;cause=")
            writer.append(status)
            writer.append(";text=\"")
            writer.append(status == 200 ? "Call completed elsewhere" : StatusCode(status).reasonPhrase)
            writer.append("\"")
        } else {
            return nil
        }
        return writer.bytes
    }

    /// Follows a new Contact of the peer (RFC 3261 §12.2.1.2).
    mutating func refreshTarget(from message: SIPMessage) {
        dialog?.refreshTarget(from: message)
        if let dialog { flow = flow.toward(dialog.nextHop) }
    }

    /// Ends the leg at once and frees what it held.
    mutating func finish() {
        state = .ended
        unacknowledgedSuccess = nil
        acknowledgement = nil
        outgoing = nil
        earlyTags = []
        postponedRelease = nil
    }

    /// Ends a leg that waits for nothing any more.
    mutating func endIfQuiet() {
        if state == .ending && requests.isEmpty { finish() }
    }
}

/// One value of a Reason header field: `Q.850;cause=16;text="…"` (RFC 3326 §2).
struct ReasonValue {
    enum Name { case q850, sip }
    var protocolName: Name
    var cause: UInt32

    /// The Q.850 cause that it tells, a number of seven bits; nil for other protocols and other numbers.
    var q850: UInt8? {
        guard protocolName == .q850, (1...127).contains(cause) else { return nil }
        return UInt8(exactly: cause)
    }

    /// nil for other protocols, and where no cause is told.
    init?(_ message: SIPMessage, _ value: ByteRange) {
        let text = message.copy(value)
        let name = text.prefix { $0 != UInt8(ascii: ";") && $0 > 0x20 }
        if name.elementsEqual("Q.850".utf8, by: { $0 | 0x20 == $1 | 0x20 }) {
            protocolName = .q850
        } else if name.elementsEqual("SIP".utf8, by: { $0 | 0x20 == $1 | 0x20 }) {
            protocolName = .sip
        } else {
            return nil
        }
        let skipped = UInt32(name.count)
        let parameters = ByteRange(offset: value.offset &+ skipped, count: value.count &- skipped)
        guard let range = message.parameter("cause", in: parameters), let cause = message.number(range) else {
            return nil
        }
        self.cause = cause
    }
}
