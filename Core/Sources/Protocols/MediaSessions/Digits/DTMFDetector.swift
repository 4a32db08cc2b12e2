import Audio
import RTP
import Timeline

/// Hears the digits of a party, each once, whether they come as telephone events, as SIP INFO or as tones.
///
/// A key that arrives by two ways, such as a tone that a gateway leaves in the audio beside its events, is one digit:
/// what came by another way within two seconds and has no partner yet is the same press.
public struct DTMFDetector: Equatable, Sendable {
    /// The way a digit took.
    public enum Way: UInt8, Hashable, Sendable, CaseIterable { case telephoneEvent, info, tone }

    /// What the session learns.
    public enum Effect: Hashable, Sendable {
        /// A new digit, one of `0123456789*#ABCD`.
        case digit(UInt8, Way)
        /// A press that is known came by a second way, too; the first one is named.
        case again(UInt8, Way, after: Way)
        /// It sounds no longer; for events and tones.
        case ended(UInt8)
    }

    private struct Press: Equatable, Sendable {
        var digit: UInt8
        var time: Instant
        var first: Way
        /// The ways by which it came.
        var ways: UInt8
    }

    /// How far apart the same press may come by two ways.
    public static let matchingWindow: Duration = .seconds(2)
    private static let remembered = 32

    /// Whether digits are looked for in the audio.
    public var hearsTones: Bool
    private var events = TelephoneEventReceiver()
    private var tones = OnDemand<DTMFToneDetector>()
    private var presses: [Press] = []
    private var eventChanges: [TelephoneEventReceiver.Effect] = []
    private var toneChanges: [DTMFToneDetector.Change] = []

    public init(hearsTones: Bool = false) { self.hearsTones = hearsTones }

    /// When `timeElapsed` must be called next; nil while no event is in progress.
    public var nextDeadline: Instant? { events.nextDeadline }

    /// Whether a telephone event is in progress.
    public var isKeyHeld: Bool { events.isSounding }

    /// Whether a tone sounds in the audio now.
    public var isSounding: Bool { tones.value?.sounding != nil }

    /// Takes a telephone event in whatever order the network delivers.
    public mutating func receive(
        _ packet: TelephoneEventReceiver.Packet, at now: Instant, into effects: inout [Effect]
    ) {
        eventChanges.removeAll(keepingCapacity: true)
        events.receive(packet, at: now, into: &eventChanges)
        translateEvents(at: now, into: &effects)
    }

    public mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        eventChanges.removeAll(keepingCapacity: true)
        events.timeElapsed(at: now, into: &eventChanges)
        translateEvents(at: now, into: &effects)
    }

    /// Takes a digit that came by SIP INFO; characters that are none are ignored.
    public mutating func receive(info digit: UInt8, at now: Instant, into effects: inout [Effect]) {
        guard let code = TelephoneEvent.code(of: digit), let digit = TelephoneEvent.digit(of: code) else { return }
        press(digit, .info, at: now, into: &effects)
    }

    /// Takes the next audio of the party.
    public mutating func receive(audio frame: [Int16], at now: Instant, into effects: inout [Effect]) {
        guard hearsTones else { return }
        toneChanges.removeAll(keepingCapacity: true)
        if tones.value == nil { tones.value = DTMFToneDetector() }
        tones.value?.receive(frame, into: &toneChanges)
        for change in toneChanges {
            switch change {
            case .began(let digit): press(digit, .tone, at: now, into: &effects)
            case .ended(let digit): effects.append(.ended(digit))
            }
        }
    }

    private mutating func translateEvents(at now: Instant, into effects: inout [Effect]) {
        for change in eventChanges {
            switch change {
            case .began(let code):
                if let digit = TelephoneEvent.digit(of: code) {
                    press(digit, .telephoneEvent, at: now, into: &effects)
                }
            case .ended(let code, _):
                if let digit = TelephoneEvent.digit(of: code) { effects.append(.ended(digit)) }
            }
        }
    }

    private mutating func press(_ digit: UInt8, _ way: Way, at now: Instant, into effects: inout [Effect]) {
        presses.removeAll { now - $0.time > Self.matchingWindow }
        let mark = UInt8(1) << way.rawValue
        if let partner = presses.firstIndex(where: { $0.digit == digit && $0.ways & mark == 0 }) {
            presses[partner].ways |= mark
            return effects.append(.again(digit, way, after: presses[partner].first))
        }
        if presses.count == Self.remembered { presses.removeFirst() }
        presses.append(Press(digit: digit, time: now, first: way, ways: mark))
        effects.append(.digit(digit, way))
    }
}
