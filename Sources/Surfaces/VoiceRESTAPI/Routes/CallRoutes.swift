import CallEvents
import Management

/// `/calls` and what is below it.
struct CallRoutes: Sendable {
    let desk: CallDesk

    var all: [VoiceRESTRoute] {
        [
            VoiceRESTRoute(.get, "/calls") { try await list($0) },
            VoiceRESTRoute(.post, "/calls") { try await create($0) },
            VoiceRESTRoute(.get, "/calls/{callId}") { .value(try await record($0).resource($0.addresses)) },
            VoiceRESTRoute(.post, "/calls/{callId}") { try await update($0) },
            VoiceRESTRoute(.post, "/calls/{callId}/audio") { try await audio($0) },
            VoiceRESTRoute(.post, "/calls/{callId}/dtmf") { try await digits($0) },
            VoiceRESTRoute(.post, "/calls/{callId}/gather") { try await gather($0) },
            VoiceRESTRoute(.get, "/calls/{callId}/gather/{gatherId}") { try await gatherState($0) },
            VoiceRESTRoute(.post, "/calls/{callId}/gather/{gatherId}") { try await gatherUpdate($0) },
            VoiceRESTRoute(.get, "/calls/{callId}/events") { try await steps($0) },
            VoiceRESTRoute(.get, "/calls/{callId}/events/{eventId}") { try await step($0) },
            VoiceRESTRoute(.get, "/calls/{callId}/recordings") { try await recordings($0) },
            VoiceRESTRoute(.get, "/calls/{callId}/transcriptions") { request in
                _ = try await record(request)
                return .value(.array([]))
            },
        ]
    }

    // MARK: Finding

    /// The call of the path, whether it lasts or is over.
    private func record(_ request: VoiceRESTRequest) async throws -> CallRecord {
        let id = request["callId"]
        if let call = desk.live(id, of: request.user.id) { return call.record }
        guard let record = await desk.history.call(id, of: request.user.id) else {
            throw RESTError(.callNotFound, "The call \(id) was not found")
        }
        return record
    }

    /// The call of the path where it lasts. Throws 404 where there is none, 403 where it is over.
    private func live(_ request: VoiceRESTRequest, to verb: String) async throws -> DrivenCall {
        let id = request["callId"]
        if let call = desk.live(id, of: request.user.id) { return call }
        let record = try await record(request)
        throw RESTError(
            .callInvalidState, "Unable to \(verb) call \(id). Invalid call state \(record.state.rawValue)")
    }

    private enum SortOrder: String, CaseIterable { case asc, desc }

    private func list(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let query = request.query
        let isAscending = try query.choice("sortOrder", of: SortOrder.self) == .asc
        let filter = CallHistory.Filter(
            user: request.user.id, from: query["from"].map(PartyName.canonical),
            to: query["to"].map(PartyName.canonical), bridge: query["bridgeId"], conference: query["conferenceId"])
        if filter.isOfGroup {
            let records = await desk.history.calls(filter, isAscending: isAscending, page: nil)
            return .value(.array(records.map { desk.present($0).resource(request.addresses) }))
        }
        let page = try PageRequest(query)
        let records = await desk.history.calls(filter, isAscending: isAscending, page: page)
        return .page(of: records, page) { desk.present($0).resource(request.addresses) }
    }

    // MARK: Making and changing

    private func create(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let object = try await request.object("call")
        let terms = try CallTerms(object, of: request.user.id)
        try await desk.checkNumber(terms.from, of: request.user.id)
        try await desk.checkDestination(terms.dialled ?? terms.to, of: request.user)
        if let bridge = terms.bridge {
            let found = try await desk.bridges.bridge(bridge, of: request.user.id)
            guard found.state != .completed else {
                throw RESTError(.bridgeInvalidState, "The bridge \(bridge) is completed")
            }
        }
        if let conference = terms.conference {
            let found = try await desk.conferences.conference(conference, of: request.user.id)
            guard found.state != .completed else {
                throw RESTError(.invalidCallConferenceID, "The conference \(conference) is completed")
            }
        }
        var joins = DrivenCall.Actions()
        if let bridge = terms.bridge {
            joins.answered = { [bridges = desk.bridges] call in await bridges.join(call, bridge) }
        }
        let call = try desk.place(terms, account: request.user.account, joins)
        // Whoever knows the call is told its hangup, even if this process is killed now.
        await desk.history.settled()
        return .created(request.addresses.call(call.id))
    }

