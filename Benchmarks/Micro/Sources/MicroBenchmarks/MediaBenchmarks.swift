import Addresses
import Audio
import MediaSessions
import RTP
import Timeline

/// What 20 ms of a party of an application's call cost, without the system's share of sending and receiving.
enum MediaBenchmarks {
    static func run() {
        print("media of application calls, for each 20 ms of each party")
        measure("a file of the call's codec is played, RTP comes in") { _ in }
        measure("the same with digits looked for in the audio") { $0.command(.hearTones(isOn: true)) }
        measure("the same, louder, so that it is decoded and encoded") { $0.volume = 3 }
        measure("the same with both sides recorded") {
            $0.command(.recordCall(MediaJobID(rawValue: 2), RecordingOptions(.aLaw), .mixed))
        }
        room()
    }

    private static func measure(_ name: String, _ prepare: (inout Stage) -> Void) {
        var stage = Stage(parties: 1)
        prepare(&stage)
        stage.play()
        for _ in 0..<100 { _ = stage.tick() }
        Measurement.run(name, iterations: 20_000) { stage.tick() }
    }

    private static func room() {
        var stage = Stage(parties: 40)
        stage.speakers = 3
        stage.command(.join(MediaJobID(rawValue: 1), RoomID(rawValue: 1), RoomTerms()))
        for _ in 0..<100 { _ = stage.tick() }
        Measurement.run("a room of 40, three of them speaking (the whole room)", iterations: 1_000) { stage.tick() }
    }

    /// Parties that are fed a packet each, and carried on by 20 ms.
    private struct Stage {
        var core = MediaCore(seed: 1)
        var now = Instant.zero
        var output = MediaOutput()
        var volume = 0.0
        var speakers: Int
        let parties: Int
        private var packet: [UInt8] = []
        private var sequence: UInt16 = 0

        init(parties: Int) {
            self.parties = parties
            speakers = parties
            RTPPacket(
                payloadType: .pcmu, sequenceNumber: SequenceNumber(rawValue: 0), timestamp: RTPTimestamp(rawValue: 0),
                source: SSRC(rawValue: 9)
            ).writeHeader(into: &packet)
            var tone = ToneGenerator(.continuous(440))
            packet += G711Codec.pcmu.encode(tone.nextFrame().samples)
            for number in 0..<parties {
                let id = MediaSessionID(rawValue: UInt64(number))
                let place = Self.place(number)
                core.open(id, at: now, into: &output)
                let target = MediaStreamTarget(rtp: place, rtcp: nil, signallingSource: place.address)
                core.receive(.describe(target, AudioAgreement(.pcmu)), for: id, at: now, into: &output)
                core.receive(.condition(.answered), for: id, at: now, into: &output)
            }
        }

        private static func place(_ number: Int) -> Endpoint {
            Endpoint(IPAddress(v4: 0x7F00_0001), UInt16(4000 + number))
        }

        mutating func command(_ command: PartyCommand) {
            for number in 0..<parties {
                core.receive(command, for: MediaSessionID(rawValue: UInt64(number)), at: now, into: &output)
            }
        }

        mutating func play() {
            let codes = [UInt8](repeating: 0x55, count: 80_000)
            let job = FilePlayer.Job([AudioClip(.pcmu, codes)], repetitions: nil, volume: volume)
            command(.play(MediaJobID(rawValue: 1), job, .application))
        }

        mutating func tick() -> Int {
            sequence &+= 1
            let timestamp = UInt32(sequence) &* 160
            packet[2] = UInt8(truncatingIfNeeded: sequence >> 8)
            packet[3] = UInt8(truncatingIfNeeded: sequence)
            for (index, shift) in [24, 16, 8, 0].enumerated() {
                packet[4 + index] = UInt8(truncatingIfNeeded: timestamp >> UInt32(shift))
            }
            for number in 0..<speakers {
                packet.withUnsafeBytes {
                    core.receive(
                        $0, from: Self.place(number), .rtp, for: MediaSessionID(rawValue: UInt64(number)), at: now,
                        into: &output)
                }
            }
            now = now + .milliseconds(20)
            core.timeElapsed(at: now, into: &output)
            let count = output.bytes.count
            output.removeAll()
            return count
        }
    }
}
