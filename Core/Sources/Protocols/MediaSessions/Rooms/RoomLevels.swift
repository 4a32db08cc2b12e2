import Audio

/// How loud a party of a room is to the others and they are to it, and how loud it must be to be heard.
public struct RoomLevels: Hashable, Sendable, BitwiseCopyable {
    /// What can be changed.
    public enum Control: Hashable, Sendable, BitwiseCopyable, CaseIterable {
        /// How loud the others hear the party: 4 dB a step.
        case talk
        /// How loud the party hears the others: 4 dB a step.
        case listen
        /// How soft the party may be and is heard: each step down leaves out 6 dB more, from −54 dBm0 on; at 0
        /// everything is heard.
        case sensitivity
    }

    /// Steps up and down; sensitivity has those down.
    public static let steps = -4...4
    private static let decibelsPerStep = 4.0

    public private(set) var talk = 0
    public private(set) var listen = 0
    public private(set) var sensitivity = 0

    public init() {}

    /// Goes so many steps up, or down where it is negative; nil puts it back.
    public mutating func change(_ control: Control, by count: Int?) {
        func moved(_ step: Int, upTo most: Int) -> Int {
            guard let count else { return 0 }
            return min(max(step + min(max(count, -8), 8), Self.steps.lowerBound), most)
        }
        switch control {
        case .talk: talk = moved(talk, upTo: Self.steps.upperBound)
        case .listen: listen = moved(listen, upTo: Self.steps.upperBound)
        case .sensitivity: sensitivity = moved(sensitivity, upTo: 0)
        }
    }

    /// What the party's samples are multiplied by.
    var talkGain: Float { Self.gain(talk) }

    /// What the samples that it hears are multiplied by.
    var listenGain: Float { Self.gain(listen) }

    /// The power in sample units squared below which the party is not heard; nil where everything is.
    var threshold: Float? {
        guard sensitivity < 0 else { return nil }
        let peak = SignalLevel(dBm0: -60 - 6 * Double(sensitivity)).peak
        return Float(peak * peak / 2)
    }

    private static func gain(_ step: Int) -> Float {
        step == 0 ? 1 : Float(ElementaryFunctions.powerOfTen(Double(step) * decibelsPerStep / 20))
    }
}
