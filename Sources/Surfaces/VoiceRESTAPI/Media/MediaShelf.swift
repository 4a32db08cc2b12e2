import Foundation

/// The media files of the users, each user's in a folder of its own inside the media folder of the switch, where the
/// players of calls find them too.
public struct MediaShelf: Sendable {
    /// A file as lists show it.
    public struct Item: Hashable, Sendable {
        public var name: String
        /// In bytes.
        public var length: Int
    }

    /// What is kept beside a file and sent with it.
    public struct Headers: Hashable, Sendable, Codable {
        public var contentType: String?
        public var cacheControl: String?

        public init(contentType: String? = nil, cacheControl: String? = nil) {
            self.contentType = contentType
            self.cacheControl = cacheControl
        }
    }

    private let folder: URL

    /// Keeps them below `folder`, the media folder of the switch.
    public init(folder: URL) { self.folder = folder.appending(path: "users", directoryHint: .isDirectory) }

    /// The file with this name; nil where the name cannot be one. It need not be there.
    public func file(_ name: String, of user: String) -> URL? { place(name, of: user, in: "media") }

    /// The files of a user, by name.
    public func items(of user: String) -> [Item] {
        guard let folder = folder(of: user, "media") else { return [] }
        let keys: Set<URLResourceKey> = [.isRegularFileKey, .fileSizeKey]
        let files = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: Array(keys), options: .skipsHiddenFiles)
        let items: [Item] = (files ?? []).compactMap { file in
            guard let values = try? file.resourceValues(forKeys: keys), values.isRegularFile == true,
                let name = StoredName.name(of: file.lastPathComponent)
            else { return nil }
            return Item(name: name, length: values.fileSize ?? 0)
        }
        return items.sorted { $0.name < $1.name }
    }

    /// A file and what is kept beside it; nil where there is none.
    func item(_ name: String, of user: String) -> (item: Item, file: URL, headers: Headers)? {
        guard let file = file(name, of: user),
            let values = try? file.resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey]),
            values.isRegularFile == true
        else { return nil }
        let kept = place(name, of: user, in: "headers").flatMap { try? Data(contentsOf: $0) }
        let headers = kept.flatMap { try? JSONDecoder().decode(Headers.self, from: $0) } ?? Headers()
        return (Item(name: name, length: values.fileSize ?? 0), file, headers)
    }

    /// A new file beside the others, which `keep` gives its name once it is whole.
    func makeUpload(of user: String) throws -> URL? {
        guard let folder = folder(of: user, "media") else { return nil }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: ".upload-\(UInt64.random(in: 0 ... .max))")
        guard FileManager.default.createFile(atPath: file.path(percentEncoded: false), contents: nil) else {
            return nil
        }
        return file
    }

    /// Gives an upload its name, in place of a file that had it.
    func keep(_ upload: URL, as name: String, of user: String, _ headers: Headers) throws {
        guard let file = file(name, of: user), let beside = place(name, of: user, in: "headers") else { return }
        try FileManager.default.createDirectory(
            at: beside.deletingLastPathComponent(), withIntermediateDirectories: true)
        try JSONEncoder().encode(headers).write(to: beside, options: .atomic)
        guard rename(upload.path(percentEncoded: false), file.path(percentEncoded: false)) == 0 else {
            throw CocoaError(.fileWriteUnknown)
        }
    }

    /// Removes a file; false where there is none.
    func delete(_ name: String, of user: String) -> Bool {
        guard let file = file(name, of: user), (try? FileManager.default.removeItem(at: file)) != nil else {
            return false
        }
        if let beside = place(name, of: user, in: "headers") { try? FileManager.default.removeItem(at: beside) }
        return true
    }

    private func folder(of user: String, _ kind: String) -> URL? {
        StoredName.write(user).map { folder.appending(path: "\($0)/\(kind)", directoryHint: .isDirectory) }
    }

    private func place(_ name: String, of user: String, in kind: String) -> URL? {
        guard let stored = StoredName.write(name), let folder = folder(of: user, kind) else { return nil }
        return folder.appending(path: stored, directoryHint: .notDirectory)
    }
}
