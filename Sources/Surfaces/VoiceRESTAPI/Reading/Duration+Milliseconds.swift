extension Duration {
    /// Whole milliseconds, as members of this interface count times; cut toward zero.
    var wholeMilliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
