/// What a request to transfer a call asks for.
struct TransferOrder: Hashable, Sendable {
    /// What becomes of the Diversion headers (RFC 5806) of the call that came in.
    enum Treatment: String, Hashable, Sendable, CaseIterable { case none, propagate, stack }

    /// Why a call is diverted.
    enum Reason: String, Hashable, Sendable, CaseIterable {
        case unknown, unavailable, unconditional, deflection, away
        case userBusy = "user-busy"
        case noAnswer = "no-answer"
        case timeOfDay = "time-of-day"
        case doNotDisturb = "do-not-disturb"
        case followMe = "follow-me"
        case outOfService = "out-of-service"
    }

    var target: String
    /// What the target sees: a number, or `private`; nil for the transferred party's number.
    var callerID: String?
    /// What the target hears before the two are joined.
    var whisper: Prompt?
    var callback = CallbackTerms()
    var recording = RecordingTerms()
    var treatment = Treatment.none
    var reason = Reason.unknown
    var tag: String?

    static let hidden = "private"

    init(target: String) { self.target = target }

    /// Reads the members that go with the state `transferring`.
    init(_ object: RequestObject) throws(RESTError) {
        target = PartyName.plain(try object.required("transferTo", upTo: 256))
        guard PartyName.isDialable(target) else {
            throw .invalid("transferTo", "a phone number in E.164 format or a SIP address")
        }
        if let caller = try object.string("transferCallerId"), !caller.isEmpty {
            guard caller.lowercased() == Self.hidden || PartyName.isDialable(PartyName.plain(caller)) else {
                throw .invalid("transferCallerId", "'private' or a phone number")
            }
            callerID = PartyName.plain(caller)
        }
        callback = try CallbackTerms(object)
        try RecordingChange(object).apply(to: &recording)
        treatment = try object.choice("diversionTreatment") ?? .none
        reason = try object.choice("diversionReason") ?? .unknown
        tag = try object.string("tag")
        if let audio = try object.object("whisperAudio")?.unwrapped("fileUrl"),
            var prompt = try PromptRequest.prompt(audio)
        {
            prompt.isTold = false
            prompt.repetitions = 1
            whisper = prompt
        }
    }

    var isHidden: Bool { callerID?.lowercased() == Self.hidden }
}
