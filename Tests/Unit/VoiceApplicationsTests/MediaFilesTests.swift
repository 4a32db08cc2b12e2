import Audio
import Foundation
import Testing

@testable import VoiceApplications

@Suite("Names of media files")
struct MediaFilesTests {
    @Test(
        "Names that could leave the folder, or are odd, are refused by every function",
        arguments: [
            "", "a", "a.ogg", "/a.wav", "../a.wav", "a/../b.wav", "a/..", "a//b.wav", "./a.wav", "a/./b.wav", "a..wav",
            "a b.wav", "a\\b.wav", "a\u{0}.wav", "ä.wav", "a.wav/", "a.wav\n", "~a.wav", "%2e%2e/a.wav",
            String(repeating: "a", count: 252) + ".wav",
        ])
    func refused(_ name: String) {
        let files = MediaFiles(folder: FileManager.default.temporaryDirectory)
        #expect(throws: MediaFiles.NameError.self) { try files.url(of: name) }
        #expect(throws: MediaFiles.NameError.self) { try files.exists(name) }
        #expect(throws: MediaFiles.NameError.self) { try files.delete(name) }
        #expect(throws: MediaFiles.NameError.self) { try files.rename(name, to: "a.wav") }
        #expect(throws: MediaFiles.NameError.self) { try files.rename("a.wav", to: name) }
        #expect(throws: MediaFiles.NameError.self) { try files.clip(name) }
        #expect(throws: MediaFiles.NameError.self) { try files.validate(name) }
    }

    @Test(
        "Plain names are taken",
        arguments: [
            "a.wav", "A.WAVE", "in/deep/a-1_b.c@d:e.tif", "x.TIFF", "a.mp3",
            String(repeating: "a", count: 251) + ".wav",
        ])
    func taken(_ name: String) throws {
        let folder = FileManager.default.temporaryDirectory
        #expect(try MediaFiles(folder: folder).url(of: name).path().hasSuffix("/" + name))
    }

    @Test("Files are found, renamed once, never over another, and deleted")
    func manages() async throws {
        try await withFolder { folder in
            let files = MediaFiles(folder: folder)
            try Data([1]).write(to: folder.appending(path: "a.wav"))
            try Data([2]).write(to: folder.appending(path: "b.wav"))
            #expect(try files.exists("a.wav"))
            #expect(try !files.exists("c.wav"))
            #expect(try !files.rename("a.wav", to: "b.wav"))
            #expect(try !files.rename("c.wav", to: "d.wav"))
            #expect(try files.rename("a.wav", to: "new/a.wav"))
            #expect(try files.exists("new/a.wav"))
            #expect(try !files.exists("a.wav"))
            #expect(try files.delete("new/a.wav"))
            #expect(try !files.delete("new/a.wav"))
            #expect(try Data(contentsOf: folder.appending(path: "b.wav")) == Data([2]))
        }
    }

