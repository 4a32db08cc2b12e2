/// Writes the reports of one participant (RFC 3550 §6.4, §6.5, §6.6).
public struct RTCPReport: Equatable, Sendable {
    /// What a sender says of its own stream.
    public struct SenderInformation: Equatable, Sendable {
        /// NTP time in seconds and 2⁻³² seconds.
        public var ntpTime: UInt64
        /// The RTP clock at that time.
        public var timestamp: RTPTimestamp
        public var packets: UInt32
        /// Payload bytes.
        public var octets: UInt32

        public init(ntpTime: UInt64, timestamp: RTPTimestamp, packets: UInt32, octets: UInt32) {
            self.ntpTime = ntpTime
            self.timestamp = timestamp
            self.packets = packets
            self.octets = octets
        }
    }

    /// What a receiver says of the stream that it hears.
    public struct Reception: Equatable, Sendable {
        public var source: SSRC
        /// Packets lost since the last report, in 256ths.
        public var fractionLost: UInt8 = 0
        /// Packets lost since the beginning; 24 bits of it are written.
        public var lost: Int32 = 0
        public var extendedHighest: UInt32 = 0
        /// Interarrival jitter in units of the source's RTP clock.
        public var jitter: UInt32 = 0
        /// The middle 32 bits of the NTP time of the last sender report; 0 for none.
        public var lastReport: UInt32 = 0
        /// Since that report came, in 2⁻¹⁶ seconds.
        public var delay: UInt32 = 0

        public init(source: SSRC) { self.source = source }
    }

    public var source: SSRC
    /// Nil for one that has sent nothing since its last report.
    public var sender: SenderInformation?
    /// Nil where nothing has been heard.
    public var reception: Reception?
    /// The name that stays the same when the SSRC changes; at most 255 bytes are written.
    public var canonicalName: [UInt8]
    /// Whether a goodbye follows.
    public var isGoodbye: Bool

    public init(source: SSRC, canonicalName: [UInt8], isGoodbye: Bool = false) {
        self.source = source
        self.canonicalName = canonicalName
        self.isGoodbye = isGoodbye
    }

    /// Appends the compound packet: a sender or receiver report, the canonical name, and the goodbye if there is one.
    public func write(into bytes: inout [UInt8]) {
        let count: UInt8 = reception == nil ? 0 : 1
        if let sender {
            header(200, count: count, words: 6 + 6 * Int(count), into: &bytes)
            append(source.rawValue, to: &bytes)
            append(UInt32(truncatingIfNeeded: sender.ntpTime >> 32), to: &bytes)
            append(UInt32(truncatingIfNeeded: sender.ntpTime), to: &bytes)
            append(sender.timestamp.rawValue, to: &bytes)
            append(sender.packets, to: &bytes)
            append(sender.octets, to: &bytes)
        } else {
            header(201, count: count, words: 1 + 6 * Int(count), into: &bytes)
            append(source.rawValue, to: &bytes)
        }
        if let reception { write(reception, into: &bytes) }
        let name = canonicalName.prefix(255)
        // The item's end is at least one zero byte, up to the next word.
        let padding = 4 - (name.count + 2) % 4
        header(202, count: 1, words: 1 + (name.count + 2 + padding) / 4, into: &bytes)
        append(source.rawValue, to: &bytes)
        bytes += [1, UInt8(name.count)]
        bytes += name
        for _ in 0..<padding { bytes.append(0) }
        guard isGoodbye else { return }
        header(203, count: 1, words: 1, into: &bytes)
        append(source.rawValue, to: &bytes)
    }

    private func write(_ reception: Reception, into bytes: inout [UInt8]) {
        append(reception.source.rawValue, to: &bytes)
        let lost = UInt32(bitPattern: min(max(reception.lost, -0x80_0000), 0x7F_FFFF)) & 0xFF_FFFF
        append(UInt32(reception.fractionLost) << 24 | lost, to: &bytes)
        append(reception.extendedHighest, to: &bytes)
        append(reception.jitter, to: &bytes)
        append(reception.lastReport, to: &bytes)
        append(reception.delay, to: &bytes)
    }

    private func header(_ kind: UInt8, count: UInt8, words: Int, into bytes: inout [UInt8]) {
        bytes += [0x80 | count, kind, UInt8(truncatingIfNeeded: words >> 8), UInt8(truncatingIfNeeded: words)]
    }

    private func append(_ word: UInt32, to bytes: inout [UInt8]) {
        for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
}
