import CallEvents
import VoiceApplications

extension CallerPresentation {
    /// What an INVITE told of its caller.
    init(_ details: CallDetails) {
        self.init()
        displayName = details.callerName.isEmpty ? nil : details.callerName
        diversion = details.diversions.first.flatMap(Diversion.init(header:))
        guard !details.privacy.isEmpty else { return }
        let values = details.privacy.lowercased().split(whereSeparator: { $0 == ";" || $0 == " " })
        let isWithheld = values.contains { ["id", "user", "header", "full"].contains($0) }
        withholdsNumber = isWithheld
        withholdsName = isWithheld
    }
}

extension Diversion {
    /// Reads a Diversion header (RFC 5806); nil where it names nobody.
    init?(header: String) {
        self.init()
        guard let open = header.firstIndex(of: "<"), let close = header[open...].firstIndex(of: ">") else { return nil }
        let uri = header[header.index(after: open)..<close]
        let address = uri.split(separator: ":", maxSplits: 1).last ?? uri
        var parameters: [(name: String, value: String)] = []
        for part in header[header.index(after: close)...].split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard pair.count == 2 else { continue }
            parameters.append((pair[0], pair[1].trimmingCharacters(in: ["\""])))
        }
        for (name, value) in parameters {
            switch name.lowercased() {
            case "reason": reason = value
            case "screen": screen = value
            case "privacy": privacy = value
            case "counter": counter = Int(value)
            case "limit": limit = Int(value)
            default: others.append((name, value))
            }
        }
        originalTo =
            privacy == "full"
            ? "Anonymous" : PartyName.shown(String(address.prefix { $0 != "@" }), address: String(address))
    }
}
