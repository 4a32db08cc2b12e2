import Foundation
import Glibc
import Synchronization

/// A program that is run once, and can be ended from any thread. It has its standard input and nothing else of this
/// process: Foundation's `Process` looks for all open descriptors first, which costs a busy switch milliseconds and,
/// where there are more than some 1,350, reads beyond the end of their list.
final class ChildProgram: Sendable {
    private enum State { case ready, running(pid_t), over }

    /// Closes everything from a descriptor on in the program; in glibc from 2.34 on, but not in Swift's picture of it.
    private static let closeFrom = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map {
        unsafeBitCast(
            $0, to: (@convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32).self)
    }

    private let path: String
    private let arguments: [String]
    private let input: Int32
    private let state = Mutex(State.ready)

    /// The program at `path`, which reads from the descriptor `input`; what it writes is lost.
    init(_ path: String, _ arguments: [String], input: Int32) {
        (self.path, self.arguments, self.input) = (path, arguments, input)
    }

    /// Starts it, unless it was ended before; the continuation gets its exit status, or the signal that ended it.
    func start(_ continuation: CheckedContinuation<Int32, any Error>) {
        let failure = state.withLock { state -> (any Error)? in
            guard case .ready = state else { return CancellationError() }
            do {
                let child = try spawn()
                state = .running(child)
                Thread.detachNewThread { [self] in continuation.resume(returning: status(of: child)) }
                return nil
            } catch {
                state = .over
                return error
            }
        }
        if let failure { continuation.resume(throwing: failure) }
    }

    /// Whether it has begun and not ended.
    var isRunning: Bool { state.withLock { if case .running = $0 { true } else { false } } }

    /// Ends it, now or before it has begun.
    func end() {
        state.withLock { state in
            switch state {
            case .ready: state = .over
            case .running(let child): kill(child, SIGKILL)
            case .over: break
            }
        }
    }

    /// Waits for the end. As long as it may be ended its number is its own: it is given back under the lock.
    private func status(of child: pid_t) -> Int32 {
        var information = siginfo_t()
        while waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        return state.withLock { state in
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0, errno == EINTR {}
            state = .over
            return status & 0x7F == 0 ? status >> 8 & 0xFF : status & 0x7F
        }
    }

    private func spawn() throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        for output in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0)
        }
        _ = Self.closeFrom?(&actions, STDERR_FILENO + 1)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let variables = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var environment = variables.map { strdup($0) } + [nil]
        defer { for word in words + environment { free(word) } }
        var child: pid_t = 0
        let error = posix_spawn(&child, path, &actions, &attributes, &words, &environment)
        guard error == 0 else {
            throw CallError(.error, "say failed: the program cannot be started: \(String(cString: strerror(error)))")
        }
        return child
    }
}
