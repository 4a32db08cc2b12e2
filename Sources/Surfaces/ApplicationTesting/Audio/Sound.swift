import Audio
import VoiceApplications

/// Something that a party can hear and recognise by its content.
public struct Sound: Sendable, CustomStringConvertible {
    enum Content: Sendable {
        /// These frequencies at the same time, in hertz, for so long in all.
        case tone([Double], Duration)
        case clip(AudioClip)
        /// These digits, as telephone events.
        case digits(String)
        case silence(Duration)
    }

    let content: Content
    public let description: String

    /// One frequency or several at the same time, in hertz, for `duration` or longer.
    public static func tone(_ frequencies: Double..., for duration: Duration = .milliseconds(100)) -> Sound {
        let names = frequencies.map { "\(Int($0))" }.joined(separator: " + ")
        return Sound(content: .tone(frequencies, duration), description: "a tone of \(names) Hz")
    }

    /// The frequencies of a tone plan's first step that sounds.
    public static func tone(_ plan: TonePlan, for duration: Duration = .milliseconds(100)) -> Sound {
        let tones = plan.steps.first { !$0.tones.isEmpty }?.tones ?? []
        let names = tones.map { "\(Int($0.frequency))" }.joined(separator: " + ")
        return Sound(content: .tone(tones.map(\.frequency), duration), description: "a tone of \(names) Hz")
    }

    /// The ringing tone that a transfer plays where nothing else is said.
    public static var ringback: Sound {
        Sound(content: tone(ToneCatalogue().standard, for: .milliseconds(500)).content, description: "the ringing tone")
    }

    /// The busy tone of most of Europe, `TonePlan.busy`.
    public static var busy: Sound { Sound(content: tone(.busy).content, description: "the busy tone") }

    /// The beep before a recording, `TonePlan.beep`.
    public static var beep: Sound { Sound(content: tone(.beep).content, description: "the beep") }

    /// A recording: its first 400 ms.
    public static func clip(_ clip: AudioClip, named name: String = "a recording") -> Sound {
        Sound(content: .clip(clip), description: name)
    }

    /// What `say` makes of a text in a test.
    public static func text(_ text: String) -> Sound {
        Sound(content: .clip(SpokenText.clip(text)), description: "“\(text)” being said")
    }

    /// Digits, sent as telephone events.
    public static func digits(_ digits: String) -> Sound {
        Sound(content: .digits(digits), description: "the digits \(digits)")
    }

    /// Nothing, for `duration`.
    public static func silence(for duration: Duration) -> Sound {
        Sound(content: .silence(duration), description: "silence for \(duration)")
    }
}

/// What texts sound like in a test: each word is two tones that are its own, so that a text is recognised by its content.
public enum SpokenText {
    /// A text as a test's switch says it, 160 ms for each word and 40 ms between two.
    public static func clip(_ text: String) -> AudioClip {
        var samples: [Int16] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            let number = word.lowercased().utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
                ($0 ^ UInt64($1)) &* 0x100_0000_01B3
            }
            let low = 400 + Double((number >> 20) % 53) * 20
            let high = 1600 + Double((number >> 40) % 67) * 20
            let tones = [
                Tone(frequency: low, level: SignalLevel(dBm0: -14)),
                Tone(frequency: high, level: SignalLevel(dBm0: -18)),
            ]
            let cadence = [TonePlan.Cadence(on: .milliseconds(160), off: .milliseconds(40))]
            samples += AudioClip(TonePlan(tones, cadences: cadence, isRepeated: false)).samples
        }
        return AudioClip(samples)
    }
}
