import Accounting
import Routing

extension DestinationSet {
    init(reading section: inout SectionReader) {
        self.init(
            id: section.requiredInteger("id", in: 1...Int(Int32.max)), name: section.requiredText("name"))
        var firstPlace: [String: String] = [:]
        routes = section.sections("routes").map { route in
            var reader = route
            let route = Route(reading: &reader)
            reader.finish()
            if let earlier = firstPlace.updateValue("line \(reader.line)", forKey: route.prefix) {
                reader.report("prefix", "\(route.prefix.quoted) is given twice, first at \(earlier)")
            }
            return route
        }
    }
}

extension Route {
    init(reading section: inout SectionReader) {
        let prefix = section.required("prefix", "", allowed: "the beginning of a number; \"\" for every number", \.word)
        self.init(prefix: prefix)
        preference = section.integer("preference", preference, in: 0...Int(Int32.max))
        price = section.value("price", price, allowed: "an amount as \"0.01\", 0 or more") { found in
            found.word.flatMap { Money($0) }.flatMap { $0 >= .zero ? $0 : nil }
        }
        timeout1xx = section.limit("timeout_1xx", timeout1xx)
        timeout2xx = section.limit("timeout_2xx", timeout2xx)
        huntstop = section.boolean("huntstop", huntstop)
        forbidden = section.boolean("forbidden", forbidden)
        validity = section.validity()
    }
}

extension SectionReader {
    /// A duration that is a limit; nil for `0s` and null, which stand for none.
    fileprivate mutating func limit(_ key: String, _ fallback: Duration?) -> Duration? {
        value(key, fallback, allowed: "\(DurationText.allowed), or 0s for no limit") { found -> Duration?? in
            if found.isNull { return .some(nil) }
            guard let duration = found.word.flatMap(DurationText.parse) else { return nil }
            return .some(duration == .zero ? nil : duration)
        }
    }
}
