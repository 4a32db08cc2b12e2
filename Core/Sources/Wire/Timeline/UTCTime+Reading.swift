extension UTCTime {
    /// The time that `text` writes in one of the forms of the XML-RPC interface: `20260305T08:15:42`, with or without
    /// milliseconds, or `08:15:42.000 GMT Thu Mar 05 2026`, with a day of one digit or two; nil for any other text.
    public init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 8)
        guard let time = words.count == 1 ? Self.readCompact(words[0]) : Self.readLong(words) else { return nil }
        self.init(milliseconds: time)
    }

    private static func readCompact(_ word: Substring) -> Int64? {
        let word = word.hasSuffix("Z") ? word.dropLast() : word
        let halves = word.split(separator: "T", omittingEmptySubsequences: false)
        guard halves.count == 2, let time = readClock(halves[1]) else { return nil }
        let date = halves[0].filter { $0 != "-" }[...]
        guard date.utf8.count == 8, let year = number(date.prefix(4)), let month = number(date.dropFirst(4).prefix(2)),
            let day = number(date.suffix(2)), let start = UTCTime(year: year, month: month, day: day)
        else { return nil }
        return start.milliseconds + time
    }

    private static func readLong(_ words: [Substring]) -> Int64? {
        guard words.count == 6, words[1] == "GMT" || words[1] == "UTC", weekdays.contains(String(words[2])),
            let time = readClock(words[0]), let month = months.firstIndex(of: String(words[3])),
            words[4].utf8.count <= 2, let day = number(words[4]), words[5].utf8.count == 4, let year = number(words[5]),
            let start = UTCTime(year: year, month: Int64(month) + 1, day: day)
        else { return nil }
        return start.milliseconds + time
    }

    /// Milliseconds of `08:15:42` or `08:15:42.117`.
    private static func readClock(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 2, parts[1].utf8.count == 2 else { return nil }
        let seconds = parts[2].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard seconds[0].utf8.count == 2, let hour = number(parts[0]), let minute = number(parts[1]),
            let second = number(seconds[0]), hour < 24, minute < 60, second < 61
        else { return nil }
        var fraction: Int64 = 0
        if seconds.count == 2 {
            guard (1...9).contains(seconds[1].utf8.count), number(seconds[1]) != nil else { return nil }
            fraction = number(Substring((seconds[1] + "00").prefix(3))) ?? 0
        }
        return ((hour * 60 + minute) * 60 + second) * 1000 + fraction
    }

    private static func number(_ text: Substring) -> Int64? {
        !text.isEmpty && text.utf8.allSatisfy { $0 &- 48 < 10 } ? Int64(text) : nil
    }
}
