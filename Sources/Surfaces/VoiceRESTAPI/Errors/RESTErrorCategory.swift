/// The categories of errors that the voice REST interface names.
public enum RESTErrorCategory: String, Hashable, Sendable, CaseIterable {
    case authentication, authorization, conflict, forbidden, unavailable, credit, limit, payment, backend
    case notFound = "not-found"
    case badRequest = "bad-request"
    case tooManyRequests = "too-many-requests"
}
