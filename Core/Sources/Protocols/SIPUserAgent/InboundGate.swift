import SIPMessages

/// The first look at a request outside a dialog: what RFC 3261 §8.2 refuses before anybody is asked who he is.
public enum InboundGate {
    /// Why a request is refused, with what its response has to say.
    public struct Refusal: Equatable, Sendable {
        public var status: StatusCode
        /// Option tags for the Unsupported header of a 420.
        public var unsupported: [UInt8] = []

        init(_ status: StatusCode) { self.status = status }

        /// Writes the header fields that the status asks for.
        public func write(to writer: inout MessageWriter) {
            switch self.status {
            case .badExtension: writer.header(.unsupported, unsupported)
            case .unsupportedMediaType: writer.header(.accept, SupportedMethods.accept)
            case .methodNotAllowed, .notImplemented: writer.header(.allow, SupportedMethods.allow)
            default: break
            }
        }
    }

    /// The refusal that `request` deserves, or nil when it may go on.
    public static func refusal(of request: SIPMessage) -> Refusal? {
        switch request.method {
        case .unknown: return Refusal(.notImplemented)
        case .bye, .info, .update, .prack: return Refusal(.callDoesNotExist)
        case .refer, .notify, .subscribe, .message, .publish: return Refusal(.methodNotAllowed)
        case .invite, .options, .register, .ack, .cancel: break
        }
        if let broken = validate(request) { return Refusal(broken) }
        guard let target = request.requestTarget else { return Refusal(.badRequest) }
        if target.scheme == .other { return Refusal(.unsupportedURIScheme) }
        if let refusal = extensions(of: request) { return refusal }
        return request.method == .invite ? invitation(request) : nil
    }

    private static func validate(_ request: SIPMessage) -> StatusCode? {
        do {
            try request.validate()
            return nil
        } catch {
            return error.status
        }
    }

    /// 420 for every extension that a request requires and that is not ours (RFC 3261 §8.2.2.3).
    private static func extensions(of request: SIPMessage) -> Refusal? {
        var refusal = Refusal(.badExtension)
        for name in [HeaderName.require, .proxyRequire] where refusal.unsupported.isEmpty {
            request.forEachValue(of: name) { tag in
                if request.equals(tag, lowercase: "replaces") || request.equals(tag, lowercase: "timer") { return }
                if !refusal.unsupported.isEmpty { refusal.unsupported += [UInt8(ascii: ","), UInt8(ascii: " ")] }
                refusal.unsupported += request.unfolded(tag)
            }
        }
        return refusal.unsupported.isEmpty ? nil : refusal
    }

    /// Body and answer type of an INVITE (RFC 3261 §8.2.3, §20.1).
    private static func invitation(_ request: SIPMessage) -> Refusal? {
        if request.maxForwards == 0 { return Refusal(.tooManyHops) }
        if !request.body.isEmpty && request.first(.contentType) != nil && !request.hasContentType("application/sdp") {
            return Refusal(.unsupportedMediaType)
        }
        if let coding = request.first(.contentEncoding), !request.equals(coding, lowercase: "identity") {
            return Refusal(.unsupportedMediaType)
        }
        guard request.count(of: .accept) > 0 else { return nil }
        var isAcceptable = false
        request.forEachValue(of: .accept) { range in
            if request.accepts(range, "application/sdp") { isAcceptable = true }
        }
        return isAcceptable ? nil : Refusal(.notAcceptable)
    }
}