    /// A WAV file of µ-law at 8 kHz that was written an hour ago.
    private func write(_ codes: [UInt8], to url: URL) throws {
        func little(_ number: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(number >> (8 * $0) & 0xFF) } }
        let format = little(7, 2) + little(1, 2) + little(8000, 4) + little(8000, 4) + little(1, 2) + little(8, 2)
        let parts =
            Array("WAVEfmt ".utf8) + little(16, 4) + format + Array("data".utf8) + little(codes.count, 4) + codes
        try Data(Array("RIFF".utf8) + little(parts.count, 4) + parts).write(to: url)
        let path = url.path(percentEncoded: false)
        try FileManager.default.setAttributes([.modificationDate: Date() - 3600], ofItemAtPath: path)
    }

    private func place(of clip: AudioClip) -> UnsafeRawPointer? {
        guard case .encoded(_, let codes) = clip.storage else { return nil }
        return codes.withUnsafeBytes { $0.baseAddress }
    }

    @Test("A file is held once for all that play it, and read anew when it has changed")
    func shared() async throws {
        try await withFolder { folder in
            let (files, url) = (MediaFiles(folder: folder), folder.appending(path: "a.wav"))
            try write(Array(repeating: 0x55, count: 1600), to: url)
            let first = try files.clip("a.wav")
            let other = files
            #expect(try place(of: other.clip("a.wav")) == place(of: first) && place(of: first) != nil)
            try write(Array(repeating: 0x66, count: 1600), to: url)
            #expect(try files.clip("a.wav").storage == .encoded(.pcmu, Array(repeating: 0x66, count: 1600)))
            #expect(first.storage == .encoded(.pcmu, Array(repeating: 0x55, count: 1600)))
            try FileManager.default.removeItem(at: url)
            #expect(throws: CallError.self) { try files.clip("a.wav") }
        }
    }

    @Test("A file is valid where it is audio that can be played")
    func valid() async throws {
        try await withFolder { folder in
            let files = MediaFiles(folder: folder)
            try write(Array(repeating: 0x55, count: 1600), to: folder.appending(path: "a.wav"))
            try Data("RIFF".utf8).write(to: folder.appending(path: "b.wav"))
            try Data((0..<4_000).map { _ in UInt8.random(in: 0...255) }).write(to: folder.appending(path: "c.wav"))
            try FileManager.default.createDirectory(
                at: folder.appending(path: "d.wav"), withIntermediateDirectories: true)
            #expect(try files.validate("a.wav"))
            for name in ["b.wav", "c.wav", "d.wav", "e.wav"] { #expect(try !files.validate(name), "\(name)") }
            #expect(try !files.exists("d.wav"))
            #expect(try !files.delete("d.wav"))
            #expect(try !files.rename("d.wav", to: "f.wav"))
        }
    }

    @Test("The oldest audio goes when there is too much; what is large, or was just written, is not held")
    func capacity() async throws {
        try await withFolder { folder in
            let cache = ClipCache(capacity: 4000)
            func version(_ name: String, size: Int) throws -> (String, ClipCache.Version, AudioClip) {
                let url = folder.appending(path: name)
                try write(Array(repeating: 1, count: size), to: url)
                let path = url.path(percentEncoded: false)
                return (
                    path, try #require(ClipCache.Version(of: path)), AudioClip(.pcmu, Array(repeating: 1, count: size))
                )
            }
            var all: [(String, ClipCache.Version, AudioClip)] = []
            for number in 0..<4 { all.append(try version("\(number).wav", size: 1000)) }
            for (path, version, clip) in all { _ = cache.keep(clip, path, version) }
            #expect(cache.bytes == 4000)
            #expect(cache.clip(all[0].0, all[0].1) != nil)
            let next = try version("4.wav", size: 500)
            _ = cache.keep(next.2, next.0, next.1)
            #expect(cache.bytes == 3500)
            #expect(cache.clip(all[1].0, all[1].1) == nil && cache.clip(all[0].0, all[0].1) != nil)
            let large = try version("large.wav", size: 1001)
            #expect(cache.keep(large.2, large.0, large.1) == large.2 && cache.clip(large.0, large.1) == nil)
            try Data([1]).write(to: folder.appending(path: "4.wav"))
            let fresh = try #require(ClipCache.Version(of: next.0))
            #expect(cache.keep(next.2, next.0, fresh) == next.2 && cache.clip(next.0, fresh) == nil)
        }
    }

    @Test("A symbolic link does not lead out of the folder: nothing beyond it is found, deleted, moved or written")
    func links() async throws {
        try await withFolder { outside in
            try await withFolder { folder in
                let files = MediaFiles(folder: folder)
                let secret = outside.appending(path: "s.wav")
                try Data([1]).write(to: secret)
                try Data([2]).write(to: folder.appending(path: "a.wav"))
                let manager = FileManager.default
                try manager.createSymbolicLink(at: folder.appending(path: "out"), withDestinationURL: outside)
                try manager.createSymbolicLink(at: folder.appending(path: "l.wav"), withDestinationURL: secret)
                try manager.createSymbolicLink(
                    at: folder.appending(path: "new.wav"), withDestinationURL: outside.appending(path: "new.wav"))
                for name in ["out/s.wav", "l.wav"] {
                    #expect(try !files.exists(name))
                    #expect(try !files.delete(name))
                    #expect(try !files.rename(name, to: "mine.wav"))
                    #expect(throws: CallError.self) { try files.clip(name) }
                }
                #expect(try !files.rename("a.wav", to: "out/deep/a.wav"))
                for name in ["out/n.wav", "out/deep/n.wav", "l.wav", "new.wav"] {
                    #expect(throws: CallError.self) {
                        _ = try RecordingFile(files.url(of: name), for: .fileRecorder, in: files)
                    }
                }
                #expect(try manager.contentsOfDirectory(atPath: outside.path()) == ["s.wav"])
                #expect(try Data(contentsOf: secret) == Data([1]))
            }
        }
    }
}
