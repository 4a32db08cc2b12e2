/// `/recordings` and what is below it.
struct RecordingRoutes: Sendable {
    let history: CallHistory

    var all: [VoiceRESTRoute] {
        [
            VoiceRESTRoute(.get, "/recordings") { request in
                let page = try PageRequest(request.query)
                let records = await history.recordings(of: request.user.id, page)
                return .page(of: records, page) { $0.resource(request.addresses) }
            },
            VoiceRESTRoute(.get, "/recordings/{recordingId}") { request in
                .value(try await recording(request).resource(request.addresses))
            },
            VoiceRESTRoute(.get, "/recordings/{recordingId}/transcriptions") { request in
                _ = try await recording(request)
                return .value(.array([]))
            },
            VoiceRESTRoute(.post, "/recordings/{recordingId}/transcriptions") { request in
                let recording = try await recording(request)
                guard recording.state == .complete else {
                    throw RESTError(.invalidRecordingState, "The recording \(recording.id) is not complete")
                }
                throw RESTError(
                    .mediaUnavailable, "Transcriptions are not offered: this switch has no speech recognition")
            },
            VoiceRESTRoute(.get, "/recordings/{recordingId}/transcriptions/{transcriptionId}") { request in
                _ = try await recording(request)
                throw RESTError(
                    .transcriptionNotFound, "The transcription \(request["transcriptionId"]) was not found")
            },
        ]
    }

    private func recording(_ request: VoiceRESTRequest) async throws -> RecordingRecord {
        guard let recording = await history.recording(request["recordingId"], of: request.user.id) else {
            throw RESTError(.recordingNotFound, "The recording \(request["recordingId"]) was not found")
        }
        return recording
    }
}
