/// One group of keys while it is read: typed access to each, every problem collected, unknown keys found at the end.
///
/// A value that is wrong is reported and read as the default, so that one reading finds everything.
struct SectionReader {
    let context: ReadingContext
    /// `sip.timers` or `accounts[3]`; empty for the whole file.
    let path: String
    /// Line of the section, for keys that are missing.
    let line: Int
    /// What the section was read from; nil where it is not given.
    let value: YAMLValue?
    private let entries: [YAMLValue.Entry]
    private var known: [String] = []

    /// The section that `value` holds; an empty one where it is nil or null, or where it is no section (reported).
    init(_ value: YAMLValue?, path: String, context: ReadingContext) {
        self.context = context
        self.path = path
        line = value?.line ?? 0
        self.value = value
        guard let value, !value.isNull else {
            entries = []
            return
        }
        if case .mapping(let entries) = value.content {
            self.entries = entries
        } else {
            entries = []
            let place = ConfigurationProblem.Place.file(context.file, line: value.line)
            context.problems.append(
                ConfigurationProblem(place, path, "\(value.kind) is not allowed; allowed is a group of keys"))
        }
    }

    /// The path of a key of this section.
    func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// Reports `message` about a key at the line where it stands, or the section's own.
    func report(_ key: String, _ message: String) {
        let entry = entries.first { $0.key == key }
        if entry == nil, let override = context.override(of: path(of: key)) {
            context.problems.append(
                ConfigurationProblem(.environment(override.variable), path(of: key), message))
            return
        }
        let place = ConfigurationProblem.Place.file(context.file, line: entry?.line ?? line)
        context.problems.append(ConfigurationProblem(place, path(of: key), message))
    }

    private mutating func entry(_ key: String) -> YAMLValue.Entry? {
        known.append(key)
        return entries.first { $0.key == key }
    }

    /// The single value of a key; nil where it is not given or is no single value (reported).
    private mutating func found(_ key: String) -> FoundValue? {
        let entry = entry(key)
        let path = path(of: key)
        if let override = context.override(of: path) {
            return FoundValue(
                text: override.value, isPlain: true, path: path, place: .environment(override.variable))
        }
        guard let entry else { return nil }
        return scalar(entry.value, path: path)
    }

    private func scalar(_ value: YAMLValue, path: String) -> FoundValue? {
        let place = ConfigurationProblem.Place.file(context.file, line: value.line)
        guard case .scalar(let text, let isPlain) = value.content else {
            let problem = ConfigurationProblem(place, path, "\(value.kind) is not allowed; allowed is a single value")
            context.problems.append(problem)
            return nil
        }
        return FoundValue(text: text, isPlain: isPlain, path: path, place: place)
    }

    private func parsed<T>(
        _ found: FoundValue, allowed: String, isSecret: Bool = false, _ parse: (FoundValue) -> T?
    ) -> T? {
        if let value = parse(found) { return value }
        var plain = found
        plain.isPlain = true
        let hint = !found.isPlain && parse(plain) != nil ? ", without quotes" : ""
        context.problems.append(found.complaint(allowed: allowed + hint, isSecret: isSecret))
        return nil
    }

    /// The value of a key as `parse` reads it; `fallback` where it is not given or wrong.
    mutating func value<T>(_ key: String, _ fallback: T, allowed: String, _ parse: (FoundValue) -> T?) -> T {
        found(key).flatMap { parsed($0, allowed: allowed, parse) } ?? fallback
    }

    /// The value of a key that must be given; `placeholder` where it is missing or wrong (reported).
    mutating func required<T>(_ key: String, _ placeholder: T, allowed: String, _ parse: (FoundValue) -> T?) -> T {
        guard let found = found(key) else {
            if !entries.contains(where: { $0.key == key }) { report(key, "is missing; allowed is \(allowed)") }
            return placeholder
        }
        return parsed(found, allowed: allowed, parse) ?? placeholder
    }

    /// The value of a key that may be null; nil where it is not given, null or wrong.
    mutating func optional<T>(
        _ key: String, allowed: String, isSecret: Bool = false, _ parse: (FoundValue) -> T?
    ) -> T? {
        guard let found = found(key), !found.isNull else { return nil }
        return parsed(found, allowed: "\(allowed), or null", isSecret: isSecret, parse)
    }

    /// The values of a key's list; `fallback` where it is not given. A variable gives them separated by commas.
    mutating func list<T>(_ key: String, _ fallback: [T], allowed: String, _ parse: (FoundValue) -> T?) -> [T] {
        let entry = entry(key)
        let path = path(of: key)
        if let override = context.override(of: path) {
            let words = override.value.split(separator: ",").map { String($0.trimmingPrefix { $0 == " " }) }
            return words.enumerated().compactMap { index, word in
                let place = ConfigurationProblem.Place.environment(override.variable)
                let found = FoundValue(text: word, isPlain: true, path: "\(path)[\(index)]", place: place)
                return parsed(found, allowed: allowed, parse)
            }
        }
        guard let values = elements(of: entry, path: path) else { return fallback }
        return values.enumerated().compactMap { index, value in
            scalar(value, path: "\(path)[\(index)]").flatMap { parsed($0, allowed: allowed, parse) }
        }
    }

    /// The section under a key; an empty one where it is not given.
    mutating func section(_ key: String) -> SectionReader {
        SectionReader(entry(key)?.value, path: path(of: key), context: context)
    }

    /// The sections of a key's list; none where it is not given.
    mutating func sections(_ key: String) -> [SectionReader] {
        let path = path(of: key)
        guard let values = elements(of: entry(key), path: path) else { return [] }
        return values.enumerated().map { index, value in
            SectionReader(value, path: "\(path)[\(index)]", context: context)
        }
    }

    /// The texts of a key's group, whatever its keys are called; none where it is not given.
    mutating func texts(_ key: String) -> [String: String] {
        let path = path(of: key)
        let section = SectionReader(entry(key)?.value, path: path, context: context)
        var texts: [String: String] = [:]
        for entry in section.entries {
            guard let found = scalar(entry.value, path: "\(path).\(entry.key.printable)") else { continue }
            texts[entry.key] = parsed(found, allowed: "a text without control characters", \.word)
        }
        return texts
    }

    private func elements(of entry: YAMLValue.Entry?, path: String) -> [YAMLValue]? {
        guard let entry, !entry.value.isNull else { return nil }
        if case .list(let values) = entry.value.content { return values }
        let place = ConfigurationProblem.Place.file(context.file, line: entry.line)
        context.problems.append(
            ConfigurationProblem(place, path, "\(entry.value.kind) is not allowed; allowed is a list"))
        return nil
    }

    /// Reports every key that nothing asked for.
    func finish() {
        for entry in entries where !known.contains(entry.key) {
            let guess = NearMiss.of(entry.key, among: known).map { "did you mean \"\($0)\"? " } ?? ""
            let place = ConfigurationProblem.Place.file(context.file, line: entry.line)
            let path = path(of: String(entry.key.prefix(60)).printable)
            let allowed = known.sorted().joined(separator: ", ")
            context.problems.append(
                ConfigurationProblem(place, path, "unknown key; \(guess)allowed keys are \(allowed)"))
        }
    }
}
