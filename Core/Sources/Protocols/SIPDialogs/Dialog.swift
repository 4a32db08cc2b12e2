import SIPMessages
import SIPTransactions

/// What two user agents know of their call or subscription (RFC 3261 §12): who they are, where requests go, and in
/// which order they come. The values that never change lie in one array.
public struct Dialog: Equatable, Sendable {
    /// Whether a request of the peer's is the next one (RFC 3261 §12.2.2).
    public enum RequestVerdict: Equatable, Sendable, BitwiseCopyable {
        /// Newer than everything before: to be processed.
        case inOrder
        /// Older than one before: to be refused with 500.
        case outOfOrder
        /// The number of the last one in a new transaction: a copy over another path, or a peer that does not count.
        case repeated
    }

    private let identity: DialogIdentity
    /// Where the peer wants its requests: the URI of its last Contact.
    public private(set) var remoteTarget: [UInt8]
    /// The proxies on the way.
    public private(set) var routeSet: RouteSet
    /// The number of our last request; 0 before the first.
    public private(set) var localCSeq: UInt32
    /// The number of our last INVITE, which its ACK repeats.
    public private(set) var inviteCSeq: UInt32
    /// The highest number of the peer's requests; nil before the first.
    public private(set) var remoteCSeq: UInt32?
    /// Whether no 2xx has come or gone yet.
    public private(set) var isEarly: Bool
    /// Whether every hop must be secure: the first request had a SIPS URI and came over TLS, or went to one.
    public let isSecure: Bool

    /// The Call-ID.
    public var callID: [UInt8] { Array(identity.callID) }
    /// Our tag.
    public var localTag: [UInt8] { Array(identity.localTag) }
    /// The peer's tag; empty for a peer of RFC 2543.
    public var remoteTag: [UInt8] { Array(identity.remoteTag) }
    /// Our name and URI as they stand in From, without parameters.
    public var localParty: [UInt8] { Array(identity.localParty) }
    /// The peer's name and URI as they stand in To, without parameters.
    public var remoteParty: [UInt8] { Array(identity.remoteParty) }

    /// Whether a message of the peer's, request or response, belongs to this dialog.
    public func matches(_ message: SIPMessage) -> Bool { identity.matches(message) }

    /// Judges the number of a request in this dialog and remembers it. ACK and CANCEL carry the number of their INVITE
    /// and are always in order.
    public mutating func admit(_ request: SIPMessage) -> RequestVerdict {
        if request.method == .ack || request.method == .cancel { return .inOrder }
        let number = request.cSeq.number
        guard let last = remoteCSeq, number <= last else {
            remoteCSeq = number
            return .inOrder
        }
        return number == last ? .repeated : .outOfOrder
    }

    /// Takes the Contact of a target refresh request, or of a 2xx to one, as the new target (RFC 3261 §12.2). Requests
    /// of other methods are no target refresh and change nothing.
    public mutating func refreshTarget(from message: SIPMessage) {
        switch message.method {
        case .invite, .update, .subscribe, .notify, .refer: break
        case .ack, .bye, .cancel, .options, .register, .info, .prack, .message, .publish, .unknown: return
        }
        if let uri = Self.contactURI(of: message) { remoteTarget = uri }
    }

    /// Our own 2xx went out: the dialog is no longer early.
    public mutating func confirm() { isEarly = false }

    /// The 2xx of an early dialog came: its route set and target replace those of the provisional response
    /// (RFC 3261 §13.2.2.4).
    public mutating func confirm(with response: SIPMessage) {
        guard isEarly else { return }
        isEarly = false
        routeSet = response.headers.contains(.recordRoute) ? RouteSet(ofReceivedResponse: response) : .empty
        refreshTarget(from: response)
    }

    /// The Request-URI of our requests.
    public var requestURI: [UInt8] { routeSet.requestURI(to: remoteTarget) }

    /// The URI whose server our requests are sent to: the nearest proxy's, else the peer's own.
    public var nextHop: [UInt8] { routeSet.first ?? remoteTarget }

