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

    /// Call-ID, local tag, remote tag, local party and remote party, one after the other.
    private let identity: [UInt8]
    private let ends: (callID: UInt32, localTag: UInt32, remoteTag: UInt32, localParty: UInt32)
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

    /// The dialog that a response with `localTag` to `request` creates for its sender. It is early; a request without
    /// a usable Contact is answered to its From.
    public init(asServer request: SIPMessage, over flow: Flow, localTag: [UInt8]) {
        self.init(
            callID: request.callID, local: request.to, localTag: localTag, remote: request.from, of: request,
            isSecure: flow.transport.isSecure && Self.isSIPS(request.copy(request.requestURI)))
        remoteTarget = Self.contactURI(of: request) ?? request.unfolded(request.from.uri)
        routeSet = request.headers.contains(.recordRoute) ? RouteSet(ofReceivedRequest: request) : .empty
        remoteCSeq = request.cSeq.number
    }

    /// The dialog that a response creates for the sender of the request, which went to `requestURI`: early after a 1xx
    /// with a To tag, confirmed after a 2xx. Nil for responses that create none. Without a usable Contact requests go
    /// to `requestURI`.
    public init?(asClient response: SIPMessage, requestURI: [UInt8]) {
        guard let status = response.status, status.rawValue > 100, status.rawValue < 300,
            status.isSuccess || response.to.tag != nil
        else { return nil }
        self.init(
            callID: response.callID, local: response.from, localTag: nil, remote: response.to, of: response,
            isSecure: Self.isSIPS(requestURI))
        remoteTarget = Self.contactURI(of: response) ?? requestURI
        routeSet = response.headers.contains(.recordRoute) ? RouteSet(ofReceivedResponse: response) : .empty
        localCSeq = response.cSeq.number
        if response.cSeq.method == .invite { inviteCSeq = localCSeq }
        isEarly = !status.isSuccess
    }

    private init(
        callID: ByteRange, local: NameAddress, localTag: [UInt8]?, remote: NameAddress, of message: SIPMessage,
        isSecure: Bool
    ) {
        var identity: [UInt8] = []
        identity.reserveCapacity(
            Int(callID.count + local.value.count + remote.value.count) + (localTag?.count ?? 0))
        message.append(callID, to: &identity)
        let callIDEnd = UInt32(clamping: identity.count)
        if let localTag { identity += localTag } else if let tag = local.tag { message.append(tag, to: &identity) }
        let localTagEnd = UInt32(clamping: identity.count)
        if let tag = remote.tag { message.append(tag, to: &identity) }
        let remoteTagEnd = UInt32(clamping: identity.count)
        Self.appendParty(local, of: message, to: &identity)
        let localPartyEnd = UInt32(clamping: identity.count)
        Self.appendParty(remote, of: message, to: &identity)
        self.identity = identity
        ends = (callIDEnd, localTagEnd, remoteTagEnd, localPartyEnd)
        self.isSecure = isSecure
        remoteTarget = []
        routeSet = .empty
        localCSeq = 0
        inviteCSeq = 0
        isEarly = true
    }

    public static func == (left: Dialog, right: Dialog) -> Bool {
        left.identity == right.identity && left.ends == right.ends && left.remoteTarget == right.remoteTarget
            && left.routeSet == right.routeSet && left.localCSeq == right.localCSeq
            && left.inviteCSeq == right.inviteCSeq && left.remoteCSeq == right.remoteCSeq
            && left.isEarly == right.isEarly && left.isSecure == right.isSecure
    }

    private var callIDSlice: ArraySlice<UInt8> { identity[..<Int(ends.callID)] }
    private var localTagSlice: ArraySlice<UInt8> { identity[Int(ends.callID)..<Int(ends.localTag)] }
    private var remoteTagSlice: ArraySlice<UInt8> { identity[Int(ends.localTag)..<Int(ends.remoteTag)] }
    private var localPartySlice: ArraySlice<UInt8> { identity[Int(ends.remoteTag)..<Int(ends.localParty)] }
    private var remotePartySlice: ArraySlice<UInt8> { identity[Int(ends.localParty)...] }

    /// The Call-ID.
    public var callID: [UInt8] { Array(callIDSlice) }
    /// Our tag.
    public var localTag: [UInt8] { Array(localTagSlice) }
    /// The peer's tag; empty for a peer of RFC 2543.
    public var remoteTag: [UInt8] { Array(remoteTagSlice) }
    /// Our name and URI as they stand in From, without parameters.
    public var localParty: [UInt8] { Array(localPartySlice) }
    /// The peer's name and URI as they stand in To, without parameters.
    public var remoteParty: [UInt8] { Array(remotePartySlice) }

    /// Whether a message of the peer's, request or response, belongs to this dialog.
    public func matches(_ message: SIPMessage) -> Bool {
        let local = message.isRequest ? message.to.tag : message.from.tag
        let remote = message.isRequest ? message.from.tag : message.to.tag
        return identity.withUnsafeBufferPointer { identity in
            Self.isEqual(message, message.callID, identity, 0, ends.callID)
                && Self.isEqual(message, local, identity, ends.callID, ends.localTag)
                && Self.isEqual(message, remote, identity, ends.localTag, ends.remoteTag)
        }
    }

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
        write(localPartySlice, tag: localTagSlice, into: &writer)
        writer.begin(.to)
        write(remotePartySlice, tag: remoteTagSlice, into: &writer)
        writer.begin(.callID)
        writer.append(callIDSlice)
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

    /// Appends the value without its parameters, blanks at its end cut off.
    private static func appendParty(_ address: NameAddress, of message: SIPMessage, to identity: inout [UInt8]) {
        let start = identity.count
        let end = address.parameters.isEmpty ? address.value.end : address.parameters.start
        message.appendUnfolded(ByteRange(from: address.value.start, to: end), to: &identity)
        while identity.count > start, let last = identity.last, last == 32 || last == 9 { identity.removeLast() }
    }

    private static func contactURI(of message: SIPMessage) -> [UInt8]? {
        message.contact.map { message.unfolded($0.uri) }
    }

    private static func isSIPS(_ uri: [UInt8]) -> Bool {
        guard uri.count > 5, uri[3] | 0x20 == UInt8(ascii: "s"), uri[4] == UInt8(ascii: ":") else { return false }
        return (try? SIPURI(parsing: uri))?.scheme == .sips
    }

    private static func isEqual(
        _ message: SIPMessage, _ range: ByteRange?, _ identity: UnsafeBufferPointer<UInt8>, _ start: UInt32,
        _ end: UInt32
    ) -> Bool {
        guard let range else { return start == end }
        return message.equals(range, UnsafeBufferPointer(rebasing: identity[Int(start)..<Int(end)]))
    }
}

extension SIPTransport {
    /// Whether bytes travel over TLS.
    fileprivate var isSecure: Bool { self == .tls || self == .wss }
}
