/// A response's status code (RFC 3261 §21 and the IANA registry), 100...699.
public struct StatusCode: RawRepresentable, Hashable, Comparable, Sendable, BitwiseCopyable {
    public var rawValue: UInt16

    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The status with this number.
    @inlinable public init(_ number: UInt16) { rawValue = number }

    @inlinable public static func < (left: StatusCode, right: StatusCode) -> Bool { left.rawValue < right.rawValue }

    /// The first digit: 1 for provisional, 2 for success, and so on.
    @inlinable public var `class`: Int { Int(rawValue / 100) }
    /// Whether the transaction goes on: 1xx.
    @inlinable public var isProvisional: Bool { rawValue < 200 }
    /// Whether the request was accepted: 2xx.
    @inlinable public var isSuccess: Bool { rawValue / 100 == 2 }
    /// Whether this ends the transaction: 200 and above.
    @inlinable public var isFinal: Bool { rawValue >= 200 }
}

/// The registered codes by name.
extension StatusCode {
    public static var trying: StatusCode { StatusCode(100) }
    public static var ringing: StatusCode { StatusCode(180) }
    public static var callIsBeingForwarded: StatusCode { StatusCode(181) }
    public static var queued: StatusCode { StatusCode(182) }
    public static var sessionProgress: StatusCode { StatusCode(183) }
    public static var earlyDialogTerminated: StatusCode { StatusCode(199) }
    public static var ok: StatusCode { StatusCode(200) }
    public static var accepted: StatusCode { StatusCode(202) }
    public static var noNotification: StatusCode { StatusCode(204) }
    public static var multipleChoices: StatusCode { StatusCode(300) }
    public static var movedPermanently: StatusCode { StatusCode(301) }
    public static var movedTemporarily: StatusCode { StatusCode(302) }
    public static var useProxy: StatusCode { StatusCode(305) }
    public static var alternativeService: StatusCode { StatusCode(380) }
    public static var badRequest: StatusCode { StatusCode(400) }
    public static var unauthorized: StatusCode { StatusCode(401) }
    public static var paymentRequired: StatusCode { StatusCode(402) }
    public static var forbidden: StatusCode { StatusCode(403) }
    public static var notFound: StatusCode { StatusCode(404) }
    public static var methodNotAllowed: StatusCode { StatusCode(405) }
    public static var notAcceptable: StatusCode { StatusCode(406) }
    public static var proxyAuthenticationRequired: StatusCode { StatusCode(407) }
    public static var requestTimeout: StatusCode { StatusCode(408) }
    public static var gone: StatusCode { StatusCode(410) }
    public static var conditionalRequestFailed: StatusCode { StatusCode(412) }
    public static var requestEntityTooLarge: StatusCode { StatusCode(413) }
    public static var requestURITooLong: StatusCode { StatusCode(414) }
    public static var unsupportedMediaType: StatusCode { StatusCode(415) }
    public static var unsupportedURIScheme: StatusCode { StatusCode(416) }
    public static var unknownResourcePriority: StatusCode { StatusCode(417) }
    public static var badExtension: StatusCode { StatusCode(420) }
    public static var extensionRequired: StatusCode { StatusCode(421) }
    public static var sessionIntervalTooSmall: StatusCode { StatusCode(422) }
    public static var intervalTooBrief: StatusCode { StatusCode(423) }
    public static var badLocationInformation: StatusCode { StatusCode(424) }
    public static var useIdentityHeader: StatusCode { StatusCode(428) }
    public static var provideReferrerIdentity: StatusCode { StatusCode(429) }
    public static var flowFailed: StatusCode { StatusCode(430) }
    public static var anonymityDisallowed: StatusCode { StatusCode(433) }
    public static var badIdentityInfo: StatusCode { StatusCode(436) }
    public static var unsupportedCertificate: StatusCode { StatusCode(437) }
    public static var invalidIdentityHeader: StatusCode { StatusCode(438) }
    public static var firstHopLacksOutboundSupport: StatusCode { StatusCode(439) }
    public static var maxBreadthExceeded: StatusCode { StatusCode(440) }
    public static var badInfoPackage: StatusCode { StatusCode(469) }
    public static var consentNeeded: StatusCode { StatusCode(470) }
    public static var temporarilyUnavailable: StatusCode { StatusCode(480) }
    public static var callDoesNotExist: StatusCode { StatusCode(481) }
    public static var loopDetected: StatusCode { StatusCode(482) }
    public static var tooManyHops: StatusCode { StatusCode(483) }
    public static var addressIncomplete: StatusCode { StatusCode(484) }
    public static var ambiguous: StatusCode { StatusCode(485) }
    public static var busyHere: StatusCode { StatusCode(486) }
    public static var requestTerminated: StatusCode { StatusCode(487) }
    public static var notAcceptableHere: StatusCode { StatusCode(488) }
    public static var badEvent: StatusCode { StatusCode(489) }
    public static var requestPending: StatusCode { StatusCode(491) }
    public static var undecipherable: StatusCode { StatusCode(493) }
    public static var securityAgreementRequired: StatusCode { StatusCode(494) }
    public static var serverInternalError: StatusCode { StatusCode(500) }
    public static var notImplemented: StatusCode { StatusCode(501) }
    public static var badGateway: StatusCode { StatusCode(502) }
    public static var serviceUnavailable: StatusCode { StatusCode(503) }
    public static var serverTimeout: StatusCode { StatusCode(504) }
    public static var versionNotSupported: StatusCode { StatusCode(505) }
    public static var messageTooLarge: StatusCode { StatusCode(513) }
    public static var pushNotificationServiceNotSupported: StatusCode { StatusCode(555) }
    public static var preconditionFailure: StatusCode { StatusCode(580) }
    public static var busyEverywhere: StatusCode { StatusCode(600) }
    public static var decline: StatusCode { StatusCode(603) }
    public static var doesNotExistAnywhere: StatusCode { StatusCode(604) }
    public static var notAcceptableAnywhere: StatusCode { StatusCode(606) }
    public static var unwanted: StatusCode { StatusCode(607) }
    public static var rejected: StatusCode { StatusCode(608) }

