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

    @Test("an element is changed in place as long as its handle lives")
    func updating() {
        var table = SlotTable<[Int]>()
        let handle = table.insert([1])
        #expect(table.update(handle) { $0.append(2) } != nil)
        #expect(table[handle] == [1, 2])
        #expect(table.handle(at: 0) == handle)
        #expect(table.handle(at: 1) == nil)
        table.remove(handle)
        #expect(table.handle(at: 0) == nil)
        #expect(table.update(handle) { $0.append(3) } == nil)
        #expect(table.update(SlotHandle(index: 0, generation: 2)) { $0.append(3) } == nil)
        #expect(!table.contains(SlotHandle(index: 0, generation: 2)))
    }
}
