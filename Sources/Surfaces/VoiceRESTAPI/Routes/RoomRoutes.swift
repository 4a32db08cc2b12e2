/// `/bridges`, `/conferences` and what is below them.
struct RoomRoutes: Sendable {
    let calls: CallDesk
    let bridges: BridgeDesk
    let conferences: ConferenceDesk

    var all: [VoiceRESTRoute] { bridgeRoutes + conferenceRoutes }

    // MARK: Bridges

    private var bridgeRoutes: [VoiceRESTRoute] {
        [
            VoiceRESTRoute(.get, "/bridges") { request in
                let page = try PageRequest(request.query)
                let records = await bridges.list(of: request.user.id, page)
                return .page(of: records, page) { $0.resource(request.addresses) }
            },
            VoiceRESTRoute(.post, "/bridges") { request in
                let object = try await request.object("bridge")
                let id = try await bridges.create(
                    try object.strings("callIds") ?? [], hasAudio: try object.boolean("bridgeAudio") ?? true,
                    of: request.user.id)
                return .created(request.addresses.url("bridges", id))
            },
            VoiceRESTRoute(.get, "/bridges/{bridgeId}") { request in
                let bridge = try await bridges.bridge(request["bridgeId"], of: request.user.id)
                return .value(bridge.resource(request.addresses))
            },
            VoiceRESTRoute(.post, "/bridges/{bridgeId}") { request in
                let object = try await request.object("bridge")
                _ = try await bridges.bridge(request["bridgeId"], of: request.user.id)
                try await bridges.update(
                    request["bridgeId"], calls: try object.strings("callIds"),
                    hasAudio: try object.boolean("bridgeAudio"), of: request.user.id)
                return .done
            },
            VoiceRESTRoute(.get, "/bridges/{bridgeId}/calls") { try await calls(inBridge: $0) },
            VoiceRESTRoute(.post, "/bridges/{bridgeId}/audio") { request in
                let object = try await request.object("audio").unwrapped("fileUrl")
                _ = try await bridges.bridge(request["bridgeId"], of: request.user.id)
                let prompt = try PromptRequest(object)
                try await bridges.play(prompt, in: request["bridgeId"], of: request.user.id)
                return .done
            },
        ]
    }

    private func calls(inBridge request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let id = request["bridgeId"]
        _ = try await bridges.bridge(id, of: request.user.id)
        let filter = CallHistory.Filter(user: request.user.id, bridge: id)
        let records = await calls.history.calls(filter, isAscending: true, page: nil)
        return .value(
            .array(
                records.map { record in
                    guard case .object(var members) = calls.present(record).resource(request.addresses) else {
                        return .null
                    }
                    members["bridge"] = .string(request.addresses.url("bridges", id))
                    return .object(members)
                }))
    }

    // MARK: Conferences

    private var conferenceRoutes: [VoiceRESTRoute] {
        [
            VoiceRESTRoute(.post, "/conferences") { request in
                let object = try await request.object("conference")
                let from = PartyName.canonical(try object.required("from", upTo: 256))
                guard PartyName.isDialable(from) else { throw RESTError.invalid("from", "a phone number") }
                try await calls.checkNumber(from, of: request.user.id)
                let id = try await conferences.create(
                    try ConferenceChanges(object), from: from, of: request.user.id)
                return .created(request.addresses.url("conferences", id))
            },
            VoiceRESTRoute(.get, "/conferences/{conferenceId}") { request in
                .value(
                    try await conferences.conference(request["conferenceId"], of: request.user.id)
                        .resource(request.addresses))
            },
            VoiceRESTRoute(.post, "/conferences/{conferenceId}") { request in
                let object = try await request.object("conference")
                _ = try await conferences.conference(request["conferenceId"], of: request.user.id)
                let changes = try ConferenceChanges(object)
                try await conferences.update(request["conferenceId"], changes, of: request.user.id)
                return .done
            },
            VoiceRESTRoute(.post, "/conferences/{conferenceId}/audio") { request in
                let object = try await request.object("audio").unwrapped("fileUrl")
                _ = try await conferences.conference(request["conferenceId"], of: request.user.id)
                let prompt = try PromptRequest(object)
                try await conferences.play(prompt, in: request["conferenceId"], of: request.user.id)
                return .done
            },
        ] + memberRoutes
    }

    private var memberRoutes: [VoiceRESTRoute] {
        [
            VoiceRESTRoute(.get, "/conferences/{conferenceId}/members") { request in
                let record = try await conferences.conference(request["conferenceId"], of: request.user.id)
                return .value(.array(record.members.map { $0.resource(request.addresses) }))
            },
            VoiceRESTRoute(.post, "/conferences/{conferenceId}/members") { request in
                let object = try await request.object("member")
                let conference = request["conferenceId"]
                _ = try await conferences.conference(conference, of: request.user.id)
                let id = try await conferences.add(
                    try object.required("callId"), to: conference, try MemberChanges(object), of: request.user.id)
                return .created(request.addresses.url("conferences", conference, "members", id))
            },
            VoiceRESTRoute(.get, "/conferences/{conferenceId}/members/{memberId}") { request in
                let member = try await conferences.member(
                    request["memberId"], in: request["conferenceId"], of: request.user.id)
                return .value(member.resource(request.addresses))
            },
            VoiceRESTRoute(.post, "/conferences/{conferenceId}/members/{memberId}") { request in
                let object = try await request.object("member")
                let (member, conference) = (request["memberId"], request["conferenceId"])
                _ = try await conferences.member(member, in: conference, of: request.user.id)
                try await conferences.change(
                    member, in: conference, try MemberChanges(object), of: request.user.id)
                return .done
            },
            VoiceRESTRoute(.post, "/conferences/{conferenceId}/members/{memberId}/audio") { try await audio($0) },
        ]
    }

    private func audio(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let object = try await request.object("audio").unwrapped("fileUrl")
        let member = try await conferences.member(
            request["memberId"], in: request["conferenceId"], of: request.user.id)
        let prompt = try PromptRequest(object)
        guard member.state == .active, let call = calls.live(member.call, of: request.user.id) else {
            throw RESTError(.conferenceError, "The member \(member.id) has left the conference")
        }
        switch prompt {
        case .play(let prompt): try await call.start(prompt)
        case .stop(let isSpoken): try await call.stopPlaying(spoken: isSpoken)
        }
        return .done
    }
}
