import BXML

/// What a request wants of a conference; nil for no change.
struct ConferenceChanges: Hashable, Sendable {
    /// The members about callbacks; nil where there are none.
    private var callback: RequestObject?
    var profile: ConferenceRecord.Profile?
    var isHeld: Bool?
    var isMuted: Bool?
    var tag: String?
    var isCompleted = false

    private enum State: String, CaseIterable { case completed, active, created }

    /// Reads the members of a conference's creation and update.
    init(_ object: RequestObject) throws(RESTError) {
        isCompleted = try object.choice("state", of: State.self) == .completed
        if ["callbackUrl", "fallbackUrl", "callbackHttpMethod", "callbackTimeout"].contains(where: object.has) {
            callback = object
        }
        profile = try object.choice("profile")
        isHeld = try object.boolean("hold")
        isMuted = try object.boolean("mute")
        tag = try object.string("tag")
    }

    /// What a document asks for that makes a conference; its events are sent in the same way as those of the call.
    init(_ conference: BXMLConference, like terms: CallbackTerms) throws(RESTError) {
        tag = conference.tag
        guard let url = conference.statusCallbackURL else { return }
        callback = RequestObject(
            "conference", ["callbackUrl": .string(url), "callbackHttpMethod": .string(terms.method)])
    }

    /// Whether events go elsewhere from now on.
    var hasCallback: Bool { callback != nil }

    /// Takes over what was sent; what was not stays. Throws where the callbacks make no sense.
    func apply(to record: inout ConferenceRecord) throws(RESTError) {
        if let callback { record.callback = try CallbackTerms(callback, changing: record.callback) }
        if let profile { record.profile = profile }
        if let isHeld { record.isHeld = isHeld }
        if let isMuted { record.isMuted = isMuted }
        if let tag { record.tag = tag }
    }
}

/// What a request wants of a member of a conference; nil for no change.
struct MemberChanges: Hashable, Sendable {
    var isMuted: Bool?
    var isHeld: Bool?
    var hasJoinTone: Bool?
    var hasLeavingTone: Bool?
    var isCompleted = false

    private enum State: String, CaseIterable { case completed, active }

    init() {}

    /// Reads the members of a member's creation and update.
    init(_ object: RequestObject) throws(RESTError) {
        isCompleted = try object.choice("state", of: State.self) == .completed
        isMuted = try object.boolean("mute")
        isHeld = try object.boolean("hold")
        hasJoinTone = try object.boolean("joinTone")
        hasLeavingTone = try object.boolean("leavingTone")
    }

    /// What a document asks for.
    init(_ conference: BXMLConference) {
        isMuted = conference.isMuted ? true : nil
        isHeld = conference.isHeld ? true : nil
        hasJoinTone = conference.joinTone
        hasLeavingTone = conference.leavingTone
    }

    var isEmpty: Bool { self == MemberChanges() }

    func apply(to member: inout ConferenceRecord.Member) {
        if let isMuted { member.isMuted = isMuted }
        if let isHeld { member.isHeld = isHeld }
        if let hasJoinTone { member.hasJoinTone = hasJoinTone }
        if let hasLeavingTone { member.hasLeavingTone = hasLeavingTone }
    }
}
