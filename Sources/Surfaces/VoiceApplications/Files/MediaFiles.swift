import Audio
import AudioCodecs
import Foundation

/// The files that applications play and record, in one folder that no name can leave.
public struct MediaFiles: Sendable {
    /// The folder.
    public let folder: URL
    /// Turns text into audio.
    public let speech: Speech
    /// Whether recordings are written by whoever records them, and not beside the threads that carry calls.
    let writesAtOnce: Bool
    private let clips = ClipCache()

    public init(folder: URL) {
        self.folder = folder.standardizedFileURL
        speech = Speech(folder: self.folder)
        writesAtOnce = false
    }

    /// A folder whose text is spoken by something else.
    init(folder: URL, speech: Speech) {
        self.folder = folder.standardizedFileURL
        self.speech = speech
        writesAtOnce = false
    }

    /// A folder for which nobody ever waits: recordings are written at once, and `spoken` says what texts sound like.
    public init(folder: URL, spoken: @escaping @Sendable (String, SpeechVoice) -> AudioClip) {
        self.folder = folder.standardizedFileURL
        speech = Speech(folder: self.folder, spoken: spoken)
        writesAtOnce = true
    }

    /// A name that cannot be used.
    public struct NameError: Error, Hashable, Sendable, CustomStringConvertible {
        public let name: String

        public var description: String {
            "\(name.debugDescription) is no file name: letters, digits and . _ / @ - : with the ending .wav, .wave, "
                + ".mp3, .tif or .tiff; no .., no //, no /./, and no / in front"
        }
    }

    /// Longest name, in characters.
    public static let maximumLength = 255

    /// The file of this name. Throws `NameError`.
    public func url(of name: String) throws(NameError) -> URL {
        guard Self.isValid(name) else { throw NameError(name: name) }
        return folder.appending(path: name, directoryHint: .notDirectory)
    }

    /// Whether there is a file of this name.
    public func exists(_ name: String) throws(NameError) -> Bool {
        let url = try url(of: name)
        return leads(inside: url) && (try? url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true
    }

    /// Removes a file; false when there is none or it cannot be removed.
    @discardableResult
    public func delete(_ name: String) throws(NameError) -> Bool {
        let url = try url(of: name)
        return try exists(name) && (try? FileManager.default.removeItem(at: url)) != nil
    }

    /// Renames or moves a file; false when there is none, or another has the new name.
    @discardableResult
    public func rename(_ name: String, to newName: String) throws(NameError) -> Bool {
        let (from, to) = (try url(of: name), try url(of: newName))
        guard try exists(name), !FileManager.default.fileExists(atPath: to.path(percentEncoded: false)) else {
            return false
        }
        guard canHold(to), (try? makeFolder(of: to)) != nil else { return false }
        return (try? FileManager.default.moveItem(at: from, to: to)) != nil
    }

    /// Makes the folder that a file will be in.
    public func makeFolder(of url: URL) throws {
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    }

    /// Whether the file is audio that can be played. The original's ciphers are not known here: an encrypted file is none.
    public func validate(_ name: String) throws(NameError) -> Bool {
        _ = try url(of: name)
        return (try? clip(name)) != nil
    }

    private static func isValid(_ name: String) -> Bool {
        let endings = [".wav", ".wave", ".mp3", ".tif", ".tiff"]
        guard name.count <= maximumLength, !name.hasPrefix("/"), endings.contains(where: name.lowercased().hasSuffix)
        else { return false }
        let isPlain = name.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (CharacterSet.alphanumerics.contains(scalar) || "._/@-:".unicodeScalars.contains(scalar))
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return isPlain && parts.allSatisfy { !$0.isEmpty && $0 != "." && !$0.contains("..") }
    }

    /// Whether a file, which need not be there, can be written: no symbolic link on its way leads out of the folder, and
    /// it is none itself.
    func canHold(_ url: URL) -> Bool {
        var place = url
        let path = url.path(percentEncoded: false)
        var isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
        while !isLink, place.pathComponents.count > folder.pathComponents.count + 1 {
            place.deleteLastPathComponent()
            let path = place.path(percentEncoded: false)
            isLink = FileManager.default.fileExists(atPath: path) && !leads(inside: place)
        }
        return !isLink
    }

    /// Whether the file is inside the folder even after symbolic links have been followed.
    private func leads(inside url: URL) -> Bool {
        let root = folder.resolvingSymlinksInPath().path(percentEncoded: false)
        let path = url.resolvingSymlinksInPath().path(percentEncoded: false)
        return path.hasPrefix(root.hasSuffix("/") ? root : root + "/")
    }
}

extension MediaFiles {
    /// Longest file that is played, in bytes: an hour of linear audio.
    static let maximumBytes = 64 << 20

    /// The audio of a WAV or MP3 file, held once for all calls that play it. Throws `NameError`, or `CallError` where it
    /// cannot be read.
    public func clip(_ name: String) throws -> AudioClip {
        let url = try url(of: name)
        let path = url.path(percentEncoded: false)
        guard try exists(name), let version = ClipCache.Version(of: path) else {
            throw CallError(.error, "\(name) cannot be read")
        }
        if let clip = clips.clip(path, version) { return clip }
        guard let data = try? Data(contentsOf: url), data.count <= Self.maximumBytes else {
            throw CallError(.error, "\(name) cannot be read")
        }
        do {
            return clips.keep(try AudioFileReader.clip([UInt8](data)), path, version)
        } catch {
            throw CallError(.error, "\(name) cannot be played: \(error)")
        }
    }
}
