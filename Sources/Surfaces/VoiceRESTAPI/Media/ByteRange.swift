/// Which bytes of a file a request asks for (RFC 9110 §14.2).
enum ByteRange: Equatable, Sendable {
    /// All of them: no range was asked for, one that nobody understands, or several at once.
    case all
    case part(Range<Int>)
    /// None that there are.
    case nothing

    /// What the value of a Range field means for a file of so many bytes.
    static func wanted(_ field: String?, of length: Int) -> ByteRange {
        guard let field, field.lowercased().hasPrefix("bytes=") else { return .all }
        let ends = field.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2, !field.contains(",") else { return .all }
        let (first, last) = (ends[0].filter { $0 != " " }, ends[1].filter { $0 != " " })
        guard (first + last).utf8.allSatisfy({ (48...57).contains($0) }) else { return .all }
        switch (Int(first), Int(last)) {
        case (let begin?, let end?):
            guard begin <= end else { return .all }
            return begin < length ? .part(begin..<min(length - 1, end) + 1) : .nothing
        case (let begin?, nil): return last.isEmpty ? (begin < length ? .part(begin..<length) : .nothing) : .all
        case (nil, let count?):
            guard first.isEmpty else { return .all }
            return count > 0 && length > 0 ? .part(max(0, length - count)..<length) : .nothing
        case (nil, nil): return .all
        }
    }
}
