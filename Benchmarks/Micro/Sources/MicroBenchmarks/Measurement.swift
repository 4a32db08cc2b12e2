import CAllocationCounter
import Glibc

/// Runs a piece of work many times and prints CPU time and allocations for each run of it.
enum Measurement {
    /// Prints the best of ten rounds: the least disturbed one. With arguments, only the named measurement runs, as often
    /// as the second argument says, once: for counting instructions under valgrind.
    static func run(_ name: String, iterations: Int = 100_000, _ work: () -> Int) {
        if CommandLine.arguments.count == 3 {
            guard name.hasPrefix(CommandLine.arguments[1]) else { return }
            var sum = 0
            for _ in 0..<(Int(CommandLine.arguments[2]) ?? 0) { sum &+= work() }
            return print(sum)
        }
        var best = Double.infinity
        var allocations = UInt64.max
        var checksum = 0
        for _ in 0..<10 {
            let allocationsBefore = allocation_count()
            let before = cpuNanoseconds()
            for _ in 0..<iterations { checksum &+= work() }
            let after = cpuNanoseconds()
            allocations = min(allocations, allocation_count() - allocationsBefore)
            best = min(best, Double(after - before) / Double(iterations))
        }
        let time = String(Int(best.rounded()))
        let padding = String(repeating: " ", count: max(1, 56 - name.utf8.count - time.utf8.count))
        let each = Double(allocations) / Double(iterations)
        print("\(name)\(padding)\(time) ns   \(each) allocations   (checksum \(checksum & 0xFFFF))")
    }

    private static func cpuNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
