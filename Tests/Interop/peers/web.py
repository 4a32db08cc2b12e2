"""A program on the voice REST side: a client of the interface, and a receiver of events."""

import base64
import http.client
import http.server
import json
import sys
import threading
import time
import urllib.parse

from peers.events import complaints
from peers.sip import Unexpected


class Answer:
    """One answer of the interface."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def id(self):
        """The last segment of Location, as all clients of the original read it."""
        return self.headers["Location"].rsplit("/", 1)[1]

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class REST:
    """A client that sends what it is told and hides nothing of the answer."""

    def __init__(self, switch, user="u-acme", token="t-acme", secret="s-acme"):
        self.endpoint = (switch.endpoint[0], 8080)
        self.user = user
        self.authorization = "Basic " + base64.b64encode(f"{token}:{secret}".encode()).decode()

    def request(self, method, path, body=None, headers=None, absolute=False):
        connection = http.client.HTTPConnection(*self.endpoint, timeout=20)
        fields = {"Authorization": self.authorization, **(headers or {})}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if data is not None:
            fields.setdefault("Content-Type", "application/json")
        connection.request(method, path if absolute else f"/v1/users/{self.user}{path}", data, fields)
        answer = connection.getresponse()
        result = Answer(answer.status, answer.headers, answer.read())
        connection.close()
        return result

    def get(self, path, **query):
        text = "?" + urllib.parse.urlencode(query) if query else ""
        answer = self.expect(200, "GET", path + text)
        if answer.headers["Content-Type"] != "application/json":
            raise Unexpected(f"Content-Type of {path} is {answer.headers['Content-Type']!r}")
        return answer.json

    def post(self, path, body, status=200):
        answer = self.expect(status, "POST", path, body)
        if status < 300 and (answer.body or "Content-Type" in answer.headers):
            raise Unexpected(f"POST {path} was answered with a body: {answer}")
        return answer

    def create(self, path, body):
        answer = self.post(path, body, 201)
        if not answer.headers["Location"].startswith("http://"):
            raise Unexpected(f"Location is {answer.headers['Location']!r}")
        return answer.id

    def expect(self, status, method, path, body=None, **options):
        answer = self.request(method, path, body, **options)
        if answer.status != status:
            raise Unexpected(f"{method} {path} was answered {answer}, not {status}")
        return answer

    def refused(self, status, code, method, path, body=None, **options):
        """The error body of a request that must be refused."""
        error = self.expect(status, method, path, body, **options)
        if error.headers["Content-Type"] != "application/json":
            raise Unexpected(f"Content-Type of an error is {error.headers['Content-Type']!r}")
        found = error.json
        if found["code"] != code or not found["message"] or not found["category"]:
            raise Unexpected(f"{method} {path}: {found}, not {code}")
        names = {detail["name"] for detail in found["details"]}
        if names != {"requestMethod", "remoteAddress", "requestPath"}:
            raise Unexpected(f"details are {found['details']}")
        return found


class Receiver:
    """Takes events on one address; `answer` may say what is answered to one. Every event is held against the specification:
    a scenario fails where one that came is not as it must be."""

    def __init__(self, address, port=9000):
        self.events, self.requests, self.complaints = [], [], []
        self.changed = threading.Condition()
        self.answer = lambda event: (200, b"", None)
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.take(json.loads(body))

            def do_GET(self):
                query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query, keep_blank_values=True)
                self.take({name: values[0] for name, values in query.items()})

            def take(self, event):
                status, body, kind = receiver.took(event, self)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                if kind:
                    self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *which):
                """Says nothing of a switch that was gone before it took the answer."""
                if not isinstance(sys.exception(), ConnectionError):
                    super().handle_error(*which)

        self.server = Server((address, port), Handler)
        self.url = f"http://{address}:{port}/events"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def took(self, event, request):
        own = urllib.parse.parse_qs(urllib.parse.urlsplit(request.path).query.partition("eventType=")[0], keep_blank_values=True)
        wrong = complaints(event, request.command, request.headers, own)
        with self.changed:
            self.complaints += [f"{problem}: {event}" for problem in wrong]
            self.events.append(event)
            self.requests.append((request.command, request.path, dict(request.headers)))
            self.changed.notify_all()
        return self.answer(event)

    def of(self, call):
        return [event for event in self.events if event.get("callId") == call]

    def types(self, call):
        return [event["eventType"] for event in self.of(call)]

    def expect(self, kind, call=None, within=8.0, **members):
        """The next event of a type, of a call, with these members, that was not expected before."""
        until = time.monotonic() + within
        with self.changed:
            while True:
                for event in self.events:
                    if event.get("expected") or event["eventType"] != kind or call not in (None, event.get("callId")):
                        continue
                    if all(event.get(name) == value for name, value in members.items()):
                        event["expected"] = True
                        return event
                left = until - time.monotonic()
                if left <= 0 or not self.changed.wait(left):
                    raise Unexpected(f"no {kind} {members} of {call} within {within} s; came {self.events}")

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        if self.complaints:
            return f"{len(self.complaints)} events are not as they must be, the first: {self.complaints[0]}"
        return None
