import Foundation
import TestFiles
import Testing

@testable import VoiceRESTAPI

@Suite("Media files of users")
struct MediaShelfTests {
    @Test(
        "names are stored so that no file leaves its folder, and come back as they were",
        arguments: [
            ("hello.wav", "hello.wav"), ("a b.mp3", "a:20b.mp3"), ("../../etc/passwd", ":2E.:2F.:2E:2Fetc:2Fpasswd"),
            ("..", ":2E."), (".hidden", ":2Ehidden"), ("a..b", "a.:2Eb"), ("a:2Fb", "a:3A2Fb"), ("Ü", ":C3:9C"),
            ("\u{0}", ":00"),
        ])
    func names(_ name: String, _ stored: String) {
        let written = StoredName.write(name)
        #expect(written?.contains("/") == false && written?.contains("..") == false && written?.hasPrefix(".") == false)
        #expect(written.flatMap(StoredName.name) == name)
        if !name.contains("/") { #expect(written == stored) }
    }

    @Test("no name, a name that is too long, and files that the shelf did not write are none")
    func noNames() {
        #expect(StoredName.write("") == nil && StoredName.write(String(repeating: "a", count: 201)) == nil)
        #expect(StoredName.write(String(repeating: "ü", count: 40)) == nil)
        #expect(StoredName.name(of: "a:2") == nil && StoredName.name(of: "a:zz") == nil)
        #expect(StoredName.name(of: "a:61") == nil && StoredName.name(of: ":FF") == nil)
    }

    @Test("a file is there with its headers once it is whole, takes the place of an earlier one, and goes")
    func files() throws {
        let folder = try TemporaryFolder()
        let shelf = MediaShelf(folder: URL(filePath: folder.path))
        for text in ["first", "second one"] {
            let upload = try #require(try shelf.makeUpload(of: "u/1"))
            try Data(text.utf8).write(to: upload)
            #expect(shelf.items(of: "u/1").count == (text == "first" ? 0 : 1))
            try shelf.keep(upload, as: "a/b.wav", of: "u/1", .init(contentType: "audio/\(text.count)"))
        }
        let found = try #require(shelf.item("a/b.wav", of: "u/1"))
        #expect(found.headers == .init(contentType: "audio/10"))
        #expect(try Data(contentsOf: found.file) == Data("second one".utf8))
        #expect(shelf.items(of: "u/1") == [.init(name: "a/b.wav", length: 10)])
        #expect(shelf.items(of: "u/2").isEmpty && shelf.item("a/b.wav", of: "u/2") == nil)
        #expect(shelf.delete("a/b.wav", of: "u/1") && !shelf.delete("a/b.wav", of: "u/1"))
        #expect(shelf.items(of: "u/1").isEmpty)
    }
}
