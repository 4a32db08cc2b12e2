import Accounting
import Testing

@Suite struct MoneyTests {
    private static let amounts: [(String, Int64)] = [
        ("0.01", 10_000), ("0", 0), ("3", 3_000_000), ("-3.5", -3_500_000), (".5", 500_000), ("7.", 7_000_000),
        ("0.000001", 1), ("0.0000010", 1), ("9223372036854.775807", Int64.max), ("00.10", 100_000),
    ]

    @Test(
        "amounts are read exactly",
        arguments: amounts)
    func reading(text: String, millionths: Int64) {
        #expect(Money(text) == Money(millionths: millionths))
    }

    @Test(
        "what is no amount is refused",
        arguments: [
            "", "-", ".", "1.2.3", "1,5", "0.0000001", "9223372036854.775808", "1e3", " 1", "+1", "--1", "ten",
            "99999999999999999999",
        ])
    func refusals(text: String) {
        #expect(Money(text) == nil)
    }

    @Test("amounts are written with as many places as they need and read back")
    func writing() {
        #expect(Money(millionths: 10_000).description == "0.01")
        #expect(Money(millionths: -500).description == "-0.0005")
        #expect(Money(millionths: 3_000_000).description == "3")
        var number: Int64 = 1
        for _ in 0..<40 {
            #expect(Money(Money(millionths: number).description)?.millionths == number)
            #expect(Money(Money(millionths: -number).description)?.millionths == -number)
            number = (number &* 37 &+ 11) % 9_000_000_000_000
        }
    }

    @Test("sums are exact and stay at the ends of the range")
    func sums() {
        #expect(Money("0.1")! + Money("0.2")! == Money("0.3")!)
        #expect(Money(millionths: .max) + Money(millionths: 1) == Money(millionths: .max))
        #expect(Money(millionths: .min) - Money(millionths: 1) == Money(millionths: .min))
        #expect(Money.zero - Money("0.5")! < .zero)
    }

    @Test("a price per minute is charged to the millionth, half away from zero")
    func prices() {
        #expect(Money("0.6")!.perMinute(for: .seconds(61)) == Money("0.61")!)
        #expect(Money("0.01")!.perMinute(for: .seconds(1)) == Money(millionths: 167))
        #expect(Money("-0.01")!.perMinute(for: .seconds(1)) == Money(millionths: -167))
        #expect(Money(millionths: 1).perMinute(for: .seconds(30)) == Money(millionths: 1))
        #expect(Money(millionths: 1).perMinute(for: .milliseconds(29_999)) == .zero)
        #expect(Money(millionths: .max).perMinute(for: .seconds(3600)) == Money(millionths: .max))
        #expect(Money("1")!.perMinute(for: .zero) == .zero)
    }
}
