/// Appends `source`, each run of blanks that holds a line end as one space.
func appendUnfolded(_ source: UnsafeBufferPointer<UInt8>, to result: inout [UInt8]) {
    var hits: UInt8 = 0
    for byte in source { hits |= byte < 14 ? 1 : 0 }
    guard hits != 0 else {
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
