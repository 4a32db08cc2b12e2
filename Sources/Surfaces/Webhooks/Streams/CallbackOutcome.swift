/// What came of telling an event to its receiver.
public enum CallbackOutcome: Equatable, Sendable {
    /// A receiver took it; `body` is what it answered to a GET, and with `webhooks.documents_by_post` to a POST where that
    /// is XML: 16 KiB, or the beginning of something longer, cut off after one byte more. `isFallback` where the receiver
    /// was the one of the route's fallback URL.
    case answered(status: Int, body: [UInt8], isFallback: Bool = false)
    /// No receiver took it; why, in words for `/errors`.
    case undeliverable(String)
    /// It has no receiver: it is only kept.
    case kept
    /// It was not sent, for the story of its call forbids it; or nobody waited for it any more.
    case refused
}
