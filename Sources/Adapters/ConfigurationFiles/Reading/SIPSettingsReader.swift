import Addresses
import SIPMessages
import SIPTransactions

extension SIPSettings {
    init(reading section: consuming SectionReader) {
        self.init()
        let earlier = section.context.problems.count
        listen = section.list("listen", listen, allowed: ListenAddress.allowed) {
            $0.word.flatMap(ListenAddress.listener)
        }
        if listen.isEmpty && section.context.problems.count == earlier {
            section.report("listen", "an empty list is not allowed; allowed is at least one listener")
        }
        advertise = section.optional("advertise", allowed: IPAddress.allowedAdvertised) { $0.advertisedAddress }
        realm = section.value("realm", realm, allowed: "a text of 1 to 128 letters without quotes") { found in
            found.nonEmptyWord.flatMap { $0.count <= 128 && !$0.contains { $0 == "\"" || $0 == "\\" } ? $0 : nil }
        }
        readDigestAlgorithms(from: &section)
        tls = TLSSettings(reading: section.section("tls"))
        userAgent = section.value("user_agent", userAgent, allowed: "a text of 1 to 128 letters") { found in
            found.nonEmptyWord.flatMap { $0.count <= 128 ? $0 : nil }
        }
        timers = TimerSettings(reading: section.section("timers"))
        section.refuseRepeated(listen, key: "listen")
        let isIncomplete = tls.certificate == nil || tls.key == nil
        if isIncomplete, let listener = listen.first(where: { $0.transport == .tls }) {
            section.report("listen", "\"\(listener)\" needs sip.tls.certificate and sip.tls.key")
        }
        section.finish()
    }

    private mutating func readDigestAlgorithms(from section: inout SectionReader) {
        let earlier = section.context.problems.count
        let fallback = digestAlgorithms
        digestAlgorithms = section.list("digest_algorithms", fallback, allowed: "one of MD5, SHA-256") { found in
            let algorithm = found.word.map { DigestAlgorithm(Array($0.utf8)) }
            return algorithm == .md5 || algorithm == .sha256 ? algorithm : nil
        }
        let isRepeated = Set(digestAlgorithms).count < digestAlgorithms.count
        if section.context.problems.count == earlier && (digestAlgorithms.isEmpty || isRepeated) {
            section.report("digest_algorithms", "allowed is at least one of MD5, SHA-256, each once")
        }
    }
}

extension IPAddress {
    static let allowedAdvertised = "an address that peers can reach, as 203.0.113.5"
}

extension FoundValue {
    /// An address that may be told to peers.
    var advertisedAddress: IPAddress? {
        word.flatMap { IPAddress($0) }.flatMap { $0.isUnspecified || $0.isMulticastOrBroadcast ? nil : $0 }
    }
}

extension TLSSettings {
    init(reading section: consuming SectionReader) {
        self.init()
        certificate = section.readableFile("certificate")
        key = section.readableFile("key")
        authorities = section.readableFile("authorities")
        section.finish()
    }
}

extension SectionReader {
    /// The path of a PEM file that can be opened, or null.
    mutating func readableFile(_ key: String) -> String? {
        guard let path = optional(key, allowed: "the path of a PEM file", \.nonEmptyWord) else { return nil }
        if let reason = FileReason.unreadable(path) {
            report(key, "\(path.quoted) cannot be read: \(reason); allowed is the path of a PEM file, or null")
        }
        return path
    }
}

extension TimerSettings {
    /// Shortest session interval (RFC 4028 §5).
    static let leastSession: Duration = .seconds(90)

    init(reading section: consuming SectionReader) {
        self.init()
        t1 = section.duration("t1", t1, atLeast: .milliseconds(1))
        t2 = section.duration("t2", t2, atLeast: .milliseconds(1))
        t4 = section.duration("t4", t4, atLeast: .milliseconds(1))
        noAnswer = section.duration("no_answer", noAnswer, atLeast: .seconds(1))
        let allowed = "0s for no session timers, or a duration of 90s or more, as 30m"
        sessionExpires = section.value("session_expires", sessionExpires, allowed: allowed) { found in
            found.word.flatMap(DurationText.parse).flatMap { $0 == .zero || $0 >= Self.leastSession ? $0 : nil }
        }
        if t2 < t1 {
            let value = "\"\(DurationText.write(t2))\""
            section.report("t2", "\(value) is not allowed; allowed is a duration not shorter than t1")
        }
        section.finish()
    }
}
