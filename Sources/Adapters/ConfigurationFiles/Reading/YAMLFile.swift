import Foundation
import Yams

/// Reads one YAML file into values, within limits that no honest file meets.
struct YAMLFile {
    /// Largest file in bytes.
    static let maximumSize = 64 << 20
    /// Deepest nesting of values.
    static let maximumDepth = 32
    /// How many more values than bytes there may be: aliases may repeat a value, but not blow up the file.
    static let maximumRepetition = 10_000

    /// The name as the user wrote it.
    let name: String
    /// Texts that are read as others: what users write without the quotes that YAML wants.
    let corrections: [String: String]
    /// Values that may still be made.
    private var budget = 0

    init(_ name: String, correcting corrections: [String: String] = [:]) {
        self.name = name
        self.corrections = corrections
    }

    /// The root of the file; an empty group for an empty file. Throws one problem naming file and line.
    mutating func read() throws(ConfigurationError) -> YAMLValue {
        let text = corrections.reduce(try readText()) { $0.replacing($1.key, with: $1.value) }
        budget = text.utf8.count + Self.maximumRepetition
        let root: Node?
        do {
            root = try compose(yaml: text, .basic)
        } catch let error as YamlError {
            throw problem(error, in: text)
        } catch {
            throw problem(0, "cannot be read: \(error)")
        }
        guard let root else { return YAMLValue(content: .mapping([]), line: 1) }
        let value = try convert(root, depth: 0)
        return value.isNull ? YAMLValue(content: .mapping([]), line: 1) : value
    }

    private func readText() throws(ConfigurationError) -> String {
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: name, isDirectory: &isDirectory), isDirectory.boolValue {
            throw problem(0, "is a folder; a YAML file is needed")
        }
        let data: Data?
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: name))
            defer { try? handle.close() }
            data = try handle.read(upToCount: Self.maximumSize + 1)
        } catch {
            throw problem(0, "cannot be read: \(FileReason.text(of: error))")
        }
        guard let data else { return "" }
        guard data.count <= Self.maximumSize else {
            throw problem(0, "is larger than \(Self.maximumSize >> 20) MiB")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw problem(Self.firstInvalidLine(of: data), "is not UTF-8 text")
        }
        return text
    }

    private static func firstInvalidLine(of data: Data) -> Int {
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return (lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0) + 1
    }

    private func problem(_ line: Int, _ message: String) -> ConfigurationError {
        ConfigurationError([ConfigurationProblem(.file(name, line: line), "", message)])
    }

    /// The parser's complaint without the text around it, which may hold secrets.
    private func problem(_ error: YamlError, in text: String) -> ConfigurationError {
        switch error {
        case .scanner(_, let complaint, let mark, _):
            let lines = text.split(separator: "\n", maxSplits: mark.line, omittingEmptySubsequences: false)
            let isTab = mark.line <= lines.count && lines[mark.line - 1].contains("\t")
            return problem(mark.line, "is not YAML: \(complaint)\(isTab ? "; use spaces instead of tabs" : "")")
        case .parser(_, let complaint, let mark, _), .composer(_, let complaint, let mark, _):
            return problem(mark.line, "is not YAML: \(complaint)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "\"\($0.printable)\"" }.joined(separator: ", ")
            return problem(context.mark.line, "the key \(names) is given twice")
        case .reader(let complaint, let offset, _, _):
            let line = offset.map { text.prefix($0).count(where: \.isNewline) + 1 } ?? 0
            return problem(line, "is not YAML: \(complaint)")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return problem(0, "is not YAML")
        }
    }

    private mutating func convert(_ node: Node, depth: Int) throws(ConfigurationError) -> YAMLValue {
        let line = node.mark?.line ?? 0
        budget -= 1
        guard budget > 0 else { throw problem(line, "repeats values by aliases without end") }
        guard depth <= Self.maximumDepth else {
            throw problem(line, "is nested deeper than \(Self.maximumDepth) levels")
        }
        switch node {
        case .scalar(let scalar):
            return YAMLValue(content: .scalar(scalar.string, isPlain: scalar.style == .plain), line: line)
        case .sequence(let sequence):
            var values: [YAMLValue] = []
            values.reserveCapacity(sequence.count)
            for element in sequence { values.append(try convert(element, depth: depth + 1)) }
            return YAMLValue(content: .list(values), line: line)
        case .mapping(let mapping):
            var entries: [YAMLValue.Entry] = []
            entries.reserveCapacity(mapping.count)
            for (key, value) in mapping {
                guard case .scalar(let name) = key else { throw problem(line, "a key must be a single word") }
                let value = try convert(value, depth: depth + 1)
                entries.append(YAMLValue.Entry(key: name.string, line: key.mark?.line ?? line, value: value))
            }
            return YAMLValue(content: .mapping(entries), line: line)
        case .alias:
            throw problem(line, "has an alias that stands for nothing")
        }
    }
}
