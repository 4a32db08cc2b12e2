import Timeline

/// The instants of the admissions of the last second: says exactly whether one more would exceed a rate.
///
/// An admission counts for one second, the instant one second later excluded, so no window of one second ever holds
/// more than the limit. Memory is 8 bytes per admission of the busiest second so far.
struct RateWindow: Sendable {
    private var instants: [Instant] = []
    private var first = 0
    private var count = 0

    /// How many admissions count at `now`; older ones are dropped.
    mutating func count(at now: Instant) -> Int {
        while count > 0 && now - instants[first] >= .seconds(1) {
            first = first &+ 1 == instants.count ? 0 : first &+ 1
            count &-= 1
        }
        return count
    }

    /// Notes an admission; instants never go back.
    mutating func record(_ now: Instant) {
        if count == instants.count {
            let ordered = Array(instants[first...] + instants[..<first])
            let room = max(4, count * 2)
            instants = ordered + Array(repeating: .zero, count: room - count)
            first = 0
        }
        var place = first &+ count
        if place >= instants.count { place &-= instants.count }
        instants[place] = now
        count &+= 1
    }
}
