import Testing
import Timeline

@Suite struct SlotTableTests {
    @Test("a handle whose element was removed never names a later one")
    func staleHandles() {
        var table = SlotTable<Int>()
        let first = table.insert(1)
        table.remove(first)
        let second = table.insert(2)
        #expect(first.index == second.index)
        #expect(table[first] == nil)
        #expect(table[second] == 2)
        table[first] = 7
        #expect(table[second] == 2)
        #expect(table.count == 1)
        #expect(table.handles == [second])
        #expect(SlotHandle(rawValue: second.rawValue) == second)
    }
}
