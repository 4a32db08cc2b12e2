/// The error codes of the voice REST interface, each with the one status and category that it is answered with.
public enum RESTErrorCode: String, Hashable, Sendable, CaseIterable {
    // 400
    case validationError = "validation-error"
    case missingProperty = "missing-property"
    case callbackInvalidURL = "callback-invalid-url"
    case callbackURLInvalid = "callback-url-invalid"
    case bridgeInvalidOperation = "bridge-invalid-operation"
    case bridgeBridgedCallID = "bridge-bridged-callId"
    case bridgeInvalidState = "bridge-invalid-state"
    // 401
    case authenticationError = "authentication-error"
    case userAccessDenied = "user-access-denied"
    case numberAccessDenied = "number-access-denied"
    case noAllocatedNumber = "no-allocated-number"
    // 403
    case insufficientAvailableBalance = "insufficient-available-balance"
    case callRateLimit = "call-rate-limit"
    case conferenceMaxMembers = "conference-max-members"
    case applicationAccessDenied = "application-access-denied"
    case bridgeCallIDsOverflow = "bridge-callIds-overflow"
    case maximumRecordingValue = "maximum-recording-value-request"
    case callIDNotFound = "call-id-not-found"
    case invalidCallConferenceID = "invalid-call-conference-id"
    case conferenceError = "conference-error"
    case callAudioInvalidState = "call-audio-invalid-state"
    case callInvalidState = "call-invalid-state"
    case invalidCallToNumber = "invalid-call-to-number"
    case invalidDestinationNumber = "invalid-destination-number"
    case invalidRecordingState = "invalid-recording-state"
    case mediaSizeOverflow = "media-size-overflow"
    case mediaInvalidURL = "media-invalid-url"
    case mediaNotSupported = "media-not-supported"
    // 404
    case userNotFound = "user-not-found"
    case applicationNotFound = "application-not-found"
    case mediaNotFound = "media-not-found"
    case bridgeNotFound = "bridge-not-found"
    case recordingNotFound = "recording-not-found"
    case conferenceNotFound = "conference-not-found"
    case conferenceMemberNotFound = "conference-member-not-found"
    case callNotFound = "call-not-found"
    case numberNotFound = "number-not-found"
    case transcriptionNotFound = "transcription-not-found"
    case userErrorNotFound = "user-error-not-found"
    case resourceNotFound = "resource-not-found"
    // 409
    case callDuplicateGather = "call-duplicate-gather-error"
    case conflictedRecordingValues = "conflicted-recording-values-request"
    case callUpdateConflict = "call-update-conflict"
    case bridgeUpdateConflict = "bridge-update-conflict"
    case conferenceUpdateConflict = "conference-update-conflict"
    case conferenceMemberUpdateConflict = "conference-member-update-conflict"
    case recordingUpdateConflict = "recording-update-conflict"
    case callDuplicated = "call-duplicated-error"
    case duplicateBridge = "duplicate-bridge"
    case duplicateConference = "duplicate-conference"
    case duplicateRecording = "duplicate-recording"
    case duplicateTranscription = "duplicate-transcription"
    case duplicateNumber = "duplicate-number"
    case duplicateApplication = "duplicate-application"
    // 429
    case rateLimitReached = "rate-limit-reached"
    case tooManyRequests = "too-many-requests"
    // 500, 503
    case backendProtocolSupportFailure = "backend-protocol-support-failure"
    case callUnavailable = "call-unavailable"
    case callCreationFailure = "call-creation-failure"
    case audioUpdateFailure = "audio-update-failure"
    case callTransferError = "call-transfer-error"
    case sendDTMFFailure = "send-dtmf-failure"
    case bridgeCreateError = "bridge-create-error"
    case bridgeUpdateError = "bridge-update-error"
    case speakError = "speak-error"
    case mediaUnavailable = "media-unavailable"
    case gatewayUnavailable = "gateway-unavailable"
    case internalError = "internal-error"

    /// The HTTP status that an answer with this code has.
    public var status: Int {
        switch self {
        case .validationError, .missingProperty, .callbackInvalidURL, .callbackURLInvalid, .bridgeInvalidOperation,
            .bridgeBridgedCallID, .bridgeInvalidState:
            400
        case .authenticationError, .userAccessDenied, .numberAccessDenied, .noAllocatedNumber: 401
        case .insufficientAvailableBalance, .callRateLimit, .conferenceMaxMembers, .applicationAccessDenied,
            .bridgeCallIDsOverflow, .maximumRecordingValue, .callIDNotFound, .invalidCallConferenceID,
            .conferenceError, .callAudioInvalidState, .callInvalidState, .invalidCallToNumber,
            .invalidDestinationNumber, .invalidRecordingState, .mediaSizeOverflow, .mediaInvalidURL,
            .mediaNotSupported:
            403
        case .userNotFound, .applicationNotFound, .mediaNotFound, .bridgeNotFound, .recordingNotFound,
            .conferenceNotFound, .conferenceMemberNotFound, .callNotFound, .numberNotFound, .transcriptionNotFound,
            .userErrorNotFound, .resourceNotFound:
            404
        case .callDuplicateGather, .conflictedRecordingValues, .callUpdateConflict, .bridgeUpdateConflict,
            .conferenceUpdateConflict, .conferenceMemberUpdateConflict, .recordingUpdateConflict, .callDuplicated,
            .duplicateBridge, .duplicateConference, .duplicateRecording, .duplicateTranscription, .duplicateNumber,
            .duplicateApplication:
            409
        case .rateLimitReached, .tooManyRequests: 429
        case .backendProtocolSupportFailure: 500
        case .callUnavailable, .callCreationFailure, .audioUpdateFailure, .callTransferError, .sendDTMFFailure,
            .bridgeCreateError, .bridgeUpdateError, .speakError, .mediaUnavailable, .gatewayUnavailable,
            .internalError:
            503
        }
    }

    /// The category that an answer with this code names.
    public var category: RESTErrorCategory {
        switch self {
        case .authenticationError: .authentication
        case .userAccessDenied, .numberAccessDenied, .noAllocatedNumber: .authorization
        case .insufficientAvailableBalance: .credit
        case .callRateLimit, .conferenceMaxMembers: .limit
        default:
            switch status {
            case 400: .badRequest
            case 403: .forbidden
            case 404: .notFound
            case 409: .conflict
            case 429: .tooManyRequests
            case 500: .backend
            default: .unavailable
            }
        }
    }
}
