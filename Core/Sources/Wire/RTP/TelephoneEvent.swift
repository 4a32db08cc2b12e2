/// The payload of one `telephone-event` packet: a DTMF digit in progress or at its end (RFC 4733 §2.3).
public struct TelephoneEvent: Hashable, Sendable, BitwiseCopyable {
    /// Bytes of the payload; redundant blocks behind them are ignored.
    public static let length = 4
    /// The largest duration one event may have before it must be split into segments: 8.19 s (RFC 4733 §2.5.1.3).
    public static let maximumDuration: UInt16 = .max
    /// The event code of a hook flash (RFC 4733 §3.2).
    public static let flash: UInt8 = 16

    /// The event code: 0–9, 10 for `*`, 11 for `#`, 12–15 for `A`–`D`, 16 for flash, others for other events.
    public var code: UInt8
    /// Whether the event is over and `duration` its whole length.
    public var isEnd: Bool
    /// Power of the tone in dBm0 below zero, 0–63; without meaning for events that are not tones.
    public var volume: UInt8
    /// How long the event has lasted by now, in units of the RTP clock (125 µs at 8 kHz).
    public var duration: UInt16

    public init(code: UInt8, isEnd: Bool = false, volume: UInt8 = 10, duration: UInt16) {
        self.code = code
        self.isEnd = isEnd
        self.volume = min(volume, 63)
        self.duration = duration
    }

    /// Reads a payload; nil where it has less than four bytes. The reserved bit is ignored (RFC 4733 §2.3.3).
    public init?(parsing payload: some Collection<UInt8>) {
        var bytes = payload.makeIterator()
        guard let code = bytes.next(), let flags = bytes.next(), let high = bytes.next(), let low = bytes.next() else {
            return nil
        }
        self.code = code
        isEnd = flags & 0x80 != 0
        volume = flags & 0x3F
        duration = UInt16(high) << 8 | UInt16(low)
    }

    /// The four bytes of the payload.
    public var payload: [UInt8] {
        [
            code, (isEnd ? 0x80 : 0) | volume & 0x3F, UInt8(truncatingIfNeeded: duration >> 8),
            UInt8(truncatingIfNeeded: duration),
        ]
    }

    /// The event's character, one of `0123456789*#ABCD`; nil where the event is no digit.
    public var digit: UInt8? { Self.digit(of: code) }

    /// The character of an event code; nil from 16 on.
    public static func digit(of code: UInt8) -> UInt8? {
        switch code {
        case 0...9: UInt8(ascii: "0") + code
        case 10: UInt8(ascii: "*")
        case 11: UInt8(ascii: "#")
        case 12...15: UInt8(ascii: "A") + code - 12
        default: nil
        }
    }

    /// The event code of a character, either case; nil where it is not one of `0123456789*#ABCD`.
    public static func code(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "*"): 10
        case UInt8(ascii: "#"): 11
        case UInt8(ascii: "A")...UInt8(ascii: "D"): digit - UInt8(ascii: "A") + 12
        case UInt8(ascii: "a")...UInt8(ascii: "d"): digit - UInt8(ascii: "a") + 12
        default: nil
        }
    }
}
