/// The RTP clock rates of a stream's payload types, in hertz: the static ones of RFC 3551 §6, and up to four dynamic
/// ones that are not 8,000.
public struct ClockRates: Hashable, Sendable, BitwiseCopyable {
    /// The rate of every payload type that is neither static nor noted.
    public static let standard: UInt32 = 8_000

    /// Payload type in the upper 8 bits, rate in the lower 24; 0 is empty.
    private var first: UInt32 = 0
    private var second: UInt32 = 0
    private var third: UInt32 = 0
    private var fourth: UInt32 = 0

    public init() {}

    /// The rate of a payload type (0...127).
    public subscript(payloadType: UInt8) -> UInt32 {
        guard payloadType >= 96 || first != 0 else { return Self.staticRate(payloadType) }
        let wanted = UInt32(payloadType)
        if first != 0 && first >> 24 == wanted { return first & 0xFF_FFFF }
        if second != 0 && second >> 24 == wanted { return second & 0xFF_FFFF }
        if third != 0 && third >> 24 == wanted { return third & 0xFF_FFFF }
        if fourth != 0 && fourth >> 24 == wanted { return fourth & 0xFF_FFFF }
        return Self.staticRate(payloadType)
    }

    /// Notes the rate that a description gives for a payload type; the usual ones take no room, a fifth unusual one is
    /// forgotten.
    public mutating func note(_ rate: UInt32, for payloadType: UInt8) {
        guard rate > 0, rate <= 0xFF_FFFF, rate != Self.staticRate(payloadType) else { return }
        let entry = UInt32(payloadType) << 24 | rate
        if first == 0 || first >> 24 == UInt32(payloadType) {
            first = entry
        } else if second == 0 || second >> 24 == UInt32(payloadType) {
            second = entry
        } else if third == 0 || third >> 24 == UInt32(payloadType) {
            third = entry
        } else if fourth == 0 || fourth >> 24 == UInt32(payloadType) {
            fourth = entry
        }
    }

    private static func staticRate(_ payloadType: UInt8) -> UInt32 {
        switch payloadType {
        case 6: 16_000
        case 10, 11: 44_100
        case 14, 25, 26, 28, 31, 32, 33, 34: 90_000
        case 16: 11_025
        case 17: 22_050
        default: standard
        }
    }
}