    private func update(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let object = try await request.object("call")
        _ = try await record(request)
        let command = try object.choice("state", of: CallCommand.self)
        let recording = try RecordingChange(object)
        let call = try await live(request, to: "update")
        guard command != .transferring else {
            let order = try TransferOrder(object)
            try await desk.checkCaller(order, of: call)
            try await desk.checkDestination(order.target, of: request.user)
            let second = try await desk.transfer(call, order, account: request.user.account)
            return .created(request.addresses.call(second.id))
        }
        if recording.isEmpty, command == nil || command == .started { throw RESTError.missing("state", of: "call") }
        try await call.change(state: command, recording: recording)
        // Who asks next is shown what this request has done.
        if command == .completed || command == .rejected { await call.ending.wait(atMost: .seconds(5)) }
        return .done
    }

    private func audio(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let object = try await request.object("audio").unwrapped("fileUrl")
        _ = try await record(request)
        let prompt = try PromptRequest(object)
        let call = try await live(request, to: "play audio to")
        switch prompt {
        case .play(let prompt): try await call.start(prompt)
        case .stop(let isSpoken): try await call.stopPlaying(spoken: isSpoken)
        }
        return .done
    }

    private func digits(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let object = try await request.object("dtmf")
        _ = try await record(request)
        let digits = try object.required("dtmfOut")
        try await live(request, to: "send digits to").sendSoon(digits: digits)
        return .done
    }

    // MARK: Gathers

    private func gather(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let object = try await request.object("gather")
        _ = try await record(request)
        let terms = try DigitGather.Terms(object)
        let prompt = try object.object("prompt").flatMap { try PromptRequest.prompt($0.unwrapped("fileUrl")) }
        let call = try await live(request, to: "gather digits of")
        let id = try await call.startGather(terms, prompt: prompt)
        return .created(request.addresses.url("calls", call.id, "gather", id))
    }

    private func gatherRecord(_ request: VoiceRESTRequest) async throws -> GatherRecord {
        let id = request["gatherId"]
        guard let gather = try await record(request).gathers.first(where: { $0.id == id }) else {
            throw RESTError(.resourceNotFound, "The gather \(id) was not found")
        }
        return gather
    }

    private func gatherState(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        .value(try await gatherRecord(request).resource(of: request["callId"], request.addresses))
    }

    private enum GatherState: String, CaseIterable { case completed }

    private func gatherUpdate(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let object = try await request.object("gather")
        _ = try await gatherRecord(request)
        guard try object.choice("state", of: GatherState.self) != nil else {
            throw RESTError.missing("state", of: "gather")
        }
        try await live(request, to: "update the gather of").stopGather(request["gatherId"])
        return .done
    }

    // MARK: What belongs to a call

    private func steps(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let page = try PageRequest(request.query, size: CallRecord.maximumSteps)
        return .page(from: try await record(request).events, page, \.resource)
    }

    private func step(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let id = request["eventId"]
        guard let step = try await record(request).events.first(where: { $0.id == id }) else {
            throw RESTError(.resourceNotFound, "The event \(id) was not found")
        }
        return .value(step.resource)
    }

    private func recordings(_ request: VoiceRESTRequest) async throws -> VoiceRESTResponse {
        let record = try await record(request)
        let recordings = await desk.history.recordings(record.recordings, of: request.user.id)
        return .value(.array(recordings.map { $0.resource(request.addresses) }))
    }
}

extension CallRecord.Step {
    var resource: JSONValue {
        .members(["id": .string(id), "time": .time(time), "name": .string(name), "data": .text(data)])
    }
}
