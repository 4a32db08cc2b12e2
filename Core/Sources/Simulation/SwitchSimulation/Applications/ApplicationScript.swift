import CallControl
import MediaSessions
import SwitchEngine
import Timeline

/// What an application does with its call and its extra channels, one step after the other, whether or not a step suits
/// what the channels have come to.
public struct ApplicationScript: Equatable, Sendable {
    /// Something an application does.
    public enum Action: Equatable, Sendable {
        case ring(withEarlyMedia: Bool, for: Duration)
        case answer
        case reject(ClearingCause, raw: Int?)
        case hangUp
        /// Calls the callee of the plan with this number.
        case call(plan: Int, timeout: Duration?)
        case startCall(plan: Int)
        case waitForAnswer(timeout: Duration?)
        case waitForIdle(timeout: Duration?)
        /// Joins the audio with another channel of the run.
        case connect(to: Int)
        case disconnect
        case hold
        case resume
        /// Hands the far end to the callee of the plan with this number, called on another channel of the run.
        case transfer(plan: Int, using: Int, timeout: Duration?)
        case retrieve
        case waitForRetrieval(timeout: Duration?)
        /// Asks something of the media.
        case media(MediaAction)
        /// Gives up the verb that was performed last on the channel.
        case abandon
        /// Is through with the channel.
        case close
    }

    /// Something asked of the media of a call.
    public enum MediaAction: UInt8, Sendable, CaseIterable {
        case playTone, playClip, playEndlessly, playDigits, collect, record, recordCall, stopTone, stopFile, echo
        case endEcho, join, leave, watch, classify, waitForMachine
    }

    /// An action, the channel that it is done on, and how long after the step before it.
    public struct Step: Equatable, Sendable {
        public var after: Duration
        /// 0 is the primary channel, the others are extra channels.
        public var channel: Int
        public var action: Action

        public init(_ action: Action, on channel: Int = 0, after: Duration = .zero) {
            self.after = after
            self.channel = channel
            self.action = action
        }
    }

    /// What is done, in order; then every channel is closed.
    public var steps: [Step]
    /// How long the run goes on after its last step.
    public var returnsAfter: Duration = .milliseconds(10)
    /// How long it goes on after its primary call is gone, which gives up all that it waits for; nil ignores that.
    public var notices: Duration? = .milliseconds(5)

    public init(_ steps: [Step]) { self.steps = steps }

    /// How many extra channels a run has.
    public static let extraChannels = 2
}

extension ApplicationScript {
    /// A script that does anything at any moment, more often than not what suits. `others` are plans that can be called.
    static func random(_ dice: inout IdentifierSource, inbound: Bool, own: Int, others: [Int]) -> ApplicationScript {
        var script = ApplicationScript([])
        script.begin(&dice, inbound, own)
        for _ in 0..<dice.number(below: 9) {
            let after = dice.milliseconds(dice.number(below: 4) == 0 ? 2500 : 300)
            let channel = dice.number(below: 3) == 0 ? 1 + dice.number(below: extraChannels) : 0
            script.steps.append(Step(anything(&dice, others, channel), on: channel, after: after))
        }
        script.returnsAfter = dice.milliseconds(dice.number(below: 3) == 0 ? 4000 : 500)
        script.notices = dice.number(below: 4) == 0 ? nil : dice.milliseconds(200)
        return script
    }

    private mutating func begin(_ dice: inout IdentifierSource, _ isInbound: Bool, _ own: Int) {
        let after = dice.milliseconds(600)
        guard isInbound else {
            let timeout: Duration? = dice.number(below: 3) == 0 ? dice.milliseconds(900) : nil
            return steps.append(Step(.call(plan: own, timeout: timeout), after: after))
        }
        if dice.number(below: 3) == 0 {
            let isEarly = dice.number(below: 2) == 0
            steps.append(Step(.ring(withEarlyMedia: isEarly, for: dice.milliseconds(300)), after: after))
        }
        switch dice.number(below: 12) {
        case 0: steps.append(Step(.reject(.busy, raw: dice.number(below: 2) == 0 ? nil : 301), after: after))
        case 1: steps.append(Step(.hangUp, after: after))
        case 2: break
        default: steps.append(Step(.answer, after: after))
        }
    }

    private static func anything(_ dice: inout IdentifierSource, _ others: [Int], _ channel: Int) -> Action {
        let timeout: Duration? = dice.number(below: 2) == 0 ? nil : dice.milliseconds(3000)
        if dice.number(below: 3) == 0 {
            let all = MediaAction.allCases
            return .media(all[dice.number(below: all.count)])
        }
        if channel > 0, dice.number(below: 2) == 0, let plan = others.any(&dice) {
            return .call(plan: plan, timeout: timeout)
        }
        switch dice.number(below: 18) {
        case 0: return .ring(withEarlyMedia: dice.number(below: 2) == 0, for: dice.milliseconds(400))
        case 1: return .answer
        case 2: return .reject(.congestion, raw: dice.number(below: 2) == 0 ? nil : 200 + dice.number(below: 500))
        case 3: return .hangUp
        case 4: return others.any(&dice).map { .startCall(plan: $0) } ?? .abandon
        case 5: return .waitForAnswer(timeout: timeout)
        case 6: return .waitForIdle(timeout: timeout)
        case 7, 8: return .connect(to: dice.number(below: extraChannels + 1))
        case 9: return .disconnect
        case 10: return .hold
        case 11: return .resume
        case 12, 13:
            let target = 1 + dice.number(below: extraChannels)
            return others.any(&dice).map { .transfer(plan: $0, using: target, timeout: timeout) } ?? .disconnect
        case 14: return .retrieve
        case 15: return .waitForRetrieval(timeout: timeout)
        case 16: return .abandon
        default: return .close
        }
    }
}

extension IdentifierSource {
    fileprivate mutating func milliseconds(_ most: Int) -> Duration { .milliseconds(number(below: most + 1)) }
}

extension Array {
    fileprivate func any(_ dice: inout IdentifierSource) -> Element? {
        isEmpty ? nil : self[dice.number(below: count)]
    }
}
