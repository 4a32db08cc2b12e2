import Testing
import Timeline

@Suite struct IdentifierSourceTests {
    @Test("a number written with fixed digits is read back, and foreign or missing characters are refused")
    func fixedDigits() {
        var bytes: [UInt8] = [120]
        IdentifierSource.append(0x0012_3456, digits: 7, to: &bytes)
        #expect(bytes.count == 8)
        #expect(IdentifierSource.number(in: bytes, at: 1, digits: 7) == 0x0012_3456)
        #expect(IdentifierSource.number(in: bytes, at: 2, digits: 7) == nil)
        #expect(IdentifierSource.number(in: bytes, at: -1, digits: 2) == nil)
        #expect(IdentifierSource.number(in: Array("ABC".utf8), at: 0, digits: 3) == nil)
        #expect(IdentifierSource.number(in: [], at: 0, digits: 1) == nil)
    }

    @Test("every shard number is two digits and read back")
    func shards() {
        for shard in UInt8.min...UInt8.max {
            var bytes: [UInt8] = []
            IdentifierSource.append(shard: shard, to: &bytes)
            #expect(bytes.count == 2)
            #expect(IdentifierSource.shard(in: bytes, at: 0) == shard)
        }
        #expect(IdentifierSource.shard(in: Array("55".utf8), at: 0) == nil)
    }
}
