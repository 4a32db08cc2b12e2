/// Appends `source`, each run of blanks that holds a line end as one space.
func appendUnfolded(_ source: UnsafeBufferPointer<UInt8>, to result: inout [UInt8]) {
    guard !isHarmless(source) else {
        result.append(contentsOf: source)
        return
    }
    var position = 0
    while position < source.count {
        let start = position
        var isFold = false
        while position < source.count && source[position].isWhitespace {
            isFold = isFold || source[position] == 13 || source[position] == 10
            position += 1
        }
        if isFold {
            result.append(32)
        } else {
            result.append(contentsOf: UnsafeBufferPointer(rebasing: source[start..<position]))
        }
        let textStart = position
        while position < source.count && !source[position].isWhitespace { position += 1 }
        result.append(contentsOf: UnsafeBufferPointer(rebasing: source[textStart..<position]))
    }
}

/// Whether no byte is below 14: no CR, LF or NUL. Eight bytes are looked at together, the last eight once more.
func isHarmless(_ source: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let view = ByteView(source) else { return true }
    guard view.count >= 8 else { return source.allSatisfy { $0 >= 14 } }
    let bit: UInt64 = 0x8080_8080_8080_8080
    let least: UInt64 = 0x0E0E_0E0E_0E0E_0E0E
    let lastWord = view.word(at: view.count &- 8)
    var hits = (lastWord &- least) & ~lastWord
    var position = 0
    while position &+ 8 <= view.count {
        let word = view.word(at: position)
        hits |= (word &- least) & ~word
        position &+= 8
    }
    return hits & bit == 0
}
