import CallControl

/// What a verb throws: the original's `Hangup` and `Error`.
public struct CallError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of error; there may be more of them tomorrow.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        public init(_ name: String) { description = name }

        /// There is no call where one is needed, or it went away.
        public static let hangup = Code("hangup")
        /// The channel is in the wrong state, or an argument is wrong.
        public static let error = Code("error")
        /// Events were not read fast enough, and some were lost.
        public static let overflow = Code("overflow")
        /// The run that had the channel has ended, or the switch is stopping.
        public static let stopped = Code("stopped")
    }

    public let code: Code
    /// One sentence that names the state found and the state needed.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Nothing will be heard of the channel any more.
    static let stopping = CallError(.stopped, "the run that had this channel has ended, or the switch is stopping")

    init(_ refusal: VerbRefusal) {
        self.init(refusal.code == .hangup ? .hangup : .error, refusal.message)
    }

    public var description: String { message }
}
