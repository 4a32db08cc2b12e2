/// Reads addresses and ports from text that it does not keep.
struct AddressReader {
    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    var isAtEnd: Bool { position >= text.count }

    private var current: UInt8 { position < text.count ? text[position] : 0 }

    /// Steps over `byte` and says whether it was there.
    mutating func take(_ byte: UInt8) -> Bool {
        guard position < text.count && text[position] == byte else { return false }
        position += 1
        return true
    }

    /// An address up to the first byte that cannot be of it; IPv6 may stand in brackets.
    mutating func address() -> IPAddress? {
        if take(UInt8(ascii: "[")) {
            guard let address = ipv6(), take(UInt8(ascii: "]")) else { return nil }
            return address
        }
        var probe = position
        while probe < text.count && text[probe] &- 48 < 10 { probe += 1 }
        if probe < text.count && text[probe] == UInt8(ascii: ".") {
            return ipv4().map { IPAddress(v4: $0) }
        }
        return ipv6()
    }

    /// 1 to 5 digits up to 65,535.
    mutating func port() -> UInt16? {
        guard let number = decimal(digits: 5) else { return nil }
        return UInt16(exactly: number)
    }

    private mutating func decimal(digits: Int) -> UInt32? {
        var number: UInt32 = 0
        let start = position
        while current &- 48 < 10 && position < text.count {
            guard position - start < digits else { return nil }
            number = number &* 10 &+ UInt32(current &- 48)
            position += 1
        }
        return position > start ? number : nil
    }

    private mutating func ipv4() -> UInt32? {
        var number: UInt32 = 0
        for part in 0..<4 {
            if part > 0 && !take(UInt8(ascii: ".")) { return nil }
            guard let octet = decimal(digits: 3), octet < 256 else { return nil }
            number = number << 8 | octet
        }
        return number
    }

    /// Groups are shifted into `tail`; what stood before `::` is moved to the front at the end.
    private mutating func ipv6() -> IPAddress? {
        var groups: InlineArray<8, UInt16> = InlineArray(repeating: 0)
        var count = 0
        var gap: Int?
        if current == UInt8(ascii: ":") {
            guard takeGap() else { return nil }
            gap = 0
        }
        while count < 8, let group = hexadecimalOrDotted() {
            groups[count] = UInt16(truncatingIfNeeded: group.value >> (group.isDotted ? 16 : 0))
            count += 1
            if group.isDotted {
                guard count < 8 else { return nil }
                groups[count] = UInt16(truncatingIfNeeded: group.value)
                count += 1
                break
            }
            guard current == UInt8(ascii: ":") else { break }
            if takeGap() {
                guard gap == nil else { return nil }
                gap = count
                continue
            }
            guard position + 1 < text.count, Self.digit(text[position + 1]) < 16, count < 8 else { return nil }
            position += 1
        }
        guard gap == nil ? count == 8 : count < 8 else { return nil }
        return Self.join(groups, count: count, gap: gap ?? count)
    }

    /// Steps over `::`, or over `:::` before anything (RFC 5118 §4.10), and says whether it was there.
    private mutating func takeGap() -> Bool {
        guard position + 1 < text.count, text[position] == UInt8(ascii: ":"), text[position + 1] == UInt8(ascii: ":")
        else { return false }
        position += 2
        if current == UInt8(ascii: ":") { position += 1 }
        return true
    }

    private mutating func hexadecimalOrDotted() -> (value: UInt32, isDotted: Bool)? {
        let start = position
        var value: UInt32 = 0
        while position < text.count && Self.digit(text[position]) < 16 && position - start < 4 {
            value = value << 4 | UInt32(Self.digit(text[position]))
            position += 1
        }
        guard position > start else { return nil }
        if current == UInt8(ascii: ".") {
            position = start
            guard let dotted = ipv4() else {
                position = start
                return nil
            }
            return (dotted, true)
        }
        return (value, false)
    }

    private static func join(_ groups: InlineArray<8, UInt16>, count: Int, gap: Int) -> IPAddress {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for position in 0..<8 {
            var group: UInt16 = 0
            if position < gap {
                group = groups[position]
            } else if position >= 8 &- (count &- gap) {
                group = groups[position &- (8 &- count)]
            }
            if position < 4 { high = high << 16 | UInt64(group) } else { low = low << 16 | UInt64(group) }
        }
        return IPAddress(high: high, low: low)
    }

    /// The value of a hexadecimal digit; 255 for other bytes.
    private static func digit(_ byte: UInt8) -> UInt8 {
        if byte &- 48 < 10 { return byte &- 48 }
        let letter = (byte | 0x20) &- 97
        return letter < 6 ? letter &+ 10 : 255
    }
}
