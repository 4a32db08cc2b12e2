import Testing

@testable import VoiceRESTAPI

@Suite("Errors of the voice REST interface")
struct RESTErrorTests {
    /// The table of the interface, written once more by hand.
    private static let table: [Int: [String]] = [
        400: [
            "validation-error", "missing-property", "callback-invalid-url", "callback-url-invalid",
            "bridge-invalid-operation", "bridge-bridged-callId", "bridge-invalid-state",
        ],
        401: [
            "authentication-error", "user-access-denied", "number-access-denied", "no-allocated-number",
        ],
        403: [
            "insufficient-available-balance", "call-rate-limit", "conference-max-members",
            "application-access-denied", "bridge-callIds-overflow", "maximum-recording-value-request",
            "call-id-not-found", "invalid-call-conference-id", "conference-error", "call-audio-invalid-state",
            "call-invalid-state", "invalid-call-to-number", "invalid-destination-number", "invalid-recording-state",
            "media-size-overflow", "media-invalid-url", "media-not-supported",
        ],
        404: [
            "user-not-found", "application-not-found", "media-not-found", "bridge-not-found", "recording-not-found",
            "conference-not-found", "conference-member-not-found", "call-not-found", "number-not-found",
            "transcription-not-found", "user-error-not-found", "resource-not-found",
        ],
        409: [
            "call-duplicate-gather-error", "conflicted-recording-values-request", "call-update-conflict",
            "bridge-update-conflict", "conference-update-conflict", "conference-member-update-conflict",
            "recording-update-conflict", "call-duplicated-error", "duplicate-bridge", "duplicate-conference",
            "duplicate-recording", "duplicate-transcription", "duplicate-number", "duplicate-application",
        ],
        429: [
            "rate-limit-reached", "too-many-requests",
        ],
        500: [
            "backend-protocol-support-failure"
        ],
        503: [
            "call-unavailable", "call-creation-failure", "audio-update-failure", "call-transfer-error",
            "send-dtmf-failure", "bridge-create-error", "bridge-update-error", "speak-error", "media-unavailable",
            "gateway-unavailable", "internal-error",
        ],
    ]

    @Test("every code has the status of the interface's table, and there are no others")
    func statuses() {
        var expected: [String: Int] = [:]
        for (status, codes) in Self.table {
            for code in codes { expected[code] = status }
        }
        let codes = RESTErrorCode.allCases.map { ($0.rawValue, $0.status) }
        #expect(Dictionary(uniqueKeysWithValues: codes) == expected)
    }

    @Test("categories follow the status but for those that the interface names otherwise")
    func categories() {
        #expect(RESTErrorCode.validationError.category == .badRequest)
        #expect(RESTErrorCode.authenticationError.category == .authentication)
        #expect(RESTErrorCode.userAccessDenied.category == .authorization)
        #expect(RESTErrorCode.insufficientAvailableBalance.category == .credit)
        #expect(RESTErrorCode.callRateLimit.category == .limit)
        #expect(RESTErrorCode.conferenceMaxMembers.category == .limit)
        #expect(RESTErrorCode.callInvalidState.category == .forbidden)
        #expect(RESTErrorCode.callNotFound.category == .notFound)
        #expect(RESTErrorCode.callDuplicateGather.category == .conflict)
        #expect(RESTErrorCode.rateLimitReached.category == .tooManyRequests)
        #expect(RESTErrorCode.callUnavailable.category == .unavailable)
    }

    @Test("a body has category, code, message and details")
    func body() {
        let body = RESTError(.callNotFound, "The call c-1 was not found").body([("requestMethod", "GET")])
        #expect(
            String(decoding: body.bytes, as: UTF8.self)
                == #"{"category":"not-found","code":"call-not-found","details":[{"name":"requestMethod","#
                + #""value":"GET"}],"message":"The call c-1 was not found"}"#)
    }
}
