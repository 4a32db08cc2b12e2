import Addresses
import PacketLoop
import SIPMessages
import Synchronization

/// A SIP telephone for tests and demonstrations: real SIP and RTP over UDP, on a thread of its own.
///
/// It shares with the switch only the modules that parse and write messages and run transactions; dialogs,
/// descriptions, digest answers and audio are its own, so that it is an honest peer.
public final class TestPhone: Sendable {
    /// The address its SIP socket is bound to; the port is the real one where 0 was asked for.
    public let local: Endpoint
    /// The calls that come in, each from its first message on; one consumer at a time.
    public let incomingCalls: AsyncStream<PhoneCall>
    private let inbox: Inbox<PhoneCommand>
    private let thread: PacketLoopThread
    private let nextCall = Atomic<UInt32>(0)

    /// Binds a phone to `listen`. It answers calls at once and plays silence until `answer` says otherwise.
    ///
    /// Throws the system's error, EADDRINUSE among others, where the address cannot be bound.
    public init(listen: Endpoint, seed: UInt64? = nil) throws(SystemError) {
        var options = UDPSocket.Options()
        options.reportsUnreachable = true
        let socket = try UDPSocket(binding: listen, options: options)
        local = socket.local
        let signal = try LoopSignal()
        let inbox = Inbox<PhoneCommand>(waking: signal)
        let (stream, arrivals) = AsyncStream.makeStream(of: PhoneCall.self)
        let seed = seed ?? UInt64.random(in: .min ... .max)
        self.inbox = inbox
        incomingCalls = stream
        thread = try PacketLoopThread(name: "phone-\(socket.local.port)", signal: signal) { loop in
            PhoneLoop(loop, socket, inbox: inbox, arrivals: arrivals, seed: seed)
        }
    }

    /// Places a call. What becomes of it, a refusal too, is its report; nothing is thrown.
    public func call(_ request: CallRequest) -> PhoneCall {
        let number = nextCall.add(1, ordering: .relaxed).newValue
        let call = PhoneCall(PhoneCallID(rawValue: number), inbox: inbox)
        inbox.post(.place(call, request))
        return call
    }

    /// How calls that come in from now on are answered.
    public func answer(_ policy: AnswerPolicy) { inbox.post(.policy(policy)) }

    /// Registers once and returns the registrar's final answer; nil where none came.
    public func register(_ request: RegistrationRequest) async -> StatusCode? {
        await withCheckedContinuation { waiter in
            inbox.post(.register(request) { waiter.resume(returning: $0) })
        }
    }

    /// Ends the phone at once and without a word: calls in progress hear nothing of it, their reports say `network`.
    public func stop() { thread.stop() }
}
