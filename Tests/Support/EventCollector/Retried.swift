/// Repeats an attempt until it succeeds, or the time limit of the test cancels it: for ports that must be free at last.
///
/// A port that was closed can stay bound for a moment, for a program that another test starts holds all descriptors of
/// this process until it is executed; and one that the kernel chose for one protocol may be somebody's in another one.
public func retried<Result>(_ attempt: () async throws -> Result) async throws -> Result {
    while true {
        do {
            return try await attempt()
        } catch {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
