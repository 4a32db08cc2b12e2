/// Runs a `PatternProgram` over a number: the leftmost match with Python's priorities.
///
/// Each pair of instruction and position is visited at most once per search, so the work is bounded by their product
/// whatever the pattern: `(a+)+$` over any number is as cheap as `a+$`.
struct PatternMatcher {
    private struct Job {
        /// The instruction to go on with; below 0 a slot to restore, as its complement.
        var instruction: Int
        /// Where to go on; the slot's old value.
        var value: Int
    }

    private let program: PatternProgram
    private let number: [UInt8]
    private var visited: [UInt64]
    private var jobs: [Job] = []
    /// Start and end of the whole match and of each group; -1 where the group took no part.
    private(set) var slots: [Int]
    /// How many instructions may still be run before the matcher gives up.
    private(set) var budget: Int

    init(_ program: PatternProgram, over number: [UInt8], budget: Int) {
        self.program = program
        self.number = number
        self.budget = budget
        visited = []
        slots = Array(repeating: -1, count: 2 * program.groupCount + 2)
    }

    /// Searches from `start` on and says whether there is a match, whose place is then in `slots`. An empty match at
    /// `start` does not count where `mustAdvance`. False also when the budget is used up.
    mutating func search(from start: Int, mustAdvance: Bool) -> Bool {
        let places = number.count + 1
        let words = (program.instructions.count * places + 63) / 64
        visited.removeAll(keepingCapacity: true)
        visited.append(contentsOf: repeatElement(0, count: words))
        let last = program.isAnchored ? 0 : number.count
        var position = start
        while position <= last {
            if run(from: position, forbiddenEmptyMatch: mustAdvance && position == start) { return true }
            guard budget > 0 else { return false }
            position += 1
        }
        return false
    }

    private mutating func run(from start: Int, forbiddenEmptyMatch: Bool) -> Bool {
        for slot in slots.indices { slots[slot] = -1 }
        jobs.removeAll(keepingCapacity: true)
        jobs.append(Job(instruction: 0, value: start))
        while let job = jobs.popLast() {
            if job.instruction < 0 {
                slots[~job.instruction] = job.value
                continue
            }
            guard let end = follow(from: job.instruction, at: job.value) else {
                if budget <= 0 { return false }
                continue
            }
            if forbiddenEmptyMatch && end == start { continue }
            slots[0] = start
            slots[1] = end
            return true
        }
        return false
    }

    /// Follows one thread to its end: the position where it matched, or nil.
    private mutating func follow(from first: Int, at start: Int) -> Int? {
        var instruction = first
        var position = start
        while true {
            budget -= 1
            let mark = instruction * (number.count + 1) + position
            let bit = UInt64(1) << UInt64(mark & 63)
            if budget <= 0 || visited[mark >> 6] & bit != 0 { return nil }
            visited[mark >> 6] |= bit
            switch program.instructions[instruction] {
            case .byte(let byte):
                guard position < number.count && number[position] == byte else { return nil }
                position += 1
                instruction += 1
            case .set(let set):
                guard position < number.count && program.sets[Int(set)].contains(number[position]) else { return nil }
                position += 1
                instruction += 1
            case .split(let first, let second):
                jobs.append(Job(instruction: Int(second), value: position))
                instruction = Int(first)
            case .jump(let target): instruction = Int(target)
            case .save(let slot):
                jobs.append(Job(instruction: ~Int(slot), value: slots[Int(slot)]))
                slots[Int(slot)] = position
                instruction += 1
            case .start:
                guard position == 0 else { return nil }
                instruction += 1
            case .end:
                guard position == number.count else { return nil }
                instruction += 1
            case .matched: return position
            }
        }
    }
}
