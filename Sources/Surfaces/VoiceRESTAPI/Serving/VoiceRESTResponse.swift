import Hummingbird

/// What a route of the voice REST interface answers.
public enum VoiceRESTResponse: Sendable {
    /// 200 without a body: a command was carried out, something was changed or deleted.
    case done
    /// 201 with the absolute URL of what was made.
    case created(String)
    /// 200 with a JSON value.
    case value(JSONValue)
    /// One page of a list, and whether more follow.
    case page([JSONValue], PageRequest, hasMore: Bool)
    /// Anything else, as a file or a stream of events.
    case other(Response)

    /// The page that was asked for, of items that were found from its first on: one more than it has, where more follow.
    static func page<Item>(
        of found: [Item], _ page: PageRequest, _ resource: (Item) -> JSONValue
    ) -> VoiceRESTResponse {
        .page(found.prefix(page.size).map(resource), page, hasMore: found.count > page.size)
    }

    /// The page that was asked for, of a whole list.
    static func page<Item>(
        from all: [Item], _ page: PageRequest, _ resource: (Item) -> JSONValue
    ) -> VoiceRESTResponse {
        .page(of: Array(all.dropFirst(page.offset).prefix(page.size + 1)), page, resource)
    }
}
