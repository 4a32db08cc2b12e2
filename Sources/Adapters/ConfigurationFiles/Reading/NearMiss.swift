/// Finds the word that somebody may have meant.
enum NearMiss {
    /// The one of `words` that is at most two letters, and at most a third of its length, away from `word`.
    static func of(_ word: String, among words: [String]) -> String? {
        let letters = Array(word.lowercased().utf8.prefix(64))
        let distances = words.map { (word: $0, distance: distance(letters, Array($0.lowercased().utf8))) }
        guard let best = distances.min(by: { $0.distance < $1.distance }),
            best.distance <= max(1, min(2, best.word.utf8.count / 3))
        else { return nil }
        return best.word
    }

    /// How many letters must be inserted, removed, changed or swapped with their neighbour.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var rows = [Array(0...right.count)]
        for row in 1..<(left.count + 1) {
            var line = [row]
            for column in 1..<(right.count + 1) {
                let isSame = left[row - 1] == right[column - 1]
                let changed = rows[row - 1][column - 1] + (isSame ? 0 : 1)
                var least = min(rows[row - 1][column] + 1, line[column - 1] + 1, changed)
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    least = min(least, rows[row - 2][column - 2] + 1)
                }
                line.append(least)
            }
            rows.append(line)
        }
        return rows[left.count][right.count]
    }
}