    /// Begins a request in this dialog: request line, Via, Max-Forwards 70, Route, From, To, Call-ID and CSeq. The number
    /// is the next one; an ACK repeats that of our last INVITE. The caller appends Contact and what else is needed.
    public mutating func nextRequest(_ method: Method, branch: [UInt8], over flow: Flow) -> MessageWriter {
        guard method != .ack else { return acknowledgement(of: inviteCSeq, branch: branch, over: flow) }
        localCSeq &+= 1
        if method == .invite { inviteCSeq = localCSeq }
        return request(method, number: localCSeq, branch: branch, over: flow)
    }

    /// Begins the ACK to a 2xx whose CSeq has `number`.
    public func acknowledgement(of number: UInt32, branch: [UInt8], over flow: Flow) -> MessageWriter {
        request(.ack, number: number, branch: branch, over: flow)
    }

    private func request(_ method: Method, number: UInt32, branch: [UInt8], over flow: Flow) -> MessageWriter {
        var writer = MessageWriter()
        writer.requestLine(method, uri: requestURI)
        writer.via(over: flow, branch: branch)
        writer.append("Max-Forwards: 70\r\n")
        routeSet.write(to: remoteTarget, into: &writer)
        writer.begin(.from)
        write(identity.localParty, tag: identity.localTag, into: &writer)
        writer.begin(.to)
        write(identity.remoteParty, tag: identity.remoteTag, into: &writer)
        writer.begin(.callID)
        writer.append(identity.callID)
        writer.end()
        writer.begin(.cSeq)
        writer.append(number)
        writer.append(" ")
        writer.append(method.token)
        writer.end()
        return writer
    }

    private func write(_ party: ArraySlice<UInt8>, tag: ArraySlice<UInt8>, into writer: inout MessageWriter) {
        writer.append(party)
        if !tag.isEmpty {
            writer.append(";tag=")
            writer.append(tag)
        }
        writer.end()
    }

    private static func contactURI(of message: SIPMessage) -> [UInt8]? {
        message.contact.map { message.unfolded($0.uri) }
    }

    private static func isSIPS(_ uri: [UInt8]) -> Bool {
        guard uri.count > 5, uri[3] | 0x20 == UInt8(ascii: "s"), uri[4] == UInt8(ascii: ":") else { return false }
        return (try? SIPURI(parsing: uri))?.scheme == .sips
    }
}

extension Dialog {
    /// The dialog that a response with `localTag` to `request` creates for its sender. It is early; a request without
    /// a usable Contact is answered to its From.
    public init(asServer request: SIPMessage, over flow: Flow, localTag: [UInt8]) {
        self.init(
            identity: DialogIdentity(ofReceivedRequest: request, localTag: localTag),
            remoteTarget: Self.contactURI(of: request) ?? request.unfolded(request.from.uri),
            routeSet: request.headers.contains(.recordRoute) ? RouteSet(ofReceivedRequest: request) : .empty,
            localCSeq: 0, inviteCSeq: 0, remoteCSeq: request.cSeq.number, isEarly: true,
            isSecure: flow.transport.isSecure && Self.isSIPS(request.copy(request.requestURI)))
    }

    /// The dialog that a response creates for the sender of the request, which went to `requestURI`: early after a 1xx
    /// with a To tag, confirmed after a 2xx. Nil for responses that create none. Without a usable Contact requests go
    /// to `requestURI`.
    public init?(asClient response: SIPMessage, requestURI: [UInt8]) {
        guard let status = response.status, status.rawValue > 100, status.rawValue < 300,
            status.isSuccess || response.to.tag != nil
        else { return nil }
        let number = response.cSeq.number
        self.init(
            identity: DialogIdentity(ofReceivedResponse: response),
            remoteTarget: Self.contactURI(of: response) ?? requestURI,
            routeSet: response.headers.contains(.recordRoute) ? RouteSet(ofReceivedResponse: response) : .empty,
            localCSeq: number, inviteCSeq: response.cSeq.method == .invite ? number : 0, remoteCSeq: nil,
            isEarly: !status.isSuccess, isSecure: Self.isSIPS(requestURI))
    }
}

extension SIPTransport {
    /// Whether bytes travel over TLS.
    fileprivate var isSecure: Bool { self == .tls || self == .wss }
}
