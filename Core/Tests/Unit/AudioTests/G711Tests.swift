import Audio
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The ITU-T G.191 sweep, read from the conformance folder where it is present.
private enum Sweep {
    static let folder = getenv("MARTLET_CONFORMANCE").map { String(cString: $0) } ?? "../shared/conformance"

    static func bytes(_ name: String) -> [UInt8]? {
        guard let file = fopen("\(folder)/g711/\(name)", "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 200_000)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(count))
    }

    static func words(_ name: String) -> [Int16]? {
        guard let bytes = bytes(name) else { return nil }
        return stride(from: 0, to: bytes.count - 1, by: 2).map {
            Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
        }
    }

    static var isPresent: Bool { bytes("sweep.src")?.count == 131_072 }
}

@Suite struct G711Tests {
    @Test(
        "the ITU sweep encodes and decodes without one difference", .enabled(if: Sweep.isPresent, "no ITU vectors"),
        arguments: [(G711Codec.pcma, "a"), (.pcmu, "u")])
    func sweep(codec: G711Codec, suffix: String) throws {
        let source = try #require(Sweep.words("sweep.src"))
        let codes = try #require(Sweep.words("sweep-r.\(suffix)")).map { UInt8(truncatingIfNeeded: $0) }
        let decoded = try #require(Sweep.words("sweep-r.\(suffix)-\(suffix)"))
        #expect(source.count == 65_536)
        #expect(zip(codec.encode(source), codes).count { $0 != $1 } == 0)
        #expect(zip(codec.decode(codes), decoded).count { $0 != $1 } == 0)
    }

    @Test("every code survives decoding and encoding, but for the two zeros of µ-law")
    func identity() {
        for code in UInt8.min...UInt8.max {
            #expect(ALaw.encode(ALaw.decode(code)) == code)
            #expect(MuLaw.encode(MuLaw.decode(code)) == (code == 0x7F ? 0xFF : code))
        }
    }

    @Test("the values that G.711 prints in its tables come out")
    func printedValues() {
        #expect(MuLaw.decode(0x80) == 32124)
        #expect(MuLaw.decode(0x00) == -32124)
        #expect(MuLaw.decode(0xFF) == 0)
        #expect(MuLaw.encode(0) == 0xFF)
        #expect(MuLaw.encode(.min) == 0x00)
        #expect(MuLaw.encode(.max) == 0x80)
        #expect(ALaw.decode(0xD5) == 8)
        #expect(ALaw.decode(0xAA) == 32256)
        #expect(ALaw.decode(0x2A) == -32256)
        #expect(ALaw.encode(.min) == 0x2A)
        #expect(ALaw.encode(.max) == 0xAA)
        #expect(ALaw.encode(0) == ALaw.silence)
    }

    @Test("both laws are monotonic and err by at most half a step")
    func quantisation() {
        for codec in G711Codec.allCases {
            var last = Int16.min
            for sample in stride(from: -32768, through: 32767, by: 7) {
                let result = codec.decode(codec.encode([Int16(sample)]))[0]
                #expect(result >= last)
                #expect(abs(Int(result) - sample) <= max(abs(sample) / 24, 16))
                last = result
            }
        }
    }

    @Test("a codec knows its payload type, its name and its silence")
    func names() {
        #expect(G711Codec(rawValue: 8) == .pcma)
        #expect("\(G711Codec.pcmu.encodingName)" == "PCMU")
        #expect("\(G711Codec.pcma.encodingName)" == "PCMA")
        for codec in G711Codec.allCases { #expect(abs(codec.decode([codec.silence])[0]) <= 8) }
    }
}
