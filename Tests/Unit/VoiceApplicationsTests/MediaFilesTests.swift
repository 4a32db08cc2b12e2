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
