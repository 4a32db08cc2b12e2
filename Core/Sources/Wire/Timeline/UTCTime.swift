/// A date of the proleptic Gregorian calendar in UTC, to the millisecond.
public struct UTCTime: Equatable, Sendable {
    private let date: (year: Int64, month: Int64, day: Int64)
    private let millisecondsOfDay: Int64

    /// The time so many milliseconds after 1970-01-01 00:00 UTC.
    public init(milliseconds: Int64) {
        let length: Int64 = 86_400_000
        let ofDay = milliseconds % length
        millisecondsOfDay = ofDay < 0 ? ofDay + length : ofDay
        // Days are counted from 0000-03-01, so that the leap day is the last of its year.
        let days = (milliseconds - millisecondsOfDay) / length + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        date = (year, month < 10 ? month + 3 : month - 9, day)
    }

    /// The start of a day; nil for a date that there is not.
    init?(year: Int64, month: Int64, day: Int64) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        date = (year, month, day)
        millisecondsOfDay = 0
        guard UTCTime(milliseconds: milliseconds) == self else { return nil }
    }

    /// Milliseconds since 1970-01-01 00:00 UTC.
    public var milliseconds: Int64 { daysSinceEpoch * 86_400_000 + millisecondsOfDay }

    /// The inverse of what `init(milliseconds:)` does.
    private var daysSinceEpoch: Int64 {
        let year = date.month > 2 ? date.year : date.year - 1
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (date.month > 2 ? date.month - 3 : date.month + 9) + 2) / 5 + date.day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// From day 0, 1970-01-01.
    static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    public static func == (left: UTCTime, right: UTCTime) -> Bool {
        left.date == right.date && left.millisecondsOfDay == right.millisecondsOfDay
    }

    /// `20260305T08:15:42.117`, the form of `SETUP_TIME`.
    public var compact: String {
        "\(Self.digits(date.year, 4))\(Self.digits(date.month, 2))\(Self.digits(date.day, 2))T\(time)"
    }

    /// `08:15:42.000 GMT Thu Mar 05 2026`, the form of dates in call records; readers insist on `.000`.
    public var long: String {
        "\(time.dropLast(4)).000 GMT \(weekday) \(month) \(Self.digits(date.day, 2)) \(Self.digits(date.year, 4))"
    }

    /// `Thu, 05 Mar 2026 08:15:42 GMT`, the form of HTTP (RFC 9110 §5.6.7).
    public var http: String {
        "\(weekday), \(Self.digits(date.day, 2)) \(month) \(Self.digits(date.year, 4)) \(time.dropLast(4)) GMT"
    }

    private var weekday: String {
        let days = daysSinceEpoch % 7
        return Self.weekdays[Int(days < 0 ? days + 7 : days)]
    }

    private var month: String { Self.months[Int(date.month) - 1] }

    /// `2026-03-05T08:15:42.117Z`, the form of RFC 3339.
    public var extended: String {
        "\(Self.digits(date.year, 4))-\(Self.digits(date.month, 2))-\(Self.digits(date.day, 2))T\(time)Z"
    }

    private var time: String {
        let seconds = millisecondsOfDay / 1000
        let hours = Self.digits(seconds / 3600, 2)
        let minutes = Self.digits(seconds / 60 % 60, 2)
        return "\(hours):\(minutes):\(Self.digits(seconds % 60, 2)).\(Self.digits(millisecondsOfDay % 1000, 3))"
    }

    private static func digits(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
