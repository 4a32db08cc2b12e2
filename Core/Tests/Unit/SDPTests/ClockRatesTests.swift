import SDP
import Testing

@Suite struct ClockRatesTests {
    @Test("static payload types have the rates of RFC 3551, all others 8000 until noted")
    func rates() {
        var rates = ClockRates()
        #expect([0, 8, 9, 13, 18, 96, 127].map { rates[$0] } == Array(repeating: 8_000, count: 7))
        #expect(rates[11] == 44_100 && rates[34] == 90_000 && rates[16] == 11_025)
        rates.note(48_000, for: 111)
        rates.note(8_000, for: 101)
        rates.note(16_000, for: 98)
        rates.note(90_000, for: 99)
        rates.note(0, for: 97)
        #expect([111, 101, 98, 99, 97].map { rates[$0] } == [48_000, 8_000, 16_000, 90_000, 8_000])
        rates.note(32_000, for: 102)
        rates.note(44_100, for: 103)
        #expect(rates[102] == 32_000 && rates[103] == 8_000)
        rates.note(24_000, for: 111)
        #expect(rates[111] == 24_000)
    }
}
