import Audio
import MediaSessions
import Testing
import Timeline

@Suite struct JitterBufferTests {
    /// A buffer that is read every 20 ms and gets packets when they arrive.
    private struct Line {
        var buffer = JitterBuffer()
        var output: [Int16] = []
        var verdicts: [JitterBuffer.Verdict] = []
        var audible: [Bool] = []

        /// Packets of `source` in pieces of `length` samples; `delay` tells when each arrives, nil that it is lost.
        mutating func play(_ source: [Int16], length: Int = 160, from timestamp: UInt32 = 0, delay: (Int) -> Duration?)
        {
            var packets: [(time: Duration, number: Int)] = []
            for number in 0..<source.count / length {
                guard let late = delay(number) else { continue }
                packets.append((SampleCount((number + 1) * length).duration + late, number))
            }
            packets.sort { ($0.time, $0.number) < ($1.time, $1.number) }
            var next = packets[...]
            let end = (packets.last?.time ?? .zero) + .milliseconds(400)
            var tick = Duration.milliseconds(20)
            var frame = [Int16](repeating: 0, count: 160)
            while tick < end {
                while let packet = next.first, packet.time <= tick {
                    next.removeFirst()
                    let start = packet.number * length
                    let piece = Array(source[start..<start + length])
                    verdicts.append(buffer.receive(piece, timestamp: timestamp &+ UInt32(start)))
                }
                audible.append(buffer.next(into: &frame))
                output += frame
                tick += .milliseconds(20)
            }
        }

        /// Where `source` lies in the output as a whole; nil where it does not.
        func place(of source: ArraySlice<Int16>) -> Int? {
            let wanted = Array(source)
            guard output.count >= wanted.count else { return nil }
            return (0...output.count - wanted.count).first { Array(output[$0..<$0 + wanted.count]) == wanted }
        }
    }

    private let ramp = (0..<8000).map { Int16(truncatingIfNeeded: ($0 * 7919) % 20_011 - 10_000) }

    @Test(
        "a steady stream comes out as it came in, at 40 ms, across the wrap of the clock",
        arguments: [80, 160, 240, 480])
    func steady(length: Int) throws {
        var line = Line()
        let count = ramp.count / length * length
        line.play(ramp, length: length, from: 0xFFFF_F000) { _ in .zero }
        let place = try #require(line.place(of: ramp[0..<count]))
        #expect((320...640).contains(place))
        #expect(line.buffer.concealedFrames <= 4 && line.buffer.latePackets == 0)
    }

    @Test("reordered and doubled packets are put right")
    func reordered() throws {
        var line = Line()
        line.play(ramp) { $0 % 5 == 2 ? .milliseconds(25) : .zero }
        #expect(line.place(of: ramp[..<8000]) != nil)
        var buffer = JitterBuffer()
        #expect(buffer.receive(Array(ramp[..<160]), timestamp: 1000) == .stored)
        #expect(buffer.receive(Array(ramp[..<160]), timestamp: 1000) == .stored)
        var frame = [Int16](repeating: 0, count: 160)
        var output: [Int16] = []
        for _ in 0..<4 {
            _ = buffer.next(into: &frame)
            output += frame
        }
        #expect(Array(output[320..<480]) == Array(ramp[..<160]))
    }

    @Test("jitter of 80 ms costs a few late packets, then none")
    func jitter() {
        var line = Line()
        var dice = IdentifierSource(seed: 3)
        let long = (0..<20).flatMap { _ in ramp }
        var delays: [Duration] = []
        for _ in 0..<1000 { delays.append(dice.duration(in: .zero ... .milliseconds(80))) }
        line.play(long) { delays[$0] }
        #expect(line.buffer.latePackets < 8)
        #expect(line.buffer.depth <= .milliseconds(240))
        #expect(line.place(of: long[120_000..<150_000]) != nil)
    }

