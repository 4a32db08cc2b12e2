import Glibc
import Martlet
import MartletTesting

/// Simulates calls to a menu: `ApplicationCalls COUNT` lets so many callers, 20 at a time, ring, be answered, hear the prompt,
/// press a digit and be let go with an announcement, with all audio in both directions, and prints how many calls one core
/// simulates in a second. Ends with 1 where a call did not end as it should.
@main struct ApplicationCalls {
    private static let together = 20

    static func main() throws {
        let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1000
        var best = 0.0
        for round in 1...3 {
            let before = seconds()
            let simulated = try simulate(count, seed: UInt64(round))
            let rate = Double(count) / (seconds() - before)
            best = max(best, rate)
            print("round \(round): \(count) calls in \(simulated) of simulated time, \(Int(rate)) calls/s")
        }
        print("application calls with prompt, digit and audio: \(Int(best)) calls/s of one core")
    }

    private static func simulate(_ count: Int, seed: UInt64) throws -> Duration {
        let world = TestSwitch(seed: seed)
        world.serve("1000", Menu())
        let callers = (0..<min(together, count)).map { world.party("20255501\(10 + $0)") }
        var done = 0
        while done < count {
            let dialling = callers.prefix(count - done)
            for caller in dialling { caller.dials("1000") }
            for caller in dialling { try caller.hears(.tone(900, for: .milliseconds(500))) }
            for caller in dialling { caller.presses("1") }
            for caller in dialling { try caller.hears(.tone(600)) }
            for caller in dialling { try caller.expectsHangUp() }
            done += dialling.count
            guard try world.results(done).suffix(dialling.count).allSatisfy({ $0 == 1 }) else { exit(1) }
        }
        return world.elapsed
    }

    private static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// A menu as applications have it: a second of prompt that a digit cuts short, one digit, half a second of farewell.
private struct Menu: VoiceApplication {
    func main(_ run: ApplicationRun) async throws -> Int {
        let channel = run.channel
        try await channel.ring()
        try await channel.answer()
        try await channel.filePlayer.play([AudioClip(.once(900, for: .seconds(1)))], bargeIn: .anyDigit)
        let digit = try await channel.dtmfDetector.getDigits(count: 1, predigits: .seconds(5))
        try await channel.filePlayer.play([AudioClip(.once(600, for: .milliseconds(500)))])
        try await channel.hangUp()
        return digit == "1" ? 1 : 0
    }
}
