import EventCollector
import Foundation
import Synchronization
import TestFiles
import Testing
import VoiceApplications

@testable import VoiceRESTAPI

@Suite("The shelf of recordings", .timeLimit(.minutes(5)))
struct RecordingShelfTests {
    /// A call that keeps a recording and can be asked something meanwhile.
    private actor Keeper {
        func finish(_ recording: RecordingRecord, on shelf: RecordingShelf) async -> Bool {
            await shelf.finish(recording)
        }

        func isListening() -> Bool { true }
    }

    private func recording(_ media: String) -> RecordingRecord {
        RecordingRecord(id: "rec-1", user: "u-1", call: "c-1", media: media, startTime: 0)
    }

    private func shelf(
        _ folder: TemporaryFolder, compress: @escaping RecordingShelf.Compressor = { $0 }
    ) -> RecordingShelf {
        RecordingShelf(files: MediaFiles(folder: URL(filePath: folder.path)), compress: compress) { _ in }
    }

    private func write(_ text: String, _ recording: RecordingRecord, _ shelf: RecordingShelf) throws {
        let url = try shelf.files.url(of: shelf.workingName(of: recording))
        try shelf.files.makeFolder(of: url)
        try Data(text.utf8).write(to: url)
    }

    @Test("while a recording is compressed its call listens to everything else")
    func listening() async throws {
        let folder = try TemporaryFolder()
        let (begun, done) = (EventCollector<String>(), DispatchSemaphore(value: 0))
        let shelf = shelf(folder) { bytes in
            begun.report("compressing")
            done.wait()
            return bytes.reversed()
        }
        let recording = recording("c-1-1.mp3")
        try write("abc", recording, shelf)
        let keeper = Keeper()
        let finishing = Task { await keeper.finish(recording, on: shelf) }
        _ = await begun.events { !$0.isEmpty }
        #expect(await keeper.isListening())
        done.signal()
        #expect(await finishing.value)
        let media = try shelf.files.url(of: "users/u-1/media/c-1-1.mp3")
        #expect(try Data(contentsOf: media) == Data("cba".utf8))
    }

    @Test("a recording is no media file of the user before it is complete, and nothing else is left of it then")
    func hidden() async throws {
        let folder = try TemporaryFolder()
        let (shelf, recording) = (shelf(folder), recording("c-1-1.wav"))
        let media = MediaShelf(folder: URL(filePath: folder.path))
        try write("abc", recording, shelf)
        #expect(media.items(of: "u-1").isEmpty)
        #expect(await shelf.finish(recording))
        #expect(media.items(of: "u-1").map(\.name) == ["c-1-1.wav"])
        #expect(try !shelf.files.exists(shelf.workingName(of: recording)))
        #expect(await !shelf.finish(recording))
    }
}
