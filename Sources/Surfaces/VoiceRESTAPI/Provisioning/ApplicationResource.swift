import CallEvents
import Management
import Routing
import Timeline

/// `/applications`: what the user's numbers lead to, provisioned as by `martlet apply`.
struct ApplicationResource: Sendable {
    /// Where this interface keeps what it does not act on.
    private static let messageURL = "incoming_message_url"
    private static let messageTimeout = "incoming_message_url_callback_timeout"
    private static let messageFallbackURL = "incoming_message_fallback_url"

    let ledger: ProvisioningLedger

    var routes: [VoiceRESTRoute] {
        [
            VoiceRESTRoute(.get, "/applications", list), VoiceRESTRoute(.post, "/applications", create),
            VoiceRESTRoute(.get, "/applications/{applicationId}", read),
            VoiceRESTRoute(.post, "/applications/{applicationId}", update),
            VoiceRESTRoute(.delete, "/applications/{applicationId}", delete),
        ]
    }

    private func list(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let page = try PageRequest(request.query)
        let all = try await RESTError.telling { try await ledger.applications(of: request.user.id) }
        return .page(from: all, page, Self.value)
    }

    private func create(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let object = try await request.object("application")
        let name = try object.required("name", upTo: 255)
        var application = Application(id: ResourceID.application.make(), name: name, user: request.user.id)
        try Self.change(&application, object)
        try await RESTError.telling { [application] in try await ledger.create(application) }
        return .created(request.addresses.url("applications", application.id))
    }

    private func read(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        .value(
            Self.value(
                try await RESTError.telling {
                    try await ledger.application(request["applicationId"], of: request.user.id)
                }))
    }

    private func update(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let object = try await request.object("application")
        try await RESTError.telling {
            try await ledger.updateApplication(request["applicationId"], of: request.user.id) { application in
                if object.has("name") { application.name = try object.required("name", upTo: 255) }
                try Self.change(&application, object)
            }
        }
        return .done
    }

    private func delete(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        try await RESTError.telling {
            try await ledger.deleteApplication(request["applicationId"], of: request.user.id)
        }
        return .done
    }

    // MARK: Members

    /// Takes over what `object` says; members that are not sent stay, and an empty URL goes.
    private static func change(_ application: inout Application, _ object: RequestObject) throws(RESTError) {
        if object.has("incomingCallUrl") { application.incomingCallURL = try object.url("incomingCallUrl") }
        if object.has("incomingCallFallbackUrl") {
            application.incomingCallFallbackURL = try object.url("incomingCallFallbackUrl")
        }
        if let timeout = try object.integer("incomingCallUrlCallbackTimeout", in: 1...10_000) {
            application.callbackTimeout = .milliseconds(timeout)
        }
        application.callbackHTTPMethod =
            try object.choice("callbackHttpMethod", of: CallbackMethod.self) ?? application.callbackHTTPMethod
        application.autoAnswer = try object.boolean("autoAnswer") ?? application.autoAnswer
        for (member, key) in [("incomingMessageUrl", messageURL), ("incomingMessageFallbackUrl", messageFallbackURL)]
        where object.has(member) {
            application.parameters[key] = try object.url(member)
        }
        if let timeout = try object.integer("incomingMessageUrlCallbackTimeout", in: 1...10_000) {
            application.parameters[messageTimeout] = String(timeout)
        }
        try check(application)
    }

    private static func check(_ application: Application) throws(RESTError) {
        let hasMessageURL = application.parameters[messageURL] != nil
        guard application.incomingCallURL != nil || hasMessageURL || application.builtin != nil else {
            throw RESTError(
                .validationError, "An application needs an incomingCallUrl, an incomingMessageUrl, or both")
        }
        guard application.incomingCallURL != nil || application.incomingCallFallbackURL == nil else {
            throw RESTError(.validationError, "incomingCallFallbackUrl needs an incomingCallUrl beside it")
        }
        guard hasMessageURL || application.parameters[messageFallbackURL] == nil else {
            throw RESTError(.validationError, "incomingMessageFallbackUrl needs an incomingMessageUrl beside it")
        }
    }

    private static func value(_ application: Application) -> JSONValue {
        .members([
            "id": .string(application.id), "name": .string(application.name),
            "incomingCallUrl": .text(application.incomingCallURL),
            "incomingCallUrlCallbackTimeout": .integer(application.callbackTimeout.milliseconds),
            "incomingCallFallbackUrl": .text(application.incomingCallFallbackURL),
            "incomingMessageUrl": .text(application.parameters[messageURL]),
            "incomingMessageUrlCallbackTimeout": application.parameters[messageTimeout].flatMap { Int($0) }
                .map { .integer($0) },
            "incomingMessageFallbackUrl": .text(application.parameters[messageFallbackURL]),
            "callbackHttpMethod": .string(application.callbackHTTPMethod.rawValue),
            "autoAnswer": .boolean(application.autoAnswer),
        ])
    }
}
