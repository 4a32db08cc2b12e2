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
        #expect(table.hasRemoved(first) && !table.hasRemoved(second))
        table.remove(second)
        #expect(table.hasRemoved(first) && table.hasRemoved(second))
        let never = [
            SlotHandle(index: 0, generation: 2), SlotHandle(index: 0, generation: 7),
            SlotHandle(index: 9, generation: 1),
        ]
        #expect(never.allSatisfy { !table.hasRemoved($0) })
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

    @Test("a copy of a table keeps its elements when the original changes")
    func copying() {
        var table = SlotTable<[Int]>()
        let handles = (0..<100).map { table.insert([$0]) }
        table.remove(handles[3])
        let copy = table
        table.update(handles[70]) { $0 = [] }
        table.remove(handles[5])
        #expect(copy[handles[70]] == [70])
        #expect(copy.read(handles[5]) { $0.count } == 1)
        #expect(copy[handles[3]] == nil)
        #expect(table[handles[70]] == [])
        #expect(table.read(handles[5]) { $0.count } == nil)
    }

    @Test("an element meets what it is lent")
    func lending() {
        var table = SlotTable<[Int]>()
        let handle = table.insert([1])
        var sum = 0
        let count = table.update(handle, lending: &sum) { element, sum in
            element.append(2)
            sum = element.reduce(0, +)
            return element.count
        }
        #expect(count == 2 && sum == 3 && table[handle] == [1, 2])
        table.remove(handle)
        #expect(table.update(handle, lending: &sum) { _, sum in sum = 0 } == nil)
        #expect(sum == 3)
    }

    @Test("a table lets go of what it held, once")
    func releasing() {
        final class Witness: Sendable {}
        weak var kept: Witness?
        weak var removed: Witness?
        do {
            var table = SlotTable<Witness>()
            let first = Witness()
            let second = Witness()
            kept = first
            removed = second
            table.insert(first)
            table.remove(table.insert(second))
            #expect(table.count == 1)
        }
        #expect(kept == nil && removed == nil)
    }
}
