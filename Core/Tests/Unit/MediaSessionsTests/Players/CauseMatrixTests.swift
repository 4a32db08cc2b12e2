import Audio
import MediaSessions
import Testing
import Timeline

/// The causes that each function can end with, and NONE while it works (call-channel.md §4).
@Suite struct CauseMatrixTests {
    @Test("the file player has ERROR, NORMAL, BARGEIN, ABORTED, HANGUP, TIMEOUT and NONE, each reached")
    func filePlayer() {
        #expect(FilePlayer.Cause.allCases.count == 7)
        let ends: [(FilePlayer.Cause, (inout FilePlayer, inout [FilePlayer.Effect]) -> Void)] = [
            (.error, { $0.receive(.fail, at: .zero, into: &$1) }),
            (
                .normal,
                { player, effects in
                    var frame = [Int16](repeating: 0, count: 160)
                    while player.prepare(into: &effects) { player.fill(&frame) }
                }
            ),
            (.bargeIn, { $0.receive(.digit(0x31), at: .zero, into: &$1) }),
            (.aborted, { $0.receive(.stop, at: .zero, into: &$1) }),
            (.hangup, { $0.receive(.hangUp, at: .zero, into: &$1) }),
            (.timeout, { $0.timeElapsed(at: Instant.zero + .seconds(9), into: &$1) }),
        ]
        var player = FilePlayer()
        #expect(player.state == .idle && player.cause == .none)
        for (cause, end) in ends {
            var effects: [FilePlayer.Effect] = []
            player.receive(
                .play(FilePlayer.Job([AudioClip([1])], bargeIn: .anyDigit, timeout: .seconds(9))), at: .zero,
                into: &effects)
            #expect(player.state == .playing && player.cause == .none && effects.isEmpty)
            end(&player, &effects)
            #expect(player.cause == cause && effects == [.finished(cause)])
            #expect(player.state == (cause == .error ? .error : .idle))
            // Nothing more happens to a job that is over.
            player.receive(.digit(0x31), at: .zero, into: &effects)
            player.receive(.stop, at: .zero, into: &effects)
            player.receive(.hangUp, at: .zero, into: &effects)
            player.timeElapsed(at: Instant.zero + .seconds(99), into: &effects)
            #expect(effects.count == 1)
        }
    }

    @Test("the file recorder has ERROR, BARGEIN, SILENCE, SIZE, ABORTED, HANGUP, TIMEOUT and NONE, each reached")
    func fileRecorder() {
        #expect(FileRecorder.Cause.allCases.count == 8)
        let silence = [Int16](repeating: 0, count: 160)
        let loud = [Int16](repeating: 9000, count: 160)
        let ends: [(FileRecorder.Cause, (inout FileRecorder, inout [FileRecorder.Effect]) -> Void)] = [
            (.error, { $0.receive(.fail, into: &$1) }),
            (.bargeIn, { $0.receive(.digit(0x31), into: &$1) }),
            (.silence, { for _ in 0..<100 { $0.receive(audio: silence, into: &$1) } }),
            (.size, { for _ in 0..<60 { $0.receive(audio: loud, into: &$1) } }),
            (.aborted, { $0.receive(.stop, into: &$1) }),
            (.hangup, { $0.receive(.hangUp, into: &$1) }),
            (.timeout, { for index in 0..<400 { $0.receive(audio: index % 20 < 2 ? loud : silence, into: &$1) } }),
        ]
        var recorder = FileRecorder()
        #expect(recorder.audioDetected == nil)
        for (cause, end) in ends {
            var options = RecordingOptions(.aLaw, timeout: .seconds(5), maximumSilence: .seconds(1), bargeIn: .anyDigit)
            if cause == .size { options.maximumBytes = 4000 }
            var effects: [FileRecorder.Effect] = []
            recorder.receive(.record(options), into: &effects)
            #expect(recorder.state == .recording && recorder.cause == .none && recorder.audioDetected == nil)
            end(&recorder, &effects)
            #expect(recorder.cause == cause)
            #expect(recorder.state == (cause == .error ? .error : .idle))
            #expect(recorder.audioDetected == (cause == .size || cause == .timeout ? true : false))
            let finished = effects.filter { if case .finished = $0 { true } else { false } }
            #expect(finished.count == 1)
        }
    }

    @Test("the whole-call recorder has all causes but BARGEIN, the tone player no barge-in, the collector five ends")
    func others() {
        #expect(Set(WholeCallRecorder.Cause.allCases) == [.error, .silence, .size, .aborted, .hangup, .timeout, .none])
        #expect(Set(TonePlayer.Cause.allCases) == [.error, .normal, .aborted, .hangup, .timeout, .none])
        #expect(Set(DigitCollector.Cause.allCases) == [.error, .hangup, .timeout, .count, .end, .none])
        let loud = [Int16](repeating: 9000, count: 160)
        let ends: [(WholeCallRecorder.Cause, (inout WholeCallRecorder, inout [WholeCallRecorder.Effect]) -> Void)] = [
            (.error, { $0.receive(.fail, into: &$1) }),
            (.silence, { for _ in 0..<100 { $0.receive(heard: [], sent: [], into: &$1) } }),
            (.size, { for _ in 0..<60 { $0.receive(heard: loud, sent: [], into: &$1) } }),
            (.aborted, { $0.receive(.stop, into: &$1) }), (.hangup, { $0.receive(.hangUp, into: &$1) }),
            (.timeout, { for _ in 0..<400 { $0.receive(heard: [], sent: loud, into: &$1) } }),
        ]
        var recorder = WholeCallRecorder()
        for (cause, end) in ends {
            var options = RecordingOptions(.muLaw, timeout: .seconds(5), maximumSilence: .seconds(1))
            if cause == .size { options.maximumBytes = 4000 }
            var effects: [WholeCallRecorder.Effect] = []
            recorder.receive(.record(options, .mixed), into: &effects)
            #expect(recorder.cause == .none && recorder.state == .recording)
            end(&recorder, &effects)
            #expect(recorder.cause == cause)
        }
        var player = TonePlayer()
        for cause in [TonePlayer.Cause.normal, .aborted, .hangup, .timeout] {
            var effects: [TonePlayer.Effect] = []
            player.receive(.play(.once(440, for: .milliseconds(20)), timeout: .seconds(1)), at: .zero, into: &effects)
            #expect(player.state == .playing && player.cause == .none)
            switch cause {
            case .aborted: player.receive(.stop, at: .zero, into: &effects)
            case .hangup: player.receive(.hangUp, at: .zero, into: &effects)
            case .timeout: player.timeElapsed(at: Instant.zero + .seconds(1), into: &effects)
            case .normal, .error, .none:
                var frame = [Int16](repeating: 0, count: 160)
                while player.prepare(into: &effects) { player.fill(&frame) }
            }
            #expect(player.cause == cause && player.state == .idle)
        }
    }
}
