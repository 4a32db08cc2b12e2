extension OpenAPIOperation {
    /// Applications, numbers, media, and the account.
    static var provisioned: [OpenAPIOperation] { applications + numbers + media + account }

    private static var applications: [OpenAPIOperation] {
        let application = OpenAPISchema.reference("Application")
        return [
            OpenAPIOperation("GET /applications", "Lists applications", .list(application, isPaged: true)),
            OpenAPIOperation(
                "POST /applications", "Makes an application", body: OpenAPISchema.reference("NewApplication"), .created),
            OpenAPIOperation("GET /applications/{applicationId}", "Reads an application", .value(application)),
            OpenAPIOperation(
                "POST /applications/{applicationId}", "Changes an application; members that are not sent stay",
                body: OpenAPISchema.reference("ApplicationUpdate"), .done),
            OpenAPIOperation(
                "DELETE /applications/{applicationId}", "Removes an application; its numbers lead nowhere then", .done),
        ]
    }

    private static var numbers: [OpenAPIOperation] {
        let number = OpenAPISchema.reference("PhoneNumber")
        return [
            OpenAPIOperation("GET /phoneNumbers", "Lists the user's numbers", .list(number, isPaged: true))
                .with(("applicationId", OpenAPISchema.text()), ("name", OpenAPISchema.text())),
            OpenAPIOperation(
                "GET /phoneNumbers/{numberId}", "Reads a number, named by its id or by itself", .value(number)),
            OpenAPIOperation(
                "POST /phoneNumbers/{numberId}",
                "Changes a number; an empty applicationId detaches it, an empty fallbackNumber takes that away",
                body: OpenAPISchema.reference("PhoneNumberUpdate"), .done),
        ]
    }

    private static var media: [OpenAPIOperation] {
        [
            OpenAPIOperation("GET /media", "Lists media files", .list(OpenAPISchema.reference("Media"), isPaged: true)),
            OpenAPIOperation(
                "PUT /media/{mediaName}",
                "Keeps a media file, with its Content-Type and Cache-Control; at most 65 MB", .done
            ).takingFile,
            OpenAPIOperation("GET /media/{mediaName}", "Reads a media file", .file),
            OpenAPIOperation("DELETE /media/{mediaName}", "Removes a media file", .done),
        ]
    }

    private static var account: [OpenAPIOperation] {
        [
            OpenAPIOperation("GET /account", "Reads the account", .value(OpenAPISchema.reference("Account"))),
            OpenAPIOperation(
                "GET /account/transactions", "Lists transactions: there are none here",
                .list(.object(["type": .string("object")]), isPaged: true)),
            OpenAPIOperation(
                "GET /domains", "Lists SIP domains: there are none here",
                .list(.object(["type": .string("object")]), isPaged: true)),
            OpenAPIOperation(
                "POST /domains", "Telephones are provisioned as accounts instead",
                body: .object(["type": .string("object")]), .refused),
        ]
    }
}
