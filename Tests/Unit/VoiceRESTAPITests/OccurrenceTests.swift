import Testing

@testable import VoiceRESTAPI

@Suite("Something that happens once")
struct OccurrenceTests {
    private let long: Duration = .seconds(3600)

    @Test("lets all go on who waited before it, and nobody wait after it")
    func happens() async {
        let occurrence = Occurrence()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { await occurrence.wait(atMost: long) } }
            await Task.yield()
            occurrence.happened()
            occurrence.happened()
        }
        await occurrence.wait(atMost: long)
    }

    @Test("is not waited for by a task that is cancelled, nor for longer than is said")
    func neverHappens() async {
        let occurrence = Occurrence()
        let waiting = Task { await occurrence.wait(atMost: long) }
        waiting.cancel()
        await waiting.value
        await occurrence.wait(atMost: .zero)
    }
}
