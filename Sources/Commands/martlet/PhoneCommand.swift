import Addresses
import ArgumentParser
import PacketLoop
import SIPMessages
import TestPhone

/// `martlet phone`: answers calls, and says how each ended.
struct PhoneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "phone",
        abstract: "Answers calls with a scriptable test phone.",
        discussion: """
            One JSON line on standard output says how each call ended; what happens meanwhile goes to standard error.
            Ctrl-C ends it. Exit status: 0, or 1 where a call got no answer from the network, 2 wrong usage.

            Examples:
              martlet phone --listen udp:127.0.0.1:5070 --tone 1000
              martlet phone --listen udp:127.0.0.1:5070 --answer-after 2s --calls 1
              martlet phone --listen udp:127.0.0.1:5070 --play a.wav --record b.wav
              martlet phone --listen udp:127.0.0.1:5070 --reject 486
            """)

    @Option(help: ArgumentHelp("Local SIP address.", valueName: "udp:host:port"))
    var listen: PhoneAddress

    @Option(help: ArgumentHelp("How long it rings before it answers.", valueName: "duration"))
    var answerAfter: TimeSpan?

    @Flag(help: "Ring for ever.")
    var neverAnswer = false

    @Option(help: ArgumentHelp("Refuse every call with this status, 300 to 699.", valueName: "status"))
    var reject: UInt16?

    @Flag(help: "Send 183 with audio instead of 180, and play before the answer.")
    var early = false

    @Option(help: ArgumentHelp("End after so many calls.", valueName: "count"))
    var calls: Int?

    @Option(help: ArgumentHelp("More calls than this at the same time are busy.", valueName: "count"))
    var maximumCalls = 1000

    @OptionGroup var options: PhoneOptions

    func validate() throws {
        if let reject, !(300...699).contains(reject) {
            throw ValidationError("--reject is a final status from 300 to 699, not \(reject)")
        }
        if let calls, calls < 1 { throw ValidationError("--calls is 1 or more") }
    }

    func run() async throws {
        let policy = try self.policy()
        let phone: TestPhone
        do {
            phone = try TestPhone(listen: listen.endpoint)
        } catch {
            throw ValidationError("cannot listen on \(listen.endpoint): \(error); --listen changes the address")
        }
        phone.answer(policy)
        options.say("phone ready sip=udp:\(phone.local)")
        let interrupt = InterruptHandler { phone.stop() }
        let reports = await answerCalls(phone)
        _ = consume interrupt
        phone.stop()
        if reports.contains(where: { $0.endedBy == .network && $0.isAnswered }) { throw ExitCode.failure }
    }

    /// Follows every call to its end, several at once, until enough have come or the phone has stopped.
    private func answerCalls(_ phone: TestPhone) async -> [CallReport] {
        await withTaskGroup(of: CallReport.self) { group in
            var count = 0
            for await call in phone.incomingCalls {
                count += 1
                let number = count
                group.addTask {
                    if !options.json { options.say("call \(number) comes in") }
                    await options.narrate(call)
                    let report = await call.report
                    do {
                        try options.conclude(report, number: number)
                    } catch {
                        options.say("cannot write the report: \(error)")
                    }
                    return report
                }
                if count == calls { break }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func policy() throws -> AnswerPolicy {
        var policy = AnswerPolicy(media: try options.mediaPlan())
        if let reject {
            policy.decision = .reject(StatusCode(reject))
        } else {
            policy.decision = neverAnswer ? .ring : .answer(after: answerAfter?.duration ?? .zero)
        }
        policy.sendsEarlyMedia = early
        policy.duration = options.duration?.duration
        policy.hangsUpWhenDone = options.hangsUpWhenDone
        policy.maximumCalls = maximumCalls
        return policy
    }
}
