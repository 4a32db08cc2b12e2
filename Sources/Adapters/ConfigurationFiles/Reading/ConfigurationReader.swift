import Addresses
import Foundation

extension Configuration {
    /// A configuration that was read, with what its reader should be told.
    public struct Reading: Sendable {
        public var configuration: Configuration
        /// Variables that begin with `MARTLET_` and stand for no key, each as one sentence.
        public var warnings: [String]

        public init(_ configuration: Configuration, warnings: [String] = []) {
            self.configuration = configuration
            self.warnings = warnings
        }
    }

    /// The file read where `--config` is not given, if it exists.
    public static let defaultFile = "martlet.yaml"

    /// Reads `file`, or `./martlet.yaml` where that is nil and the file exists, else the defaults; then the variables.
    /// Throws every problem at once.
    public static func read(
        file: String?, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationError) -> Reading {
        let name = file ?? (FileManager.default.fileExists(atPath: defaultFile) ? defaultFile : nil)
        var root: YAMLValue?
        if let name {
            // YAML takes the last colon of the documented value for the end of a key.
            let memory = StoreLocation.memory
            var document = YAMLFile(name, correcting: ["store: \(memory)": "store: \"\(memory)\""])
            root = try document.read()
        }
        let context = ReadingContext(file: name ?? "built-in defaults", isOverridable: true, environment: environment)
        var reader = SectionReader(root, path: "", context: context)
        let configuration = Configuration(reading: &reader)
        reader.finish()
        guard context.problems.isEmpty else { throw ConfigurationError(context.problems) }
        let warnings = context.unknownVariables.map { name in
            let guess = NearMiss.of(name, among: Array(context.knownVariables)).map { "; did you mean \($0)?" } ?? ""
            return "the variable \(name.printable) stands for no key of the configuration\(guess)"
        }
        return Reading(configuration, warnings: warnings)
    }

    /// Reads every key of the root.
    init(reading root: inout SectionReader) {
        self.init()
        node = NodeSettings(reading: root.section("node"))
        sip = SIPSettings(reading: root.section("sip"))
        media = MediaSettings(reading: root.section("media"))
        http = HTTPSettings(reading: root.section("http"), sip: sip.tls)
        store = root.value("store", store, allowed: StoreLocation.allowed) { $0.word.flatMap(StoreLocation.init) }
        control = root.optional("control", allowed: "the path of a socket") { $0.nonEmptyWord }
        webhooks = WebhookSettings(reading: root.section("webhooks"))
        limits = LimitSettings(reading: root.section("limits"))
        drainTimeout = root.duration("drain_timeout", drainTimeout)
        log = LogSettings(reading: root.section("log"))
        provisioning = root.list("provisioning", provisioning, allowed: "the path of a file") { $0.nonEmptyWord }
        workers = root.integer("workers", workers, in: 0...64)
    }
}

extension FoundValue {
    /// The text where it is one and not empty.
    var nonEmptyWord: String? { word.flatMap { $0.isEmpty ? nil : $0 } }
}

extension NodeSettings {
    init(reading section: consuming SectionReader) {
        self.init()
        name = section.value("name", name, allowed: "a name of 1 to 64 letters") { found in
            found.nonEmptyWord.flatMap { $0.count <= 64 ? $0 : nil }
        }
        environment = section.integer("environment", environment, in: 1...Int(Int32.max))
        section.finish()
    }
}

extension SectionReader {
    /// Reports listeners that are given twice; those with port 0 may be.
    func refuseRepeated<Listener: Hashable & CustomStringConvertible>(_ listeners: [Listener], key: String) {
        var seen: Set<Listener> = []
        for listener in listeners where !seen.insert(listener).inserted && !listener.description.hasSuffix(":0") {
            report(key, "\"\(listener)\" is given twice; allowed is each listener once")
        }
    }
}

extension WebhookSettings {
    init(reading section: consuming SectionReader) {
        self.init()
        timeout = section.duration("timeout", timeout, atLeast: .milliseconds(1))
        retries = section.integer("retries", retries, in: 0...100)
        signingKey = section.secret("signing_key")
        let isUsable = signingKey.map { key in
            guard key.hasPrefix("whsec_") else { return !key.isEmpty }
            return Data(base64Encoded: String(key.dropFirst(6)))?.isEmpty == false
        }
        if isUsable == false {
            section.report(
                "signing_key",
                "the key is empty or no base64; allowed is whsec_ and at least one byte in base64, or any other text")
        }
        allowPrivateAddresses = section.boolean("allow_private_addresses", allowPrivateAddresses)
        authorities = section.readableFile("authorities")
        retention = section.duration("retention", retention, atLeast: .seconds(60))
        maxEvents = section.integer("max_events", maxEvents, in: 1000...1_000_000_000)
        hangupCauses = section.choice("hangup_causes", hangupCauses)
        documentsByPost = section.boolean("documents_by_post", documentsByPost)
        section.finish()
    }
}

extension LimitSettings {
    init(reading section: consuming SectionReader) {
        self.init()
        let range = 0...Int(Int32.max)
        calls = section.integer("calls", calls, in: range)
        callsPerSecond = section.integer("calls_per_second", callsPerSecond, in: range)
        callsPerSecondPerSource = section.integer("calls_per_second_per_source", callsPerSecondPerSource, in: range)
        restRequestsPerSecond = section.integer("rest_requests_per_second", restRequestsPerSecond, in: range)
        section.finish()
    }
}

extension LogSettings {
    init(reading section: consuming SectionReader) {
        self.init()
        level = section.choice("level", level)
        format = section.choice("format", format)
        applicationRecords = section.optional("application_records", allowed: "the path of a file, or null") {
            $0.nonEmptyWord
        }
        applicationRecordsSize = section.integer(
            "application_records_size", applicationRecordsSize, in: 1_000...1_000_000_000_000)
        applicationRecordsFiles = section.integer("application_records_files", applicationRecordsFiles, in: 1...1_000)
        section.finish()
    }
}
