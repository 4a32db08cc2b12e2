import Accounting
import Foundation
import Synchronization
import TestPhone
import Timeline

/// Tells a demonstration line by line and remembers whether everything held.
final class DemoTale: Sendable {
    private struct State {
        var step = 0
        var began = ContinuousClock.now
        var failures = 0
    }

    private let state = Mutex(State())

    /// How many expectations did not hold.
    var failures: Int { state.withLock { $0.failures } }

    /// Begins the next step.
    func begin(_ title: String) {
        let number = state.withLock { state in
            state.step += 1
            state.began = .now
            return state.step
        }
        say("\n\(number). \(title)")
    }

    /// Something that happened now.
    func happened(_ who: String, _ what: String) {
        let elapsed = ContinuousClock.now - state.withLock { $0.began }
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        let name = who.padding(toLength: 8, withPad: " ", startingAt: 0)
        say("   \(String(format: "%6.3f", seconds)) s  \(name) \(what)")
    }

    /// Something that must be so.
    func expect(_ holds: Bool, _ what: String) {
        if !holds { state.withLock { $0.failures += 1 } }
        say("   \(holds ? "  ok " : "WRONG")  \(what)")
    }

    /// A line of explanation.
    func note(_ line: String) { say("          \(line)") }

    /// The command that does the same, in lines of at most 80 columns.
    func sameAgain(_ command: String) {
        note("same again:")
        var lines = [""]
        for word in command.replacing(" --", with: "\u{0}--").split(separator: "\u{0}") {
            let fits = lines[lines.count - 1].count + word.count < 64
            if lines[0].isEmpty || fits {
                lines[lines.count - 1] += (lines[0].isEmpty ? "" : " ") + word
            } else {
                lines[lines.count - 1] += " \\"
                lines.append("  \(word)")
            }
        }
        quote(lines.joined(separator: "\n"))
    }

    /// Lines to be pasted into a shell.
    func quote(_ command: String) {
        for line in command.split(separator: "\n", omittingEmptySubsequences: false) { say("            \(line)") }
    }

    /// A line as it is.
    func say(_ line: String) {
        print(line)
        fflush(nil)
    }

    /// Tells what happens in `call` until its end.
    func follow(_ call: PhoneCall, of who: String) async {
        for await event in call.events {
            if let sentence = event.sentence { happened(who, sentence) }
        }
    }
}

extension CallReport {
    /// What this side heard, in words.
    var heard: String {
        let tones = media.tones.map { "\(Int($0.frequency)) Hz" }
        let digits = media.digits.isEmpty ? [] : ["the digits \(media.digits)"]
        let all = tones + digits
        return all.isEmpty ? "nothing" : all.joined(separator: " and ")
    }

    /// The end of the call in a few words.
    var brief: String {
        guard isAnswered else { return "\(status.rawValue) \(reason)" }
        let seconds = Double((duration.milliseconds + 50) / 100) / 10
        return "\(endedBy == .local ? "hangs up" : "is hung up on") after \(seconds) s"
    }

    /// Whether this frequency was among the tones heard.
    func hasHeard(_ frequency: Double) -> Bool { media.tones.contains { $0.frequency == frequency } }
}