    /// The phrase that the registry gives; a phrase for the class where the code is not registered.
    public var reasonPhrase: StaticString {
        switch rawValue {
        case 100: "Trying"
        case 180: "Ringing"
        case 181: "Call Is Being Forwarded"
        case 182: "Queued"
        case 183: "Session Progress"
        case 199: "Early Dialog Terminated"
        case 200: "OK"
        case 202: "Accepted"
        case 204: "No Notification"
        case 300: "Multiple Choices"
        case 301: "Moved Permanently"
        case 302: "Moved Temporarily"
        case 305: "Use Proxy"
        case 380: "Alternative Service"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 402: "Payment Required"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 407: "Proxy Authentication Required"
        case 408: "Request Timeout"
        case 410: "Gone"
        case 412: "Conditional Request Failed"
        case 413: "Request Entity Too Large"
        case 414: "Request-URI Too Long"
        case 415: "Unsupported Media Type"
        case 416: "Unsupported URI Scheme"
        case 417: "Unknown Resource-Priority"
        case 420: "Bad Extension"
        case 421: "Extension Required"
        case 422: "Session Interval Too Small"
        case 423: "Interval Too Brief"
        case 424: "Bad Location Information"
        case 428: "Use Identity Header"
        case 429: "Provide Referrer Identity"
        case 430: "Flow Failed"
        case 433: "Anonymity Disallowed"
        case 436: "Bad Identity-Info"
        case 437: "Unsupported Certificate"
        case 438: "Invalid Identity Header"
        case 439: "First Hop Lacks Outbound Support"
        case 440: "Max-Breadth Exceeded"
        case 469: "Bad Info Package"
        case 470: "Consent Needed"
        case 480: "Temporarily Unavailable"
        case 481: "Call/Transaction Does Not Exist"
        case 482: "Loop Detected"
        case 483: "Too Many Hops"
        case 484: "Address Incomplete"
        case 485: "Ambiguous"
        case 486: "Busy Here"
        case 487: "Request Terminated"
        case 488: "Not Acceptable Here"
        case 489: "Bad Event"
        case 491: "Request Pending"
        case 493: "Undecipherable"
        case 494: "Security Agreement Required"
        case 500: "Server Internal Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Server Time-out"
        case 505: "Version Not Supported"
        case 513: "Message Too Large"
        case 555: "Push Notification Service Not Supported"
        case 580: "Precondition Failure"
        case 600: "Busy Everywhere"
        case 603: "Decline"
        case 604: "Does Not Exist Anywhere"
        case 606: "Not Acceptable"
        case 607: "Unwanted"
        case 608: "Rejected"
        default: defaultPhrase
        }
    }

    private var defaultPhrase: StaticString {
        switch `class` {
        case 1: "Progress"
        case 2: "Success"
        case 3: "Redirection"
        case 4: "Request Failure"
        case 5: "Server Failure"
        default: "Global Failure"
        }
    }
}
