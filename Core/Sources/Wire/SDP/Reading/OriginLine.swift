import Addresses

extension Origin {
    /// Reads `alice 2890844526 2890844527 IN IP4 host.example.com`; nil when a word is missing or a number is none.
    init?(_ text: UnsafeBufferPointer<UInt8>, _ line: Line) {
        var reader = FieldReader(text, line)
        guard !reader.word().isEmpty, let sessionID = reader.word().wrappedDecimal(),
            let version = reader.word().wrappedDecimal()
        else { return nil }
        let network = reader.word()
        let family = reader.word()
        let host = reader.word()
        guard !network.isEmpty, !family.isEmpty, !host.isEmpty else { return nil }
        let address = network.spells("in") ? IPAddress(text: host) : nil
        self.init(sessionID: sessionID, version: version, address: address ?? IPAddress(v4: 0))
    }
}
