extension OpenAPIOperation {
    /// `/calls` and what is below it.
    static var calls: [OpenAPIOperation] {
        let call = OpenAPISchema.reference("Call")
        return [
            OpenAPIOperation(
                "GET /calls", "Lists calls, those that last and those that are over", .list(call, isPaged: true)
            )
            .with(
                ("from", OpenAPISchema.text()), ("to", OpenAPISchema.text()), ("bridgeId", OpenAPISchema.text()),
                ("conferenceId", OpenAPISchema.text()), ("sortOrder", OpenAPISchema.word("asc", "desc"))),
            OpenAPIOperation("POST /calls", "Places a call", body: OpenAPISchema.reference("NewCall"), .created),
            OpenAPIOperation("GET /calls/{callId}", "Reads a call", .value(call)),
            OpenAPIOperation(
                "POST /calls/{callId}",
                "Answers, refuses, ends or transfers a call, or records it; a transfer is answered with 201 and the new call",
                body: OpenAPISchema.reference("CallUpdate"), .doneOrCreated),
            OpenAPIOperation(
                "POST /calls/{callId}/audio", "Plays a file, says a sentence, or stops either",
                body: OpenAPISchema.reference("Audio"), .done),
            OpenAPIOperation(
                "POST /calls/{callId}/dtmf", "Sends digits",
                body: OpenAPISchema.object([
                    .always(
                        "dtmfOut",
                        .object([
                            "type": .string("string"), "pattern": .string("^[A-D0-9#*,wW]{1,92}$"),
                            "description": .string("A comma and w are half a second of silence, W a whole one"),
                        ]))
                ]), .done),
            OpenAPIOperation(
                "POST /calls/{callId}/gather", "Gathers digits", body: OpenAPISchema.reference("NewGather"), .created),
            OpenAPIOperation(
                "GET /calls/{callId}/gather/{gatherId}", "Reads a gather",
                .value(OpenAPISchema.reference("Gather"))),
            OpenAPIOperation(
                "POST /calls/{callId}/gather/{gatherId}", "Ends a gather",
                body: OpenAPISchema.object([.always("state", OpenAPISchema.sentWord("completed"))]), .done),
            OpenAPIOperation(
                "GET /calls/{callId}/events", "Lists what happened to a call",
                .list(OpenAPISchema.reference("CallStep"), isPaged: false)),
            OpenAPIOperation(
                "GET /calls/{callId}/events/{eventId}", "Reads one of the things that happened",
                .value(OpenAPISchema.reference("CallStep"))),
            OpenAPIOperation(
                "GET /calls/{callId}/recordings", "Lists the recordings of a call",
                .list(OpenAPISchema.reference("Recording"), isPaged: false)),
            OpenAPIOperation(
                "GET /calls/{callId}/transcriptions", "Lists the transcriptions of a call",
                .list(OpenAPISchema.reference("Transcription"), isPaged: false)),
        ]
    }

    /// `/recordings`, and what of them is text.
    static var recordings: [OpenAPIOperation] {
        let recording = OpenAPISchema.reference("Recording")
        let transcription = OpenAPISchema.reference("Transcription")
        return [
            OpenAPIOperation("GET /recordings", "Lists recordings", .list(recording, isPaged: true)),
            OpenAPIOperation("GET /recordings/{recordingId}", "Reads a recording", .value(recording)),
            OpenAPIOperation(
                "GET /recordings/{recordingId}/transcriptions", "Lists the transcriptions of a recording",
                .list(transcription, isPaged: false)),
            OpenAPIOperation(
                "POST /recordings/{recordingId}/transcriptions", "Asks for a transcription: there is no engine for it",
                body: .object(["type": .string("object")]), .refused),
            OpenAPIOperation(
                "GET /recordings/{recordingId}/transcriptions/{transcriptionId}", "Reads a transcription",
                .value(transcription)),
        ]
    }
}
