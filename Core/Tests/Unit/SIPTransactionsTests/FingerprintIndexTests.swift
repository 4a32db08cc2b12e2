import Testing
import Timeline

@testable import SIPTransactions

@Suite struct FingerprintIndexTests {
    @Test("random entering and leaving in crowded runs gives what a dictionary gives")
    func model() {
        var index = FingerprintIndex()
        var model: [UInt32: Fingerprint] = [:]
        var dice = IdentifierSource(seed: 3)
        for _ in 0..<100_000 {
            let slot = UInt32(dice.number(below: 300))
            if let known = model[slot] {
                #expect(index.find(known) { $0 == slot } == slot)
                index.remove(low: known.low, slot: slot)
                #expect(index.find(known) { $0 == slot } == nil)
                model[slot] = nil
            } else {
                // Few different low halves: long runs, and equal fingerprints for several slots.
                let fingerprint = Fingerprint(low: dice.next() % 50 * 13, high: dice.next() % 2)
                index.insert(fingerprint, slot: slot)
                model[slot] = fingerprint
            }
            #expect(index.count == model.count)
        }
        for (slot, fingerprint) in model { #expect(index.find(fingerprint) { $0 == slot } == slot) }
    }

    @Test("taking out what is not in changes nothing")
    func foreign() {
        var index = FingerprintIndex()
        index.insert(Fingerprint(low: 1, high: 1), slot: 1)
        index.remove(low: 1, slot: 2)
        index.remove(low: 2, slot: 1)
        #expect(index.count == 1)
    }
}
