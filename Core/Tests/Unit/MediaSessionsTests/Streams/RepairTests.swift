import Audio
import MediaSessions
import Testing
import Timeline

/// Codecs whose packets tell of the one before them, over a network that loses and overtakes.
@Suite struct RepairTests {
    /// Each payload is one byte: every sample is a hundred times its value; a repair says −5.
    private final class Repeating: AudioTranscoder {
        func encode(_ samples: UnsafeBufferPointer<Int16>, into payload: inout [UInt8]) { payload.append(0) }
        func decode(_ payload: UnsafeRawBufferPointer, into samples: inout [Int16]) {
            guard let value = payload.first else { return }
            samples += [Int16](repeating: Int16(value) * 100, count: 160)
        }
        func recover(before payload: UnsafeRawBufferPointer, into samples: inout [Int16]) {
            samples += [Int16](repeating: -5, count: 160)
        }
    }

    /// What is recorded of packets that arrive in this order.
    private func heard(_ order: [UInt16], clockRate: UInt32 = 8000) throws -> [Int16] {
        let adapter = CodecAdapter(name: "repeating", sampleRate: .narrowband) { Repeating() }
        var world = PartyWorld(MediaCore.Options(adapters: [adapter]))
        world.answer(1)
        let codec = AudioCodec.external(name: "repeating", clockRate: clockRate)
        world.describe(1, AudioAgreement([AudioAgreement.Format(96, codec)]))
        world.tell(1, .record(world.newJob(), RecordingOptions(.linear), beep: nil))
        for number in order {
            world.send(
                1, [UInt8(number)], type: 96, sequence: number, timestamp: UInt32(number) * clockRate / 50)
            world.run(.milliseconds(order.first == number ? 20 : 10))
        }
        world.run(.milliseconds(200))
        world.tell(1, .stop(.fileRecorder))
        return try AudioClip(parsing: try #require(world.files[1])).samples
    }

    @Test("a lost packet is replaced by what the next one tells of it", arguments: [8000, 48_000] as [UInt32])
    func lost(clockRate: UInt32) throws {
        #expect(try heard([1, 3, 4, 5], clockRate: clockRate).contains(-5))
        // Also where it is the second of its stream, or was lost behind one that came late.
        #expect(try heard([1, 2, 3, 5, 6], clockRate: clockRate).contains(-5))
    }

    @Test("a packet that was overtaken is heard in its place, and no repair takes that of another")
    func overtaken() throws {
        let samples = try heard([1, 3, 2, 4, 5, 6, 7])
        #expect(!samples.contains(-5))
        for value in [100, 200, 300, 400, 500] as [Int16] { #expect(samples.contains(value)) }
    }
}
