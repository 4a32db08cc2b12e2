import Timeline

/// One call that is driven by documents: does their verbs in order, and asks for the next document where one follows.
///
/// What it begins carries a step number; what is reported of an earlier step than the present one came too late and
/// changes nothing.
public struct BXMLInterpreter: Equatable, Sendable {
    /// Numbers what was begun.
    public typealias Step = Int

    public enum State: Equatable, Sendable {
        /// There is no document yet.
        case ready
        /// Something is spoken, played or sent, until it is over.
        case playing
        /// Nothing happens until the deadline.
        case pausing
        /// A prompt of a Gather is heard; a digit stops it.
        case prompting
        /// The time for digits between two times of a prompt.
        case delaying
        /// Digits are awaited after the prompts.
        case collecting
        case recording
        /// A transfer looks for somebody to answer.
        case hunting
        /// The two are joined, until one leaves.
        case joined
        case conferencing
        /// A reply that may be a document is awaited.
        case requesting
        /// All verbs are done; the call is hung up at the deadline.
        case lingering
        /// Nothing more will be done.
        case ended
    }

    public enum Event: Equatable, Sendable {
        /// The first document.
        case begin(BXMLDocument)
        /// What was spoken, played, sent or recorded, or the conference, is over.
        case finished(Step)
        /// The far end sent one of `0123456789ABCD*#`.
        case digit(Character)
        case transfer(Step, BXMLTransferProgress)
        case reply(Step, BXMLReply)
        /// The call has ended.
        case hungUp
    }

    public enum Effect: Equatable, Sendable {
        case speak(Step, BXMLSentence)
        case play(Step, BXMLAudio)
        case sendDigits(Step, String)
        /// Ends what `speak` or `play` began.
        case stopPrompt
        case record(Step, BXMLRecording)
        /// Keeps what was recorded.
        case stopRecording
        case transfer(Step, BXMLTransfer)
        case join(Step, BXMLConference)
        case send(Step, BXMLMessage)
        /// Tells an event; where `isAwaited`, the reply comes back as an event of this step.
        case request(Step, BXMLRequest?, BXMLCallback, isAwaited: Bool)
        case reject(BXMLRejection)
        case hangUp(BXMLEnding)
    }

    /// How long a call stays whose verbs have been done.
    static let lingering = Duration.seconds(30)
    /// How long a reply is waited for at most: the sender has the time of the request for each of two addresses, and
    /// says by itself when nothing has come.
    static func patience(_ request: BXMLRequest) -> Duration { request.timeout * 2 + .seconds(5) }
    /// Most documents that do nothing but name another one.
    static let maximumRedirects = 20

    public private(set) var state = State.ready
    var verbs: ArraySlice<BXMLVerb> = []
    var verb: BXMLVerb?
    var step: Step = 0
    var prompts: ArraySlice<BXMLPrompt> = []
    /// How many more times the prompt is played.
    var repetitions = 0
    var digits = ""
    /// What comes of a reply that is no document.
    var fallback = BXMLFallback.hangUp
    var redirects = 0
    var deadline: Instant?

    public init() {}

    /// When `timeElapsed` is to be called; nil where nothing depends on time.
    public var nextDeadline: Instant? { deadline }

    public mutating func receive(_ event: Event, at now: Instant, into effects: inout [Effect]) {
        switch (state, event) {
        case (.ready, .begin(let document)), (.lingering, .begin(let document)):
            begin(document, at: now, into: &effects)
        case (.playing, .finished(step)), (.recording, .finished(step)), (.conferencing, .finished(step)):
            advance(at: now, into: &effects)
        case (.prompting, .finished(step)): promptEnded(at: now, into: &effects)
        case (.prompting, .digit(let digit)):
            effects.append(.stopPrompt)
            collect(digit, at: now, into: &effects)
        case (.delaying, .digit(let digit)), (.collecting, .digit(let digit)): collect(digit, at: now, into: &effects)
        case (.recording, .digit(let digit)): stopRecording(on: digit, into: &effects)
        case (.hunting, .transfer(step, let progress)): hunted(progress, at: now, into: &effects)
        case (.joined, .transfer(step, .ended)): parted(at: now, into: &effects)
        case (.requesting, .reply(step, let reply)): replied(reply, at: now, into: &effects)
        case (.prompting, .hungUp), (.delaying, .hungUp), (.collecting, .hungUp):
            tellGather(.hungUp, into: &effects)
            enter(.ended)
        case (.ready, .hungUp), (.playing, .hungUp), (.pausing, .hungUp), (.recording, .hungUp), (.hunting, .hungUp),
            (.joined, .hungUp), (.conferencing, .hungUp), (.requesting, .hungUp), (.lingering, .hungUp):
            enter(.ended)
        // What comes too late, or where nobody waits for it.
        case (.playing, .begin), (.pausing, .begin), (.prompting, .begin), (.delaying, .begin), (.collecting, .begin),
            (.recording, .begin), (.hunting, .begin), (.joined, .begin), (.conferencing, .begin),
            (.requesting, .begin):
            break
        case (.ready, .digit), (.playing, .digit), (.pausing, .digit), (.hunting, .digit), (.joined, .digit),
            (.conferencing, .digit), (.requesting, .digit), (.lingering, .digit):
            break
        case (.ready, .finished), (.playing, .finished), (.pausing, .finished), (.prompting, .finished),
            (.delaying, .finished), (.collecting, .finished), (.recording, .finished), (.hunting, .finished),
            (.joined, .finished), (.conferencing, .finished), (.requesting, .finished), (.lingering, .finished):
            break
        case (.ready, .transfer), (.playing, .transfer), (.pausing, .transfer), (.prompting, .transfer),
            (.delaying, .transfer), (.collecting, .transfer), (.recording, .transfer), (.hunting, .transfer),
            (.joined, .transfer), (.conferencing, .transfer), (.requesting, .transfer), (.lingering, .transfer):
            break
        case (.ready, .reply), (.playing, .reply), (.pausing, .reply), (.prompting, .reply), (.delaying, .reply),
            (.collecting, .reply), (.recording, .reply), (.hunting, .reply), (.joined, .reply),
            (.conferencing, .reply), (.requesting, .reply), (.lingering, .reply):
            break
        case (.ended, .begin), (.ended, .finished), (.ended, .digit), (.ended, .transfer), (.ended, .reply),
            (.ended, .hungUp):
            break
        }
    }

    /// Does what is due at the deadline.
    public mutating func timeElapsed(at now: Instant, into effects: inout [Effect]) {
        guard let deadline, now >= deadline else { return }
        self.deadline = nil
        switch state {
        case .pausing: advance(at: now, into: &effects)
        case .delaying: repeatPrompt(at: now, into: &effects)
        case .collecting: completeGather(.interDigitTimeout, at: now, into: &effects)
        case .requesting: end(.noDocument, into: &effects)
        case .lingering: end(.verbsDone, into: &effects)
        case .ready, .playing, .prompting, .recording, .hunting, .joined, .conferencing, .ended: break
        }
    }

    /// Goes into a state that lasts until `deadline`, or as long as it takes.
    mutating func enter(_ state: State, until deadline: Instant? = nil) {
        self.state = state
        self.deadline = deadline
    }

    /// A number for what begins now.
    mutating func nextStep() -> Step {
        step += 1
        return step
    }

    /// Hangs up.
    mutating func end(_ ending: BXMLEnding, into effects: inout [Effect]) {
        effects.append(.hangUp(ending))
        enter(.ended)
    }
}
