/// `/account` and `/domains`: what clients of the original ask for and the switch has other means for.
struct AccountResource: Sendable {
    var routes: [VoiceRESTRoute] {
        [
            VoiceRESTRoute(.get, "/account") { _ in
                .value(.object(["balance": .string("0.00"), "accountType": .string("post-pay")]))
            },
            VoiceRESTRoute(.get, "/account/transactions") { request in
                .page([], try PageRequest(request.query), hasMore: false)
            },
            VoiceRESTRoute(.get, "/domains") { request in
                .page([], try PageRequest(request.query), hasMore: false)
            },
            VoiceRESTRoute(.post, "/domains") { _ in
                throw RESTError(
                    .validationError,
                    "SIP domains and endpoints are not made here: telephones register as accounts, which whoever runs the "
                        + "switch provisions with `martlet apply` or over XML-RPC")
            },
        ]
    }
}
