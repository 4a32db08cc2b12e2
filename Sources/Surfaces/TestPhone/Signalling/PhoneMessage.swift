import Addresses
import SIPMessages
import SIPTransactions

/// The messages a phone writes.
enum PhoneMessage {
    /// The methods a phone understands.
    static let allow: StaticString = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE"

    /// What varies between requests of one dialog.
    struct Request {
        var method: Method
        var sequence: UInt32
        var branch: [UInt8] = []
        var authorization: (name: HeaderName, credentials: DigestCredentials)?
        var body: [UInt8] = []
        /// The Request-URI where it is not the dialog's target.
        var uri: [UInt8]?
        /// Seconds of the Expires field; nil leaves it out.
        var expiry: Int?
    }

    /// A request of `dialog` that leaves on `flow`.
    static func request(_ request: Request, _ dialog: PhoneDialog, over flow: Flow) -> [UInt8] {
        var writer = MessageWriter()
        let path = dialog.requestPath
        writer.requestLine(request.method, uri: request.uri ?? path.uri)
        writer.begin(.via)
        writer.append("SIP/2.0/")
        writer.append(flow.transport.token)
        writer.append(" ")
        writer.append(flow.local)
        writer.append(";branch=")
        writer.append(request.branch)
        writer.append(";rport")
        writer.end()
        writer.header(.maxForwards, 70)
        for route in path.routes { writer.header(.route, route) }
        address(.from, dialog.localAddress, tag: dialog.localTag, into: &writer)
        address(.to, dialog.remoteAddress, tag: dialog.remoteTag, into: &writer)
        writer.header(.callID, dialog.callID)
        writer.begin(.cSeq)
        writer.append(request.sequence)
        writer.append(" ")
        writer.append(request.method.token)
        writer.end()
        if request.method != .bye { contact(dialog, flow, into: &writer) }
        if let expiry = request.expiry { writer.header(.expires, expiry) }
        if let (name, credentials) = request.authorization { credentials.write(as: name, into: &writer) }
        if request.method == .invite { writer.header(.allow, allow) }
        writer.header(.userAgent, "martlet-phone")
        return writer.finish(contentType: "application/sdp", body: request.body)
    }

    /// A response to `request`; `dialog` gives it the To tag and the Contact that make a dialog.
    static func response(
        to request: SIPMessage, _ status: StatusCode, from flow: Flow, dialog: PhoneDialog?, body: [UInt8] = [],
        extra: (inout MessageWriter) -> Void = { _ in }
    ) -> [UInt8] {
        var writer = MessageWriter()
        writer.beginResponse(to: request, status: status, receivedFrom: flow.remote, toTag: dialog?.localTag)
        if let dialog, status.rawValue < 300, status != .trying, request.method == .invite || request.method == .update
        {
            writer.copy(.recordRoute, of: request)
            contact(dialog, flow, into: &writer)
        }
        if status.isSuccess || status == .methodNotAllowed { writer.header(.allow, allow) }
        writer.header(.userAgent, "martlet-phone")
        extra(&writer)
        return writer.finish(contentType: "application/sdp", body: body)
    }

    private static func address(_ name: HeaderName, _ value: [UInt8], tag: [UInt8], into writer: inout MessageWriter) {
        writer.begin(name)
        writer.append(value)
        if !tag.isEmpty {
            writer.append(";tag=")
            writer.append(tag)
        }
        writer.end()
    }

    private static func contact(_ dialog: PhoneDialog, _ flow: Flow, into writer: inout MessageWriter) {
        writer.begin(.contact)
        writer.append("<sip:")
        if let user = user(of: dialog.localAddress) {
            writer.append(user)
            writer.append("@")
        }
        writer.append(flow.local)
        writer.append(">")
        writer.end()
    }

    /// The user part of the URI in a From or To value.
    private static func user(of address: [UInt8]) -> [UInt8]? {
        guard let start = address.firstIndex(of: UInt8(ascii: "<")),
            let end = address[start...].firstIndex(of: UInt8(ascii: ">"))
        else { return nil }
        let uri = Array(address[(start + 1)..<end])
        guard let user = (try? SIPURI(parsing: uri))?.user else { return nil }
        return Array(uri[user.start..<user.end])
    }
}
