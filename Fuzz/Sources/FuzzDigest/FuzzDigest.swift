import SIPMessages

/// One digest field value: what was read and written is read back unchanged.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDigest(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let credentials = DigestCredentials(bytes) {
        _ = credentials.nonceCountNumber
        var writer = MessageWriter()
        credentials.write(as: .authorization, into: &writer)
        check(writer.bytes)
    }
    for challenge in DigestChallenge.parse(bytes) {
        var writer = MessageWriter()
        challenge.write(as: .wwwAuthenticate, into: &writer)
        check(writer.bytes)
        let value = Array(writer.bytes.dropFirst("WWW-Authenticate: ".utf8.count).dropLast(2))
        precondition(DigestChallenge.parse(value).count <= 1, "one challenge became several")
    }
    return 0
}

/// Nothing but the end of the field is a line end, and NUL is nowhere.
private func check(_ field: [UInt8]) {
    precondition(field.suffix(2) == [13, 10], "the field does not end")
    precondition(!field.dropLast(2).contains { $0 == 13 || $0 == 10 || $0 == 0 }, "a line end or NUL got through")
}
