import Audio
import MediaSessions
import Testing
import Timeline

@Suite struct RecordingTests {
    private func options(_ change: (inout RecordingOptions) -> Void = { _ in }) -> RecordingOptions {
        var options = RecordingOptions(.linear)
        change(&options)
        return options
    }

    /// Records what a phone says; how it ended, after how long, and the samples.
    private func record(
        _ speech: [Int16]?, _ options: RecordingOptions, beep: TonePlan? = nil, for duration: Duration = .seconds(20),
        _ during: (inout PartyWorld) -> Void = { _ in }
    ) throws -> (event: PartyEvent?, time: Duration, samples: [Int16], world: PartyWorld) {
        var world = PartyWorld()
        world.answer(1)
        world.phones[1]?.speech = speech
        world.tell(1, .record(world.newJob(), options, beep: beep))
        during(&world)
        world.run(duration)
        let samples = try AudioClip(parsing: world.files[1] ?? []).samples
        let place = world.events.firstIndex { if case .recorded = $0.event { true } else { false } }
        return (
            place.map { world.events[$0].event }, place.map { world.eventTimes[$0] - .zero } ?? .zero, samples, world
        )
    }

    @Test("what the party says is in the file, at its level, and the file is there while it grows")
    func content() throws {
        let result = try record(PartyWorld.tone(440, .seconds(3)), options { $0.timeout = .seconds(2) })
        guard case .recorded(_, .timeout, let duration, let hasAudio) = result.event else {
            Issue.record("it ended as \(String(describing: result.event))")
            return
        }
        #expect(duration == .seconds(2) && hasAudio)
        #expect(result.samples.count == 16_000)
        var detector = ToneDetector([440])
        detector.receive(result.samples)
        #expect(abs((detector.heard.first?.level.dBm0 ?? -99) + 10) < 0.2)
        var world = PartyWorld()
        world.answer(1)
        world.phones[1]?.speech = PartyWorld.tone(440, .seconds(3))
        world.tell(1, .record(world.newJob(), options(), beep: nil))
        world.run(.milliseconds(1300))
        let cut = try AudioClip(parsing: try #require(world.files[1]))
        #expect(cut.sampleCount.value == 8000)
    }

    @Test("silence after words ends it, silence before them by its own limit")
    func silence() throws {
        let words = PartyWorld.tone(440, .seconds(1)) + [Int16](repeating: 0, count: 80_000)
        let after = try record(words, options { $0.maximumSilence = .seconds(2) })
        #expect(
            after.event == .recorded(MediaJobID(rawValue: 1), .silence, duration: .milliseconds(3060), hasAudio: true)
                || abs((after.time - .milliseconds(3060)).inSeconds) < 0.1)
        let none = try record([Int16](repeating: 0, count: 80_000), options { $0.maximumSilence = .seconds(2) })
        guard case .recorded(_, .silence, let length, false) = none.event else {
            Issue.record("\(String(describing: none.event))")
            return
        }
        #expect(length == .seconds(2))
        let late = [Int16](repeating: 0, count: 24_000) + words
        let patient = try record(
            late,
            options {
                $0.maximumSilence = .seconds(2)
                $0.initialSilence = .zero
            })
        #expect(patient.time > .seconds(5) && patient.time < .milliseconds(6400))
        let initial = try record(late, options { $0.initialSilence = .seconds(1) })
        #expect(abs((initial.time - .seconds(1)).inSeconds) < 0.05)
        // A phone that sends nothing at all is silent, too.
        #expect(try record(nil, options { $0.maximumSilence = .seconds(2) }).time == .seconds(2))
    }

    @Test("a threshold says what silence is, whatever the noise of the line")
    func threshold() throws {
        // A tone whose root mean square is about 1,100 in sample units, as a loud fan.
        let words = PartyWorld.tone(440, .seconds(1))
        let level = words.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(words.count)
        let fan = words.map { Int16(Double($0) * 1100 / level.squareRoot()) }
        let noisy = words + fan + fan + fan + fan
        let speech = noisy + [Int16](repeating: 0, count: 80_000)
        func seconds(_ threshold: Int) throws -> Duration {
            var options = options { $0.maximumSilence = .seconds(2) }
            options.silenceThreshold = threshold
            return try record(speech, options).time
        }
        #expect(abs(try seconds(1500).inSeconds - 3) < 0.1)
        #expect(abs(try seconds(700).inSeconds - 7) < 0.1)
    }

