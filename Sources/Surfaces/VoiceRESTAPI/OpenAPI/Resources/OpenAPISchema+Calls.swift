extension OpenAPISchema {
    /// Calls, gathers and recordings.
    static var callResources: [String: JSONValue] {
        [
            "Call": call, "NewCall": newCall, "CallUpdate": callUpdate, "Audio": audio, "NewGather": newGather,
            "Gather": object([
                .always("id", text()), .always("state", word("started", "completed")), .sometimes("reason", text()),
                .always("createdTime", time), .sometimes("completedTime", time), .always("call", url),
                .sometimes("digits", text()),
            ]),
            "CallStep": object([
                .always("id", text()), .always("time", time), .always("name", text()), .sometimes("data", text()),
            ]),
            "Recording": object([
                .always("id", text()), .always("startTime", time), .sometimes("endTime", time), .always("call", url),
                .always("media", url), .always("state", word("recording", "saving", "complete", "error")),
            ]),
            "Transcription": object([
                .always("id", text()), .always("state", word("transcribing", "completed", "error")),
                .sometimes("text", text()), .sometimes("textSize", integer()), .sometimes("textUrl", url),
                .sometimes("time", time), .sometimes("chargeableDuration", integer("Seconds")),
            ]),
        ]
    }

    private static let recording: [Member] = [
        .sometimes("recordingEnabled", sentBoolean(default: false)),
        .sometimes("recordingFileFormat", sentWord("wav", "mp3")),
        .sometimes("recordingMaxDuration", sentInteger(1...3600, default: 3600)),
    ]

    private static let voice: [Member] = [
        .sometimes("gender", sentWord("female", "male")),
        .sometimes(
            "locale", sentWord("en_US", "en_UK", "es", "es_MX", "fr", "fr_FR", "de", "de_DE", "it", "it_IT")),
        .sometimes("voice", sentText("As kate, bridget or stefan")),
        .sometimes("loopEnabled", sentBoolean(default: false)), .sometimes("volume", sentInteger(-4...4, default: 0)),
    ]

    static let callback: [Member] = [
        .sometimes("callbackUrl", sentURL), .sometimes("fallbackUrl", sentURL),
        .sometimes("callbackHttpMethod", sentWord("POST", "GET")),
        .sometimes("callbackTimeout", sentInteger(1...10_000, default: 10_000)),
        .sometimes("tag", sentText(upTo: 2048)),
    ]

    static let call = object([
        .always("id", text()), .always("direction", word("in", "out")), .always("from", text()), .always("to", text()),
        .always("state", word("started", "rejected", "active", "completed", "transferring")),
        .always("startTime", time), .sometimes("activeTime", time), .sometimes("endTime", time),
        .sometimes("callTimeout", integer("Seconds")), .always("callbackUrl", text()),
        .sometimes("fallbackUrl", text()),
        .always("callbackHttpMethod", word("GET", "POST")), .sometimes("callbackTimeout", integer("Milliseconds")),
        .sometimes("chargeableDuration", integer("Seconds, in begun minutes")), .sometimes("bridgeId", text()),
        .sometimes("bridge", url), .sometimes("conferenceId", text()), .always("events", url),
        .always("recordings", url), .always("transcriptions", url), .always("recordingEnabled", boolean()),
        .always("recordingFileFormat", word("wav", "mp3")), .sometimes("recordingMaxDuration", integer("Seconds")),
        .always("transcriptionEnabled", boolean()), .sometimes("sipHeaders", texts), .sometimes("tag", text()),
    ])

    private static let newCall = object(
        [
            .always("from", text("One of the user's numbers, in E.164")),
            .always("to", text("A number in E.164 or a sip: address")),
            .sometimes("callTimeout", sentInteger(1...300, default: 60)), .sometimes("bridgeId", sentText()),
            .sometimes("conferenceId", sentText()), .sometimes("transcriptionEnabled", sentBoolean(default: false)),
            .sometimes(
                "sipHeaders",
                .object([
                    "type": .array([.string("object"), .string("null")]), "maxProperties": .integer(5),
                    "propertyNames": .object(["pattern": .string("^[Xx]-")]),
                    "additionalProperties": .object(["type": .string("string"), "maxLength": .integer(256)]),
                ])),
        ] + callback + recording)

    private static let callUpdate = object(
        [
            .sometimes("state", sentWord("active", "rejected", "completed", "transferring")),
            .sometimes("transferTo", sentText("With state transferring: a number in E.164 or a sip: address")),
            .sometimes("transferCallerId", sentText("private, or one of the user's numbers")),
            .sometimes("callbackUrl", sentURL), .sometimes("whisperAudio", reference("Audio")),
            .sometimes("diversionTreatment", sentWord("none", "propagate", "stack")),
            .sometimes("diversionReason", sentText()),
        ] + recording)

    private static let audio = object(
        [
            .sometimes("fileUrl", sentText("Of a WAV or MP3 file; an empty text stops what is played")),
            .sometimes("sentence", sentText("An empty text stops what is spoken", upTo: 1000)),
            .sometimes("tag", sentText(upTo: 2048)),
        ] + voice)

    private static let newGather = object([
        .sometimes("maxDigits", sentInteger(1...30)),
        .sometimes("interDigitTimeout", sentInteger(1...30, default: 5)),
        .sometimes(
            "terminatingDigits",
            .object([
                "type": .array([.string("string"), .string("null")]), "pattern": .string("^[0-9*#A-Da-d]+$"),
                "default": .string("#"),
            ])),
        .sometimes("tag", sentText(upTo: 2048)), .sometimes("prompt", reference("Audio")),
    ])
}
