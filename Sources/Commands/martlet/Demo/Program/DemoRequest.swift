/// What the demonstration asks over XML-RPC, and the command line that asks the same.
enum DemoRequest {
    case listActiveCalls
    /// With the call's ID.
    case disconnectCall(String)

    /// The document, short enough for a command line.
    var body: String {
        switch self {
        case .listActiveCalls:
            """
            <methodCall>
              <methodName>listActiveCalls</methodName></methodCall>
            """
        case .disconnectCall(let id):
            """
            <methodCall>
              <methodName>disconnectCall</methodName>
              <params><param><value><struct>
              <member><name>ID</name><value>\(id)</value></member>
              </struct></value></param></params></methodCall>
            """
        }
    }

    /// The `curl` command, in lines of at most 80 columns.
    func curl(to url: String) -> String {
        """
        curl -s --digest -u \(DemoProvisioning.login):\(DemoProvisioning.secret) -H 'Content-Type: text/xml' \\
          \(url) -d '\(body)'
        """
    }

    /// A program for Python's standard library that lists every call and ends it.
    static func program(for url: String) -> String {
        """
        \"\"\"Lists every active call of the demonstration's switch, and ends it.\"\"\"
        import urllib.request
        import xmlrpc.client

        url = "\(url)"
        logins = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        logins.add_password(None, url, "\(DemoProvisioning.login)", "\(DemoProvisioning.secret)")
        switch = urllib.request.build_opener(urllib.request.HTTPDigestAuthHandler(logins))


        def ask(method, **members):
            body = xmlrpc.client.dumps((members,), method).encode()
            request = urllib.request.Request(url, body, {"Content-Type": "text/xml"})
            with switch.open(request) as answer:
                return xmlrpc.client.loads(answer.read())[0][0]


        for call in ask("listActiveCalls"):
            print(call["ID"], call["CLI"], call["CLD"], call["CC_STATE"], ask("disconnectCall", ID=call["ID"])["result"])

        """
    }
}
