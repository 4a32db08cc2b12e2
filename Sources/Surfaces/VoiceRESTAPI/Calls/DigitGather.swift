import CallEvents
import Timeline

/// One gather of digits: what has been pressed, and when and why it ends.
struct DigitGather: Equatable, Sendable {
    /// What a gather is asked for.
    struct Terms: Hashable, Sendable {
        /// Digits after which it ends; 30 where nothing is said.
        var maximumDigits = Self.mostDigits
        /// Longest wait for the first digit and between two.
        var interDigitTimeout: Duration = .seconds(5)
        /// Digits that end it and are not counted.
        var terminatingDigits: Set<Character> = ["#"]
        var tag: String?

        static let mostDigits = 30
    }

    /// `gtr-…`.
    let id: String
    let terms: Terms
    private(set) var digits = ""
    private(set) var reason: GatherEvent.Reason?
    /// When it ends unless a digit comes; nil while its prompt plays and no digit came.
    private(set) var nextDeadline: Instant?

    init(id: String, _ terms: Terms) {
        self.id = id
        self.terms = terms
    }

    /// The prompt is over, or there is none: from now on digits are waited for.
    mutating func promptEnded(at now: Instant) {
        if reason == nil && nextDeadline == nil { nextDeadline = now + terms.interDigitTimeout }
    }

    /// A digit came.
    mutating func receive(_ digit: Character, at now: Instant) {
        guard reason == nil else { return }
        if terms.terminatingDigits.contains(digit) { return end(.terminatingDigit) }
        digits.append(digit)
        if digits.count >= terms.maximumDigits { return end(.maxDigits) }
        nextDeadline = now + terms.interDigitTimeout
    }

    mutating func timeElapsed(at now: Instant) {
        if let deadline = nextDeadline, deadline <= now { end(.interDigitTimeout) }
    }

    /// It is ended from outside.
    mutating func end(_ reason: GatherEvent.Reason) {
        if self.reason == nil { self.reason = reason }
        nextDeadline = nil
    }
}
