import SIPMessages

/// The body of a NOTIFY that tells how a REFER goes: the first line of the answer to the INVITE (RFC 3420).
public enum StatusFragment {
    /// The type of the body.
    public static let contentType: StaticString = "message/sipfrag;version=2.0"

    /// `SIP/2.0 200 OK` and a line end.
    public static func body(_ status: StatusCode) -> [UInt8] {
        var writer = MessageWriter(reserving: 64)
        writer.statusLine(status)
        return writer.bytes
    }

    /// The status that a fragment begins with; nil where it begins otherwise.
    public static func status(_ body: [UInt8]) -> StatusCode? {
        let line = body.drop { $0 == 13 || $0 == 10 }.prefix { $0 != 13 && $0 != 10 }
        let words = line.split(whereSeparator: { $0 == 32 || $0 == 9 }).prefix(2)
        guard words.count == 2, let version = words.first, let code = words.last,
            version.elementsEqual("SIP/2.0".utf8, by: { $0 & 0xDF == $1 & 0xDF }),
            code.count == 3, code.allSatisfy({ $0 &- 48 < 10 })
        else { return nil }
        let number = code.reduce(UInt16(0)) { $0 * 10 + UInt16($1 - 48) }
        return (100..<700).contains(number) ? StatusCode(rawValue: number) : nil
    }
}