    @Test("a file never becomes larger than it may", arguments: WAVEFormat.allCases)
    func size(format: WAVEFormat) throws {
        var world = PartyWorld()
        world.answer(1)
        world.phones[1]?.speech = PartyWorld.tone(440, .seconds(9))
        var options = RecordingOptions(format)
        options.maximumBytes = 10_000
        world.tell(1, .record(world.newJob(), options, beep: nil))
        world.run(.seconds(10))
        let file = try #require(world.files[1])
        #expect(file.count <= 10_000 && file.count > 8_900)
        #expect(try AudioClip(parsing: file).sampleCount.value > 4_000)
        guard case .recorded(_, .size, _, true) = world.events(of: 1).last else {
            Issue.record("\(String(describing: world.events(of: 1).last))")
            return
        }
    }

    @Test("stop, a digit and the end of the call are causes of their own, and each leaves a whole file")
    func causes() throws {
        let tone = PartyWorld.tone(440, .seconds(9))
        func cause(_ options: RecordingOptions, _ during: (inout PartyWorld) -> Void) throws -> FileRecorder.Cause? {
            let result = try record(tone, options, for: .milliseconds(100)) { world in
                world.run(.seconds(1))
                during(&world)
            }
            #expect(result.samples.count == 8000)
            guard case .recorded(_, let cause, _, true) = result.event else { return nil }
            return cause
        }
        #expect(try cause(options()) { $0.tell(1, .stop(.fileRecorder)) } == .aborted)
        #expect(try cause(options()) { $0.tell(1, .condition(.idle)) } == .hangup)
        #expect(try cause(options { $0.bargeIn = .anyDigit }) { $0.press(1, "5") } == .bargeIn)
        #expect(try cause(options { $0.bargeIn = .digits(Array("#".utf8)) }) { $0.press(1, "#") } == .bargeIn)
        #expect(
            try cause(options()) {
                $0.press(1, "5")
                $0.tell(1, .stop(.fileRecorder))
            } == .aborted)
    }

    @Test("a beep is heard first and is not in the file")
    func beep() throws {
        let result = try record(
            PartyWorld.tone(440, .seconds(9)), options { $0.timeout = .seconds(1) }, beep: .beep, for: .seconds(3))
        #expect(result.world.hears(1, 1000))
        #expect(abs((result.time - .milliseconds(1260)).inSeconds) < 0.05)
        #expect(result.samples.count == 8000 && !PartyWorld.has(result.samples, 1000))
    }

    @Test("what is said during a pause is not in the file")
    func pauses() throws {
        let speech =
            PartyWorld.tone(440, .seconds(1)) + PartyWorld.tone(1400, .seconds(1)) + PartyWorld.tone(700, .seconds(2))
        let result = try record(speech, options(), for: .milliseconds(100)) { world in
            world.run(.milliseconds(900))
            world.tell(1, .pause(.fileRecorder))
            world.run(.milliseconds(1300))
            world.tell(1, .resume(.fileRecorder))
            world.run(.seconds(1))
            world.tell(1, .stop(.fileRecorder))
        }
        #expect(PartyWorld.has(result.samples, 440) && PartyWorld.has(result.samples, 700))
        #expect(!PartyWorld.has(result.samples, 1400))
        #expect(result.samples.count == 15_200)
    }

    @Test("push-button tones are not in the file, words are, and nothing is lost at the end")
    func elimination() throws {
        var generator = ToneGenerator(try #require(TonePlan.digit(UInt8(ascii: "5"), tone: .milliseconds(300))))
        let speech =
            PartyWorld.tone(440, .seconds(1)) + generator.next(SampleCount(2400)) + PartyWorld.tone(700, .seconds(1))
        let result = try record(speech, options { $0.eliminatesDTMF = true }, for: .milliseconds(2400)) { _ in }
        var world = result.world
        world.tell(1, .stop(.fileRecorder))
        let samples = try AudioClip(parsing: try #require(world.files[1])).samples
        var tones = ToneDetector([770, 1336], run: .milliseconds(100))
        tones.receive(samples)
        #expect(tones.heard.isEmpty)
        var detector = DTMFToneDetector()
        var changes: [DTMFToneDetector.Change] = []
        detector.receive(samples, into: &changes)
        #expect(changes.isEmpty)
        #expect(PartyWorld.has(samples, 440) && PartyWorld.has(samples, 700))
    }

    @Test("by themselves recordings of whole calls have no push-button tones, those of one party have them")
    func standardElimination() throws {
        var generator = ToneGenerator(try #require(TonePlan.digit(UInt8(ascii: "5"), tone: .milliseconds(300))))
        let digit = generator.next(SampleCount(.milliseconds(400)))
        func tones(_ options: RecordingOptions, isWhole: Bool) throws -> Int {
            var world = PartyWorld()
            world.answer(1)
            world.phones[1]?.speech =
                PartyWorld.tone(1000, .milliseconds(500)) + digit + PartyWorld.tone(1000, .seconds(1))
            let job = world.newJob()
            world.tell(1, isWhole ? .recordCall(job, options, .mixed) : .record(job, options, beep: nil))
            world.run(.seconds(2))
            world.tell(1, .stop(isWhole ? .wholeCallRecorder : .fileRecorder))
            let samples = try AudioClip(parsing: try #require(world.files[job.rawValue])).samples
            #expect(PartyWorld.has(samples, 1000))
            var detector = DTMFToneDetector()
            var changes: [DTMFToneDetector.Change] = []
            detector.receive(samples, into: &changes)
            return changes.count
        }
        #expect(try tones(RecordingOptions(.linear), isWhole: true) == 0)
        #expect(try tones(RecordingOptions(.linear), isWhole: false) == 2)
        var options = RecordingOptions(.linear)
        options.eliminatesDTMF = false
        #expect(try tones(options, isWhole: true) == 2)
        options.eliminatesDTMF = true
        #expect(try tones(options, isWhole: false) == 0)
    }

    @Test("a whole call has both sides, added or apart, and no digit ends it")
    func wholeCall() throws {
        for channels in [WholeCallRecorder.Channels.mixed, .separate] {
            var world = PartyWorld()
            world.answer(1)
            world.phones[1]?.speech = PartyWorld.tone(440, .seconds(5))
            let job = world.newJob()
            world.tell(1, .recordCall(job, options { $0.bargeIn = .anyDigit }, channels))
            world.tell(
                1, .play(world.newJob(), FilePlayer.Job([AudioClip(PartyWorld.tone(1400, .seconds(2)))]), .application))
            world.run(.seconds(1))
            world.press(1, "5")
            world.run(.seconds(2))
            world.tell(1, .stop(.wholeCallRecorder))
            guard case .callRecorded(job, .aborted, .seconds(3), true) = world.events(of: 1).last else {
                Issue.record("\(String(describing: world.events(of: 1).last))")
                return
            }
            let file = try #require(world.files[1])
            let samples = stride(from: 44, to: file.count - 1, by: 2).map {
                Int16(bitPattern: UInt16(file[$0]) | UInt16(file[$0 + 1]) << 8)
            }
            if channels == .mixed {
                #expect(samples.count == 24_000)
                #expect(PartyWorld.has(samples, 440) && PartyWorld.has(samples, 1400))
            } else {
                let left = stride(from: 0, to: samples.count, by: 2).map { samples[$0] }
                let right = stride(from: 1, to: samples.count, by: 2).map { samples[$0] }
                #expect(PartyWorld.has(left, 440) && !PartyWorld.has(left, 1400))
                #expect(PartyWorld.has(right, 1400) && !PartyWorld.has(right, 440))
            }
        }
    }

    @Test("a second recording, and one without a call, are refused")
    func refusals() {
        var world = PartyWorld()
        world.answer(1)
        world.tell(1, .record(world.newJob(), options(), beep: nil))
        world.tell(1, .record(world.newJob(), options(), beep: nil))
        world.tell(1, .recordCall(world.newJob(), options(), .mixed))
        world.tell(1, .recordCall(world.newJob(), options(), .mixed))
        #expect(
            world.events(of: 1) == [
                .refused(MediaJobID(rawValue: 2), .alreadyRecording),
                .refused(MediaJobID(rawValue: 4), .alreadyRecording),
            ])
        world.tell(1, .fail(.fileRecorder))
        guard case .recorded(_, .error, _, _) = world.events(of: 1).last else {
            Issue.record("\(String(describing: world.events(of: 1).last))")
            return
        }
        world.tell(1, .condition(.unanswered))
        world.tell(1, .record(world.newJob(), options(), beep: nil))
        #expect(world.events(of: 1).last == .refused(MediaJobID(rawValue: 5), .notAnswered))
        world.tell(1, .condition(.idle))
        world.tell(1, .record(world.newJob(), options(), beep: nil))
        #expect(world.events(of: 1).last == .refused(MediaJobID(rawValue: 6), .hangup))
    }
}
