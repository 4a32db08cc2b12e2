import XMLReading

extension BXMLElement {
    /// The attribute without blanks around it; nil where it is missing or empty.
    func text(_ attribute: String) -> String? {
        guard let value = value(attribute), !value.isEmpty else { return nil }
        return value
    }

    /// As `text`, but empty where it is. One SDK writes some names as `max_digits`.
    private func value(_ attribute: String) -> String? {
        let given = attributes[attribute] ?? attributes[Self.underscored(attribute)]
        return given?.withoutOuterBlanks
    }

    /// `maxDigits` as `max_digits`.
    private static func underscored(_ attribute: String) -> String {
        String(attribute.flatMap { $0.isUppercase ? ["_"] + $0.lowercased() : [$0] })
    }

    /// As `text`, where there must be one.
    func required(_ attribute: String) throws(BXMLError) -> String {
        guard let value = text(attribute) else { throw BXMLError("<\(name)> needs the attribute \(attribute).") }
        return value
    }

    /// A whole number of `range`; `fallback` where it is missing.
    func number(_ attribute: String, _ range: ClosedRange<Int>, default fallback: Int) throws(BXMLError) -> Int {
        guard let value = text(attribute) else { return fallback }
        guard let number = Int(value), range.contains(number) else {
            throw wrong(attribute, value, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Seconds, also with decimals, as "0.5".
    func seconds(_ attribute: String, _ range: ClosedRange<Int>, default fallback: Int) throws(BXMLError) -> Duration {
        guard let value = text(attribute) else { return .seconds(fallback) }
        let isPlain = value.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        guard isPlain, let seconds = Double(value), seconds >= Double(range.lowerBound),
            seconds <= Double(range.upperBound)
        else { throw wrong(attribute, value, "must be a number from \(range.lowerBound) to \(range.upperBound)") }
        return .milliseconds(Int64((seconds * 1000).rounded()))
    }

    /// `true` or `false`, in any case.
    func isTrue(_ attribute: String) throws(BXMLError) -> Bool {
        switch text(attribute)?.lowercased() {
        case nil, "false": false
        case "true": true
        case let value?: throw wrong(attribute, value, "must be true or false")
        }
    }

    /// One of `choices`, as it is written there; it is compared without case, and `-` is taken for `_` too.
    func choice(_ attribute: String, _ choices: [String]) throws(BXMLError) -> String? {
        guard let value = text(attribute) else { return nil }
        func plain(_ text: String) -> String { String(text.lowercased().map { $0 == "-" ? "_" : $0 }) }
        guard let choice = choices.first(where: { plain($0) == plain(value) }) else {
            throw wrong(attribute, value, "must be one of \(choices.joined(separator: ", "))")
        }
        return choice
    }

    /// Some of `0123456789ABCD*#`, or none where it is empty; nil where it is missing.
    func digits(_ attribute: String) throws(BXMLError) -> String? {
        guard let value = value(attribute)?.uppercased() else { return nil }
        guard value.utf8.allSatisfy({ "0123456789ABCD*#".utf8.contains($0) }) else {
            throw wrong(attribute, value, "must be digits of a telephone: 0-9, A-D, * and #")
        }
        return value
    }

    /// The request that `requestUrl` and `requestUrlTimeout` (milliseconds) name; nil without an address.
    func request() throws(BXMLError) -> BXMLRequest? {
        guard let url = text("requestUrl") else { return nil }
        let timeout = try number("requestUrlTimeout", 1...3_600_000, default: 30_000)
        return BXMLRequest(url, timeout: .milliseconds(timeout))
    }

    /// As `request`, where there must be one.
    func requiredRequest() throws(BXMLError) -> BXMLRequest {
        guard let request = try request() else { throw BXMLError("<\(name)> needs the attribute requestUrl.") }
        return request
    }

    /// The text in it without blanks around it; throws where elements stand in it.
    func content() throws(BXMLError) -> String {
        if let child = children.first { throw BXMLError("<\(child.name)> may not stand in <\(name)>.") }
        return text.withoutOuterBlanks
    }

    /// Throws where text stands in it, which holds elements only.
    func expectNoText() throws(BXMLError) {
        guard text.withoutOuterBlanks.isEmpty else { throw BXMLError("Text may not stand directly in <\(name)>.") }
    }

    private func wrong(_ attribute: String, _ value: String, _ rule: String) -> BXMLError {
        BXMLError("\(attribute) of <\(name)> \(rule), not \"\(value.prefix(100))\".")
    }
}
