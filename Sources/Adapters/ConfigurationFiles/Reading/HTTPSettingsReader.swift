import Addresses

extension HTTPSettings {
    /// Reads the keys under `http`; the TLS files are those of `sip` where it gives none.
    init(reading section: consuming SectionReader, sip: TLSSettings) {
        self.init()
        listen = section.list("listen", listen, allowed: HTTPListener.allowed) { $0.word.flatMap(HTTPListener.init) }
        trustedHosts = section.list("trusted_hosts", trustedHosts, allowed: "an address or a network, as 10.0.0.0/8") {
            $0.word.flatMap { IPNetwork($0) }
        }
        publicURL = section.optional("public_url", allowed: "an http or https URL, as https://voice.example.net") {
            $0.nonEmptyWord.flatMap(Self.base)
        }
        ownNumbersOnly = section.boolean("own_numbers_only", ownNumbersOnly)
        realm = section.value("realm", realm, allowed: "1 to 64 letters, digits, blanks, dots, dashes or underscores") {
            $0.word.flatMap { Self.isRealm($0) ? $0 : nil }
        }
        offersSHA256 = section.boolean("digest_sha256", offersSHA256)
        tls = TLSFiles(reading: section.section("tls"), sip: sip)
        if listen.contains(where: \.isSecure), tls.certificate == nil || tls.key == nil {
            section.report("listen", "https needs a certificate; give http.tls.certificate and http.tls.key")
        }
        section.refuseRepeated(listen, key: "listen")
        section.finish()
    }

    /// The URL without a slash at its end; nil where it is none that others can follow.
    private static func base(_ text: String) -> String? {
        let plain = text.hasSuffix("/") ? String(text.dropLast()) : text
        let rest = ["http://", "https://"].first { plain.hasPrefix($0) }.map { plain.dropFirst($0.count) }
        guard let rest, !rest.isEmpty, !rest.hasPrefix("/") else { return nil }
        return rest.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>\"?#,;".utf8.contains($0) } ? plain : nil
    }

    private static func isRealm(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: " "), UInt8(ascii: "."): true
                case UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
    }
}

extension TLSFiles {
    /// Reads the keys under `http.tls`.
    init(reading section: consuming SectionReader, sip: TLSSettings) {
        self.init()
        certificate = section.readableFile("certificate")
        key = section.readableFile("key")
        if certificate == nil && key == nil { self = TLSFiles(certificate: sip.certificate, key: sip.key) }
        section.finish()
    }
}
