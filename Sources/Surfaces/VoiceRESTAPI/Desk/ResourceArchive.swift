import Foundation
import SQLiteStore

/// Where the resources of users are kept as JSON, and found again when they are over.
struct ResourceArchive: Sendable {
    /// Keeps a resource in place of its earlier state.
    var keep: @Sendable (StoredVoiceResource) -> Void
    /// The body of the resource of a user with this id; nil where there is none.
    var body: @Sendable (_ kind: StoredVoiceResource.Kind, _ id: String, _ user: String) async -> String?
    /// The bodies of the resources that a filter wants.
    var bodies: @Sendable (VoiceResourceFilter) async -> [String]

    /// Keeps a resource in place of its earlier state.
    func note(
        _ value: some Encodable, _ kind: StoredVoiceResource.Kind, _ id: String, of user: String, created: Int64,
        isOver: Bool
    ) {
        guard let body = Self.text(value) else { return }
        keep(StoredVoiceResource(kind: kind, id: id, user: user, created: created, isOver: isOver, body: body))
    }

    /// The resource of a user with this id; nil where there is none.
    func value<Value: Decodable>(
        _ type: Value.Type, _ kind: StoredVoiceResource.Kind, _ id: String, of user: String
    ) async -> Value? {
        await body(kind, id, user).flatMap { Self.value(type, $0) }
    }

    /// A page of the resources of a user, newest first, and one more where there are more.
    func page<Value: Decodable>(
        _ type: Value.Type, _ kind: StoredVoiceResource.Kind, of user: String, _ page: PageRequest
    ) async -> [Value] {
        var wanted = VoiceResourceFilter(kind, of: user)
        wanted.offset = page.offset
        wanted.limit = page.size + 1
        return await list(type, wanted)
    }

    /// The resources that a filter wants.
    func list<Value: Decodable>(_ type: Value.Type, _ filter: VoiceResourceFilter) async -> [Value] {
        await bodies(filter).compactMap { Self.value(type, $0) }
    }

    /// A resource as it is kept; nil where it cannot be written.
    static func text(_ value: some Encodable) -> String? {
        (try? JSONEncoder().encode(value)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The resource that was kept as `text`; nil where it was another.
    static func value<Value: Decodable>(_ type: Value.Type, _ text: String) -> Value? {
        try? JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
