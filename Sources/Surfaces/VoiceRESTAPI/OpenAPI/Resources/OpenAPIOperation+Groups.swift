extension OpenAPIOperation {
    /// `/bridges` and `/conferences`.
    static var groups: [OpenAPIOperation] { bridges + conferences }

    private static var bridges: [OpenAPIOperation] {
        let bridge = OpenAPISchema.reference("Bridge")
        let change = OpenAPISchema.reference("BridgeChange")
        return [
            OpenAPIOperation("GET /bridges", "Lists bridges", .list(bridge, isPaged: true)),
            OpenAPIOperation("POST /bridges", "Joins two calls", body: change, .created),
            OpenAPIOperation("GET /bridges/{bridgeId}", "Reads a bridge", .value(bridge)),
            OpenAPIOperation("POST /bridges/{bridgeId}", "Changes who is in a bridge", body: change, .done),
            OpenAPIOperation(
                "GET /bridges/{bridgeId}/calls", "Lists the calls of a bridge",
                .list(OpenAPISchema.reference("Call"), isPaged: false)),
            OpenAPIOperation(
                "POST /bridges/{bridgeId}/audio", "Plays to both calls of a bridge",
                body: OpenAPISchema.reference("Audio"), .done),
        ]
    }

    private static var conferences: [OpenAPIOperation] {
        let member = OpenAPISchema.reference("Member")
        let audio = OpenAPISchema.reference("Audio")
        return [
            OpenAPIOperation(
                "POST /conferences", "Makes a conference", body: OpenAPISchema.reference("NewConference"), .created),
            OpenAPIOperation(
                "GET /conferences/{conferenceId}", "Reads a conference",
                .value(OpenAPISchema.reference("Conference"))),
            OpenAPIOperation(
                "POST /conferences/{conferenceId}", "Changes or ends a conference",
                body: OpenAPISchema.reference("ConferenceUpdate"), .done),
            OpenAPIOperation("POST /conferences/{conferenceId}/audio", "Plays to all members", body: audio, .done),
            OpenAPIOperation(
                "GET /conferences/{conferenceId}/members", "Lists members, those who left too",
                .list(member, isPaged: false)),
            OpenAPIOperation(
                "POST /conferences/{conferenceId}/members", "Lets a call become a member",
                body: OpenAPISchema.reference("NewMember"), .created),
            OpenAPIOperation("GET /conferences/{conferenceId}/members/{memberId}", "Reads a member", .value(member)),
            OpenAPIOperation(
                "POST /conferences/{conferenceId}/members/{memberId}", "Mutes, holds or removes a member",
                body: OpenAPISchema.reference("MemberUpdate"), .done),
            OpenAPIOperation(
                "POST /conferences/{conferenceId}/members/{memberId}/audio", "Plays to one member", body: audio, .done),
        ]
    }
}