    @Test(
        "a burst of half a second is kept whole, also across the wrap of the clock",
        arguments: [0, 0xFFFF_F800, 12_345])
    func burst(start: UInt32) throws {
        var burst = JitterBuffer()
        for number in 0..<22 {
            let piece = Array(ramp[number * 160..<(number + 1) * 160])
            #expect(burst.receive(piece, timestamp: start &+ UInt32(number * 160)) == .stored)
        }
        var frame = [Int16](repeating: 0, count: 160)
        var output: [Int16] = []
        for _ in 0..<24 {
            _ = burst.next(into: &frame)
            output += frame
        }
        #expect(Array(output[320..<320 + 22 * 160]) == Array(ramp[..<(22 * 160)]))
    }

    @Test("after the jitter is gone the delay comes back")
    func shortening() {
        var line = Line()
        let speech = PartyWorld.tone(440, .seconds(60))
        line.play(speech) { $0 < 50 && $0 % 7 == 3 ? .milliseconds(150) : .zero }
        #expect(line.verdicts.contains(.late))
        // The last packet lies in the ring for no longer than at the beginning.
        let end = line.output.lastIndex { $0 != 0 } ?? 0
        #expect(end - speech.count <= 160 * 6)
    }

    @Test("a lost packet is concealed by what sounds like the tone, not by a hole")
    func loss() {
        var line = Line()
        let tone = PartyWorld.tone(400, .seconds(1))
        line.play(tone) { $0 % 10 == 5 ? nil : .zero }
        let middle = Array(line.output[1600..<7200])
        let holes = stride(from: 0, to: middle.count - 80, by: 80).filter {
            ActivityDetector.meanSquare(Array(middle[$0..<$0 + 80])) < 1_000_000
        }
        #expect(holes.isEmpty)
        #expect((4...8).contains(line.buffer.concealedFrames))
    }

    @Test("silence suppression becomes silence, and the next words are heard whole")
    func pauses() throws {
        var line = Line()
        line.play(ramp) { (10..<40).contains($0) ? nil : .zero }
        #expect(line.place(of: ramp[6440..<8000]) != nil)
        #expect(line.audible.filter { !$0 }.count >= 20)
    }

    @Test("one stray packet changes nothing, a clock that was put forward or back begins anew")
    func jumps() {
        var line = Line()
        line.play(ramp) { _ in .zero }
        #expect(line.buffer.receive(Array(ramp[..<160]), timestamp: 0x7000_0000) == .outOfReach)
        var frame = [Int16](repeating: 0, count: 160)
        for (start, limit) in [(0x2000_0000, 8), (0x2000_0000 - 2400, 40)] as [(UInt32, Int)] {
            var heard = 0
            for number in 0..<60 as Range<UInt32> {
                _ = line.buffer.receive([Int16](repeating: 5000, count: 160), timestamp: start &+ number * 160)
                _ = line.buffer.next(into: &frame)
                if frame.contains(5000) { heard += 1 }
            }
            #expect(heard > 60 - limit)
        }
    }

    @Test("after a second without packets the buffer is empty, and it never traps")
    func hostile() {
        var line = Line()
        line.play(ramp) { _ in .zero }
        var frame = [Int16](repeating: 0, count: 160)
        for _ in 0..<60 { _ = line.buffer.next(into: &frame) }
        #expect(!line.buffer.isActive && frame.allSatisfy { $0 == 0 })
        var dice = IdentifierSource(seed: 5)
        var buffer = JitterBuffer()
        for _ in 0..<20_000 {
            let samples = [Int16](repeating: .max, count: dice.number(below: 3000))
            let near = UInt32(truncatingIfNeeded: dice.next() % 8000)
            _ = buffer.receive(
                samples, timestamp: dice.number(below: 50) == 0 ? UInt32(truncatingIfNeeded: dice.next()) : near)
            if dice.number(below: 3) > 0 { _ = buffer.next(into: &frame) }
        }
        #expect(buffer.depth <= .seconds(1))
    }
}
