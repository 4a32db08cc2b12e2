import Management

extension RESTError {
    /// What a client is told where a use case of the switch was refused.
    init(_ error: ManagementError) {
        switch (error.code, error.member) {
        case (.wrongReference, "i_ivr_application"):
            self.init(.applicationNotFound, "The application was not found")
        case (.wrongReference, "did"): self.init(.numberNotFound, "The phone number was not found")
        case (.missing, _): self.init(.missingProperty, error.message)
        case (.conflict, _): self.init(.duplicateApplication, error.message)
        case (.notPermitted, _): self.init(.applicationAccessDenied, error.message)
        case (.unavailable, _): self.init(.internalError, error.message)
        default: self.init(.validationError, error.message)
        }
    }

    /// Runs a use case; what it refuses is told as an error of this interface.
    static func telling<Answer: Sendable>(_ work: () async throws -> Answer) async throws -> Answer {
        do {
            return try await work()
        } catch let error as ManagementError {
            throw RESTError(error)
        }
    }
}
