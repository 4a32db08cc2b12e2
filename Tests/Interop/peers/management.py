"""Clients of the XML-RPC interface that were not written with the switch: the standard library, requests, httplib2, curl."""

import http.client
import subprocess
import urllib.request
import xmlrpc.client

PATH = "/xmlapi/xmlapi"


class BoundTransport(xmlrpc.client.Transport):
    """The transport of the standard library, from one address of this machine."""

    def __init__(self, source):
        super().__init__()
        self.source = source

    def make_connection(self, host):
        if not self._connection or self._connection[0] != host:
            self._connection = host, http.client.HTTPConnection(host, source_address=(self.source, 0), timeout=30)
        return self._connection[1]


class DigestTransport(xmlrpc.client.Transport):
    """The standard library's XML-RPC over another library's HTTP: `post` takes and gives the documents."""

    def __init__(self, post):
        super().__init__()
        self.post = post

    def request(self, host, handler, request_body, verbose=False):
        parser, unmarshaller = self.getparser()
        parser.feed(self.post(request_body))
        parser.close()
        return unmarshaller.close()


class Management:
    """The interface of one switch, for one user of it."""

    def __init__(self, switch, user="root", password="root-secret"):
        self.url = f"http://{switch.endpoint[0]}:8080{PATH}"
        self.user, self.password = user, password

    def proxy(self, transport):
        return xmlrpc.client.ServerProxy(self.url, transport=transport, allow_none=True)

    def trusted(self, source):
        """The standard library without a login, from an address that the switch trusts."""
        return self.proxy(BoundTransport(source))

    def over_requests(self):
        import requests
        from requests.auth import HTTPDigestAuth

        session = requests.Session()
        session.auth = HTTPDigestAuth(self.user, self.password)

        def post(body):
            answer = session.post(self.url, data=body, headers={"Content-Type": "text/xml"}, timeout=30)
            answer.raise_for_status()
            return answer.content

        return self.proxy(DigestTransport(post))

    def over_urllib(self):
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, self.url, self.user, self.password)
        opener = urllib.request.build_opener(urllib.request.HTTPDigestAuthHandler(passwords))

        def post(body):
            request = urllib.request.Request(self.url, data=body, headers={"Content-Type": "text/xml"})
            with opener.open(request, timeout=30) as answer:
                return answer.read()

        return self.proxy(DigestTransport(post))

    def over_httplib2(self):
        import httplib2

        client = httplib2.Http(timeout=30)
        client.add_credentials(self.user, self.password)

        def post(body):
            answer, content = client.request(self.url, "POST", body=body, headers={"Content-Type": "text/xml"})
            if answer.status != 200:
                raise RuntimeError(f"HTTP {answer.status}")
            return content

        return self.proxy(DigestTransport(post))

    def over_curl(self, *options):
        """`curl --digest` or `curl --anyauth`."""

        def post(body):
            done = subprocess.run(
                ["curl", "-s", "--fail", "--max-time", "30", "-u", f"{self.user}:{self.password}", *options,
                 "-H", "Content-Type: text/xml", "--data-binary", "@-", self.url],
                input=body, capture_output=True,
            )
            if done.returncode:
                raise RuntimeError(f"curl ended with {done.returncode}")
            return done.stdout

        return self.proxy(DigestTransport(post))

    def clients(self):
        """Every client that this machine has, by its name."""
        makers = {
            "requests": self.over_requests, "urllib": self.over_urllib, "httplib2": self.over_httplib2,
            "curl --digest": lambda: self.over_curl("--digest"), "curl --anyauth": lambda: self.over_curl("--anyauth"),
        }
        found = {}
        for name, make in makers.items():
            try:
                found[name] = make()
            except ImportError:
                continue
        return found
