/// The header fields the switch knows by name; every other field is `.other` and keeps its name as received.
public enum HeaderName: UInt8, Hashable, Sendable, BitwiseCopyable, CaseIterable {
    case via, from, to, callID, cSeq, contact, maxForwards, route, recordRoute, contentType, contentLength
    case contentEncoding, contentDisposition, allow, supported, require, proxyRequire, unsupported
    case authorization, proxyAuthorization, wwwAuthenticate, proxyAuthenticate, expires, minExpires
    case retryAfter, reason, userAgent, server, accept, acceptEncoding, acceptLanguage, date, subject, event
    case subscriptionState, referTo, referredBy, replaces, sessionExpires, minSE, rSeq, rAck
    case pAssertedIdentity, pPreferredIdentity, privacy, diversion, historyInfo, alertInfo, callInfo, warning
    case timestamp, organization, path, allowEvents, authenticationInfo, join, referSub, serviceRoute
    case remotePartyID, mimeVersion
    /// Any other name.
    case other

    /// The long name as it is written; empty for `.other`.
    public var canonical: StaticString {
        switch self {
        case .via: "Via"
        case .from: "From"
        case .to: "To"
        case .callID: "Call-ID"
        case .cSeq: "CSeq"
        case .contact: "Contact"
        case .maxForwards: "Max-Forwards"
        case .route: "Route"
        case .recordRoute: "Record-Route"
        case .contentType: "Content-Type"
        case .contentLength: "Content-Length"
        case .contentEncoding: "Content-Encoding"
        case .contentDisposition: "Content-Disposition"
        case .allow: "Allow"
        case .supported: "Supported"
        case .require: "Require"
        case .proxyRequire: "Proxy-Require"
        case .unsupported: "Unsupported"
        case .authorization: "Authorization"
        case .proxyAuthorization: "Proxy-Authorization"
        case .wwwAuthenticate: "WWW-Authenticate"
        case .proxyAuthenticate: "Proxy-Authenticate"
        case .expires: "Expires"
        case .minExpires: "Min-Expires"
        case .retryAfter: "Retry-After"
        case .reason: "Reason"
        case .userAgent: "User-Agent"
        case .server: "Server"
        case .accept: "Accept"
        case .acceptEncoding: "Accept-Encoding"
        case .acceptLanguage: "Accept-Language"
        case .date: "Date"
        case .subject: "Subject"
        case .event: "Event"
        case .subscriptionState: "Subscription-State"
        case .referTo: "Refer-To"
        case .referredBy: "Referred-By"
        case .replaces: "Replaces"
        case .sessionExpires: "Session-Expires"
        case .minSE: "Min-SE"
        case .rSeq: "RSeq"
        case .rAck: "RAck"
        case .pAssertedIdentity: "P-Asserted-Identity"
        case .pPreferredIdentity: "P-Preferred-Identity"
        case .privacy: "Privacy"
        case .diversion: "Diversion"
        case .historyInfo: "History-Info"
        case .alertInfo: "Alert-Info"
        case .callInfo: "Call-Info"
        case .warning: "Warning"
        case .timestamp: "Timestamp"
        case .organization: "Organization"
        case .path: "Path"
        case .allowEvents: "Allow-Events"
        case .authenticationInfo: "Authentication-Info"
        case .join: "Join"
        case .referSub: "Refer-Sub"
        case .serviceRoute: "Service-Route"
        case .remotePartyID: "Remote-Party-ID"
        case .mimeVersion: "MIME-Version"
        case .other: ""
        }
    }

    /// The field that `name` names, in any case, long or compact (RFC 3261 §7.3.3).
    public init(_ name: [UInt8]) {
        self = name.withUnsafeBufferPointer { buffer in
            guard let view = ByteView(buffer), buffer.allSatisfy({ $0.isToken }) else { return .other }
            return .identify(view, from: 0, to: buffer.count)
        }
    }
}
