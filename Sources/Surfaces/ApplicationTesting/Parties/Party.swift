import Audio
import SIPMessages
import TestPhone
import Timeline

/// Somebody with a telephone: a caller, or one who is called. It does what the test says; its expectations let virtual time
/// pass until they are met, and throw `Unmet` where they are not.
public final class Party {
    /// What a party does with calls to it.
    public enum Manner: Sendable {
        /// Rings for this time, then answers.
        case answers(after: Duration)
        /// Rings until the test says otherwise.
        case rings
        /// Refuses with this status: 486 busy, 404 not found, 603 declined.
        case refuses(Int)
    }

    /// The number that it calls from and is called by.
    public let number: String
    /// What it does with calls to it, from the next one on.
    public var manner: Manner
    /// The switch and everybody else.
    public unowned let world: TestSwitch
    var call: PartyCall?

    init(_ number: String, _ manner: Manner, in world: TestSwitch) {
        self.number = number
        self.manner = manner
        self.world = world
    }

    // MARK: What it does

    /// Calls a number. Nothing happens until an expectation lets time pass.
    public func dials(_ number: String) { world.place(number, by: self) }

    /// Hangs up, gives up, or refuses what rings.
    public func hangsUp() { if let call { world.command(.hangUp(call.id), of: self) } }

    /// Answers what rings.
    public func answers() { if let call { world.command(.answer(call.id), of: self) } }

    /// Refuses what rings.
    public func refuses(_ status: Int = 486) {
        if let call { world.command(.refuse(call.id, StatusCode(rawValue: UInt16(clamping: status))), of: self) }
    }

    /// Presses digits, `0123456789*#ABCD`, each 100 ms with 100 ms between, after what is being said.
    public func presses(_ digits: String) {
        note("presses \(digits)")
        speak { $0.press(Array(digits.utf8)) }
    }

    /// Says something, after what it is saying already.
    public func says(_ clip: AudioClip) {
        note("speaks for \(clip.sampleCount.duration)")
        let samples = clip.samples
        speak { $0.say(samples) }
    }

    /// Says something that sounds like speech to who listens for it: a tone of 500 Hz that swells and fades.
    public func speaks(for duration: Duration = .seconds(1)) {
        let bursts = TonePlan(
            [Tone(500, dBm0: -12)], cadences: [TonePlan.Cadence(on: .milliseconds(180), off: .milliseconds(40))],
            isRepeated: true)
        var generator = ToneGenerator(bursts)
        var samples = [Int16](repeating: 0, count: SampleCount(duration).value)
        generator.fill(&samples)
        says(AudioClip(samples))
    }

    /// Stops speaking.
    public func hushes() { speak { $0.hush() } }

    private func speak(_ action: @escaping (inout PartyVoice) -> Void) {
        guard call?.voice != nil, call?.isAnswered == true else { return call?.waiting.append(action) ?? () }
        if var voice = call?.voice {
            action(&voice)
            call?.voice = voice
        }
    }

    func note(_ what: String) { call?.tale.append("\(HeardTale.time(world.clock.now)) s  \(what)") }

    // MARK: What it knows

    /// Whether its call is answered and goes on.
    public var isInCall: Bool { call?.isAnswered == true && call?.report == nil }

    /// The digits that came as telephone events in its last call.
    public var digits: String { String(call?.heard.digits.map(\.character) ?? []) }

    /// Everything it heard in its last call, at 8 kHz.
    public var recording: [Int16] { call?.heard.samples ?? [] }

    /// The status that its last call ended or was answered with; nil while it is open.
    public var status: Int? { call?.report.map { Int($0.status.rawValue) } ?? (isInCall ? 200 : nil) }
}
