import Testing

@testable import VoiceRESTAPI

@Suite("Ranges of files")
struct ByteRangeTests {
    @Test(
        "a range means bytes of the file, what nobody understands means all of them",
        arguments: [
            (nil, .all), ("bytes=2-4", .part(2..<5)), ("Bytes=0-0", .part(0..<1)), ("bytes=5-", .part(5..<13)),
            ("bytes=-3", .part(10..<13)), ("bytes=-99", .part(0..<13)), ("bytes=4-99", .part(4..<13)),
            ("bytes=0-9223372036854775807", .part(0..<13)), ("bytes=13-", .nothing), ("bytes=99-100", .nothing),
            ("bytes=-0", .nothing), ("bytes=4-2", .all), ("bytes=0-1,3-4", .all), ("lines=1-2", .all),
            ("bytes=", .all), ("bytes=-", .all), ("bytes=a-b", .all), ("bytes=1", .all),
            ("bytes=99999999999999999999-", .all), ("bytes=-99999999999999999999", .all),
        ] as [(String?, ByteRange)])
    func ranges(_ field: String?, _ wanted: ByteRange) {
        #expect(ByteRange.wanted(field, of: 13) == wanted)
    }

    @Test("a file without bytes has no range")
    func empty() {
        #expect(ByteRange.wanted("bytes=0-", of: 0) == .nothing && ByteRange.wanted("bytes=-1", of: 0) == .nothing)
        #expect(ByteRange.wanted(nil, of: 0) == .all)
    }
}
