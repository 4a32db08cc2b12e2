import Testing
import Timeline

@testable import Routing

@Suite struct NumberIndexTests {
    @Test("keys inserted and removed at random are found as a dictionary finds them")
    func againstDictionary() {
        var dice = IdentifierSource(seed: 5)
        var index = NumberIndex()
        var dictionary: [UInt64: Int] = [:]
        for _ in 0..<20_000 {
            let key = UInt64(dice.number(below: 3)) << 60 | UInt64(dice.number(below: 40))
            if dictionary[key] != nil, dice.number(below: 2) == 0 {
                dictionary[key] = nil
                index.remove(key)
            } else if dictionary[key] == nil {
                let value = dice.number(below: 1_000)
                dictionary[key] = value
                index.insert(key, value)
            }
            #expect(index[key] == dictionary[key])
        }
        #expect(index.count == dictionary.count)
        for (key, value) in dictionary { #expect(index[key] == value) }
        index.remove(77)
        #expect(index.count == dictionary.count)
    }
}
