extension OpenAPISchema {
    /// The schemas of everything that requests and answers hold, by name.
    static var resources: [String: JSONValue] {
        callResources.merging(groupResources) { first, _ in first }
            .merging(provisionedResources) { first, _ in first }
    }

    private static var provisionedResources: [String: JSONValue] {
        let application: [Member] = [
            .sometimes("incomingCallUrl", sentURL),
            .sometimes("incomingCallUrlCallbackTimeout", sentInteger(1...10_000, default: 10_000)),
            .sometimes("incomingCallFallbackUrl", sentURL), .sometimes("incomingMessageUrl", sentURL),
            .sometimes("incomingMessageUrlCallbackTimeout", sentInteger(1...10_000)),
            .sometimes("incomingMessageFallbackUrl", sentURL),
            .sometimes("callbackHttpMethod", sentWord("POST", "GET")),
            .sometimes("autoAnswer", sentBoolean(default: true)),
        ]
        let name = JSONValue.object([
            "type": .string("string"), "minLength": .integer(1), "maxLength": .integer(255),
        ])
        return [
            "Application": object([
                .always("id", text()), .always("name", text()), .sometimes("incomingCallUrl", text()),
                .always("incomingCallUrlCallbackTimeout", integer("Milliseconds")),
                .sometimes("incomingCallFallbackUrl", text()), .sometimes("incomingMessageUrl", text()),
                .sometimes("incomingMessageUrlCallbackTimeout", integer("Milliseconds")),
                .sometimes("incomingMessageFallbackUrl", text()),
                .always("callbackHttpMethod", word("GET", "POST")), .always("autoAnswer", boolean()),
            ]),
            "NewApplication": object([.always("name", name)] + application),
            "ApplicationUpdate": object([.sometimes("name", name)] + application),
            "PhoneNumber": object([
                .always("id", text()), .always("number", text("In E.164")), .sometimes("nationalNumber", text()),
                .sometimes("name", text()), .always("numberState", word("enabled", "released")),
                .sometimes("applicationId", text()), .sometimes("application", url),
                .sometimes("fallbackNumber", text("Where a call goes of which no receiver could be told")),
                .always("price", text("Of the number itself: nothing is charged")),
            ]),
            "PhoneNumberUpdate": object([
                .sometimes("applicationId", sentText(upTo: 255)), .sometimes("name", sentText(upTo: 255)),
                .sometimes("fallbackNumber", sentText(upTo: 64)),
            ]),
            "Media": object([
                .always("mediaName", text()), .always("contentLength", integer("Bytes")), .always("content", url),
            ]),
            "Account": object([
                .always("balance", text()), .always("accountType", word("pre-pay", "post-pay")),
            ]),
            "Error": object([
                .always("category", text()), .always("code", text()), .always("message", text()),
                .sometimes("details", array(of: object([.always("name", text()), .always("value", text())]))),
                .sometimes("id", text()), .sometimes("time", time),
            ]),
        ]
    }
}
