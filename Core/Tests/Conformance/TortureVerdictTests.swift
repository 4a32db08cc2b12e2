import SIPMessages
import Testing

/// RFC 4475 and RFC 5118: what the parser makes of each message, against the allowed answers.
@Suite(.enabled(if: ConformanceMaterial.isPresent, "conformance material is absent"))
struct TortureVerdictTests {
    /// Verdicts that the parser alone reaches; every other message must parse and `validate`.
    private static let refused: [String: UInt16] = [
        "badinv01": 400, "clerr": 400, "ncl": 400, "scalar02": 400, "quotbal": 400, "ltgtruri": 400, "lwsruri": 400,
        "lwsstart": 400, "trws": 400, "escruri": 400, "regbadct": 400, "badaspec": 400, "baddn": 400, "badvers": 505,
        "mismatch01": 400, "insuf": 400, "multi01": 400, "mcl01": 400, "scalarlg": 400, "bigcode": 400, "ipv6-bad": 400,
    ]

    @Test("each message of RFC 4475 gets its verdict", arguments: ConformanceMaterial.verdicts("rfc4475").map(\.name))
    func rfc4475(_ name: String) {
        check(name, ConformanceMaterial.message("rfc4475", name))
    }

    @Test("each message of RFC 5118 gets its verdict", arguments: ConformanceMaterial.verdicts("rfc5118").map(\.name))
    func rfc5118(_ name: String) {
        check(name, ConformanceMaterial.message("rfc5118-wire", name))
    }

    private func check(_ name: String, _ bytes: [UInt8]) {
        #expect(!bytes.isEmpty)
        let isResponse = bytes.starts(with: Array("SIP/".utf8))
        do throws(SIPParseError) {
            let message = try MessageParser.parse(bytes)
            try message.validate()
            #expect(Self.refused[name] == nil, "\(name) must be refused")
            #expect(message.isRequest != isResponse)
        } catch {
            #expect(error.status.rawValue == Self.refused[name], "\(name): \(error.reason) at \(error.offset)")
            #expect((error.partial != nil) == !isResponse, "\(name) must be answerable exactly when it is a request")
        }
    }
}
