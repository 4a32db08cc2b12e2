import Timeline

/// The digit buffer of a call and the one request that may wait for it (call-channel.md §3.6).
public struct DigitCollector: Equatable, Sendable {
    /// `idle` until there is a request, `collecting` until it is fulfilled.
    public enum State: Hashable, Sendable { case idle, collecting }

    /// Why the last request ended.
    public enum Cause: Hashable, Sendable, CaseIterable {
        case hangup
        /// As many digits as were wanted have come.
        case count
        /// The end digit has come.
        case end
        case timeout
        /// The request was withdrawn.
        case error
        /// A request is waiting, or there was none.
        case none
    }

    /// What the collector is told.
    public enum Event: Sendable {
        /// A new digit was heard.
        case digit(UInt8)
        case request(DigitRequest)
        /// Nobody waits any more; what has come stays in the buffer.
        case withdraw
        case clear
        case hangUp
    }

    /// What the session must do.
    public enum Effect: Hashable, Sendable {
        /// The request has this result.
        case collected([UInt8], Cause)
    }

    /// Most digits that are buffered; later ones are lost.
    public static let maximumBuffer = 512

    public private(set) var state: State = .idle
    public private(set) var cause: Cause = .none
    /// What has been heard and not been asked for.
    public private(set) var buffer: [UInt8] = []
    private var request = DigitRequest()
    private var digitDeadline: Instant?
    private var deadline: Instant?

    public init() {}

    /// When `timeElapsed` must be called next; nil while nothing is waited for.
    public var nextDeadline: Instant? { Instant.earliest(digitDeadline, deadline) }

    public mutating func receive(_ event: Event, at now: Instant, into effects: inout [Effect]) {
        switch (state, event) {
        case (.idle, .request(let request)): begin(request, at: now, into: &effects)
        case (.idle, .digit(let digit)): store(digit)
        case (.collecting, .digit(let digit)):
            store(digit)
            digitDeadline = request.interdigitTimeout.map { now + $0 }
            conclude(into: &effects)
        case (.idle, .clear), (.collecting, .clear): buffer.removeAll()
        case (.collecting, .withdraw):
            state = .idle
            cause = .error
            (digitDeadline, deadline) = (nil, nil)
            effects.append(.collected([], .error))
        case (.collecting, .hangUp): finish(.hangup, into: &effects)
        case (.idle, .hangUp), (.idle, .withdraw), (.collecting, .request): break
        }
    }

    public mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        guard state == .collecting, let due = nextDeadline, due <= now else { return }
        finish(.timeout, into: &effects)
    }

    private mutating func store(_ digit: UInt8) {
        if buffer.count < Self.maximumBuffer { buffer.append(digit) }
    }

    private mutating func begin(_ request: DigitRequest, at now: Instant, into effects: inout [Effect]) {
        self.request = request
        state = .collecting
        cause = .none
        if request.isClearing { buffer.removeAll() }
        conclude(into: &effects)
        guard state == .collecting else { return }
        if request.predigitsTimeout == .zero { return finish(.timeout, into: &effects) }
        let wait = buffer.isEmpty ? request.predigitsTimeout : request.interdigitTimeout
        digitDeadline = wait.map { now + $0 }
        deadline = request.timeout.map { now + $0 }
        timeElapsed(at: now, into: &effects)
    }

    /// Ends the request if the buffer fulfils it.
    private mutating func conclude(into effects: inout [Effect]) {
        let wanted = request.count > 0 ? request.count : Int.max
        if let end = request.end, let place = buffer.firstIndex(of: end), place < wanted {
            finish(.end, into: &effects)
        } else if buffer.count >= wanted {
            finish(.count, into: &effects)
        }
    }

    private mutating func finish(_ cause: Cause, into effects: inout [Effect]) {
        var result = Array(buffer.prefix(request.count > 0 ? request.count : Int.max))
        if cause == .end, let end = request.end, let place = buffer.firstIndex(of: end) {
            result = Array(buffer[..<place])
            buffer.removeFirst(place + 1)
        } else {
            buffer.removeFirst(result.count)
        }
        self.cause = cause
        state = .idle
        (digitDeadline, deadline) = (nil, nil)
        effects.append(.collected(result, cause))
    }
}
