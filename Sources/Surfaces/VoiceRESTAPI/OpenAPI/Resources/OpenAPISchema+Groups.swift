extension OpenAPISchema {
    /// Bridges, conferences and their members.
    static var groupResources: [String: JSONValue] {
        [
            "Bridge": object([
                .always("id", text()), .always("state", word("created", "active", "hold", "completed", "error")),
                .always("bridgeAudio", boolean()), .always("calls", url), .sometimes("callIds", array(of: text())),
                .always("createdTime", time), .sometimes("activatedTime", time), .sometimes("completedTime", time),
            ]),
            "BridgeChange": object([
                .sometimes("bridgeAudio", sentBoolean(default: true)),
                .sometimes(
                    "callIds",
                    .object([
                        "type": .array([.string("array"), .string("null")]), "maxItems": .integer(2),
                        "items": .object(["type": .string("string")]),
                    ])),
            ]),
            "Conference": object([
                .always("id", text()), .always("state", word("created", "active", "completed")),
                .always("from", text()),
                .always("createdTime", time), .sometimes("completedTime", time), .always("activeMembers", integer()),
                .sometimes("hold", boolean()), .sometimes("mute", boolean()), .sometimes("profile", text()),
                .sometimes("callbackUrl", text()), .sometimes("fallbackUrl", text()),
                .sometimes("callbackHttpMethod", text()), .sometimes("callbackTimeout", integer("Milliseconds")),
                .sometimes("tag", text()), .sometimes("members", url),
            ]),
            "NewConference": object(
                [
                    .always("from", text("The hosting number, in E.164")),
                    .sometimes("profile", sentWord("interpret_digits", "passthru_digits")),
                ] + callback),
            "ConferenceUpdate": object(
                [
                    .sometimes("state", sentWord("completed")), .sometimes("hold", sentBoolean()),
                    .sometimes("mute", sentBoolean()),
                ] + callback),
            "Member": object([
                .always("id", text()), .always("state", word("active", "completed")), .always("mute", boolean()),
                .always("hold", boolean()), .sometimes("joinTone", boolean()), .sometimes("leavingTone", boolean()),
                .always("addedTime", time), .sometimes("removedTime", time), .always("call", url),
            ]),
            "NewMember": object([.always("callId", text())] + member),
            "MemberUpdate": object([.sometimes("state", sentWord("completed"))] + member),
        ]
    }

    private static let member: [Member] = [
        .sometimes("joinTone", sentBoolean()), .sometimes("leavingTone", sentBoolean()),
        .sometimes("mute", sentBoolean()), .sometimes("hold", sentBoolean()),
    ]
}
