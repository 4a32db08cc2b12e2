import Addresses

extension MediaSettings {
    init(reading section: consuming SectionReader) {
        self.init()
        mode = section.choice("mode", mode)
        address = section.value("address", address, allowed: "an address of this machine, 0.0.0.0 for all") { found in
            found.word.flatMap { IPAddress($0) }.flatMap { $0.isMulticastOrBroadcast ? nil : $0 }
        }
        advertise = section.optional("advertise", allowed: IPAddress.allowedAdvertised) { $0.advertisedAddress }
        ports = section.value("ports", ports, allowed: PortRange.allowed) { $0.word.flatMap(PortRange.init) }
        let names = VoiceCodec.allCases.map(\.rawValue).joined(separator: ", ")
        let earlier = section.context.problems.count
        codecs = section.list("codecs", codecs, allowed: "one of \(names)") { $0.word.flatMap(VoiceCodec.init(named:)) }
        let isRepeated = Set(codecs).count < codecs.count
        if section.context.problems.count == earlier && (codecs.isEmpty || isRepeated) {
            section.report("codecs", "allowed is at least one of \(names), each once")
        }
        dtmf = section.choice("dtmf", dtmf)
        silenceTimeout = section.duration("silence_timeout", silenceTimeout)
        conferenceParties = section.integer("conference_parties", conferenceParties, in: 2...1_000)
        files = section.value("files", files, allowed: "the path of a folder", \.nonEmptyWord)
        section.finish()
    }
}
