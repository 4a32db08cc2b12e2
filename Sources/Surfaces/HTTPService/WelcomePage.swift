import Hummingbird

/// What a person sees who opens the address of the switch in a browser: where things are. It needs no login, tells nothing
/// about the calls, loads nothing from elsewhere and runs no script.
enum WelcomePage {
    /// The answer to `GET /`.
    static var response: Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8",
                .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    private static let html = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Martlet</title>
        <style>
        :root { color-scheme: light dark; }
        body { font: 1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 0 auto; padding: 2rem 1rem; }
        h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 1.5rem; margin: 1.5rem 0; }
        dt { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
        dd { margin: 0; }
        @media (max-width: 36rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .75rem; } }
        </style>
        </head>
        <body>
        <h1>Martlet</h1>
        <p>This switch is running. What programs and people find here:</p>
        <dl>
        <dt><a href="/healthz">/healthz</a></dt><dd>the process lives</dd>
        <dt><a href="/readyz">/readyz</a></dt><dd>it takes calls, or is draining</dd>
        <dt><a href="/metrics">/metrics</a></dt><dd>figures for Prometheus</dd>
        <dt><a href="/openapi.json">/openapi.json</a></dt><dd>the voice REST interface, described by OpenAPI</dd>
        <dt>/v1/users/{userId}/…</dt><dd>the voice REST interface; HTTP Basic with a user’s token and secret</dd>
        <dt>/xmlapi/xmlapi</dt><dd>XML-RPC over POST; HTTP digest with a customer’s login</dd>
        <dt>/services/start</dt><dd>voice applications, started and watched from outside</dd>
        </dl>
        <p>People look after it with <code>martlet calls</code>, <code>martlet applications</code> and
        <code>martlet conferences</code>; <code>martlet --help</code> lists the rest.</p>
        </body>
        </html>

        """
}
