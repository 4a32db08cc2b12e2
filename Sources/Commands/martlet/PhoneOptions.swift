import Addresses
import ArgumentParser
import Audio
import Foundation
import SIPMessages
import TestPhone
import Timeline

/// What `martlet call` and `martlet phone` have in common.
struct PhoneOptions: ParsableArguments {
    @Option(help: ArgumentHelp("WAV file to play: mono, 6 to 11 kHz, in G.711, ADPCM, 8 or 16 bit.", valueName: "file"))
    var play: String?

    @Option(help: ArgumentHelp("Tone to play instead of a file.", valueName: "hz"))
    var tone: Double?

    @Option(help: ArgumentHelp("WAV file to write what is heard into.", valueName: "file"))
    var record: String?

    @Option(help: ArgumentHelp("Digits to send as RFC 4733 events: 0-9 * # A-D.", valueName: "digits"))
    var dtmf: String = ""

    @Option(help: ArgumentHelp("PCMU or PCMA; both where it is not given.", valueName: "codec"))
    var codec: String?

    @Option(
        help: ArgumentHelp(
            "How long the call lasts after its answer: 500ms, 10s, 5m. Without it the phone hangs up when the file and "
                + "the digits are through, or else waits for the other side.",
            valueName: "duration"))
    var duration: TimeSpan?

    @Flag(help: "Print nothing but the JSON line.")
    var json = false

    /// What the options ask to be sent and recorded; `ValidationError` where a file cannot be read or a value is none.
    func mediaPlan() throws -> MediaPlan {
        var plan = MediaPlan(digits: dtmf, isRecorded: record != nil)
        if let codec {
            let wanted = G711Codec.allCases.filter { "\($0.encodingName)" == codec.uppercased() }
            guard !wanted.isEmpty else { throw ValidationError("--codec is PCMU or PCMA, not \(codec)") }
            plan.codecs = wanted
        }
        guard dtmf.allSatisfy({ "0123456789*#ABCDabcd".contains($0) }) else {
            throw ValidationError("--dtmf takes 0-9, *, # and A-D, not \(dtmf)")
        }
        if let play {
            let files = FileManager.default
            guard let data = files.contents(atPath: play) else {
                let problem = files.fileExists(atPath: play) ? "cannot be read" : "is not there"
                throw ValidationError("the file \(play) \(problem)")
            }
            do {
                plan.play = .samples(try AudioClip(parsing: Array(data)).samples)
            } catch {
                throw ValidationError(
                    "\(play) is no mono WAV file of 6 to 11 kHz in G.711, ADPCM, 8 or 16 bit: \(error)")
            }
        } else if let tone {
            guard (20...3900).contains(tone) else { throw ValidationError("--tone is 20 to 3900 Hz, not \(tone)") }
            plan.play = .tone(.continuous(tone))
        }
        return plan
    }

    /// Whether the phone hangs up by itself when its programme is through.
    var hangsUpWhenDone: Bool { duration == nil && (play != nil || !dtmf.isEmpty) }

    /// Prints the call's JSON line, writes its recording, and says in words how it ended.
    func conclude(_ report: CallReport, number: Int) throws {
        if let record {
            var writer = WAVEWriter()
            writer.append(report.media.recording)
            let path = number == 1 ? record : Self.numbered(record, number)
            do {
                try Data(writer.file).write(to: URL(fileURLWithPath: path))
            } catch {
                say("cannot write \(path): \(error.localizedDescription)")
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(report), as: UTF8.self))
        fflush(nil)
        if !json { say(report.sentence) }
    }

    /// Says what happens in `call` until its end.
    func narrate(_ call: PhoneCall) async {
        guard !json else { return }
        for await event in call.events {
            if let line = event.sentence { say(line) }
        }
    }

    /// One line on standard error.
    func say(_ line: String) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }

    /// `heard.wav` of the second call is `heard-2.wav`.
    private static func numbered(_ path: String, _ number: Int) -> String {
        let url = URL(fileURLWithPath: path)
        let name = "\(url.deletingPathExtension().lastPathComponent)-\(number)"
        return url.deletingLastPathComponent().appendingPathComponent(name).appendingPathExtension(url.pathExtension)
            .path
    }
}

/// A duration as the command line writes it: `500ms`, `10s`, `5m`, `1h`.
struct TimeSpan: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        let digits = argument.prefix { $0.isNumber }
        guard let number = Int64(digits), number < 1_000_000_000 else { return nil }
        switch argument.dropFirst(digits.count) {
        case "ms": duration = .milliseconds(number)
        case "s": duration = .seconds(number)
        case "m": duration = .seconds(number * 60)
        case "h": duration = .seconds(number * 3600)
        default: return nil
        }
    }
}

extension PhoneEvent {
    /// The event as a line of the story; nil for the end, which the report tells.
    var sentence: String? {
        switch self {
        case .progress(let status): "\(status.rawValue) \(status.reasonPhrase)"
        case .answered: "answered"
        case .held: "put on hold by the other side"
        case .resumed: "audio renegotiated by the other side"
        case .digit(let digit): "received digit \(digit)"
        case .heard(let frequency): "hears \(Int(frequency)) Hz"
        case .played: "everything played and dialled"
        case .ended: nil
        }
    }
}

extension CallReport {
    /// The end of the call in one line.
    var sentence: String {
        let party =
            switch endedBy {
            case .local: "this side"
            case .remote: "the other side"
            case .network: "nobody: no answer came"
            }
        guard isAnswered else { return "not answered: \(status.rawValue) \(reason), ended by \(party)" }
        let seconds = Double(duration.milliseconds) / 1000
        let tones = media.tones.map { "\(Int($0.frequency)) Hz" }.joined(separator: ", ")
        return "answered, ended by \(party) after \(String(format: "%.1f", seconds)) s; heard "
            + (tones.isEmpty ? "no tone" : tones)
            + (media.digits.isEmpty ? "" : ", digits \(media.digits)")
            + "; \(media.packetsReceived) packets, \(media.packetsLost) lost"
    }
}
