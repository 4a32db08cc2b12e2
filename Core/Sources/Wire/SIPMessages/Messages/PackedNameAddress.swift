/// A `NameAddress` in 20 bytes.
struct PackedNameAddress: Equatable, Sendable, BitwiseCopyable {
    var value = ShortRange()
    var display = ShortRange()
    var uri = ShortRange()
    var parameters = ShortRange()
    var tag = ShortRange()

    var nameAddress: NameAddress {
        NameAddress(
            display: display.optional, uri: uri.range, tag: tag.optional, parameters: parameters.range,
            value: value.range)
    }
}
