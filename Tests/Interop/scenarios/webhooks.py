"""Events that programs can trust: across a kill and a receiver that fails, caught up on over REST, sent once more."""

import collections
import http.client
import json
import re
import ssl
import subprocess
import threading
import time
import urllib.parse

from harness import expect, scenario
from peers.sip import Leg, Unexpected
from peers.web import REST, Receiver
from scenarios.rest import FROM, NUMBER, TARGET, TIME, World

CALLS = 1000
INCOMING = 6
BUSY, STAYS, RINGS, HANGS_UP = range(4)


class Moody(Receiver):
    """Fails every third request; knows what it has taken, in its order."""

    def __init__(self, address):
        super().__init__(address)
        self.count, self.taken = 0, []
        self.server.handle_error = lambda *_: None  # the switch is killed while its connections are open

    def took(self, event, request):
        with self.changed:
            self.count += 1
            if self.count % 3 == 0:
                return 500, b"", None
            self.taken.append((request.headers["webhook-id"], event["callId"], event["eventType"]))
            return 200, b"", None

    def told(self):
        """What was taken first, by call: [(id, type)] without what came again."""
        calls, seen = collections.defaultdict(list), set()
        with self.changed:
            for name, call, kind in self.taken:
                if name not in seen:
                    seen.add(name)
                    calls[call].append((name, kind))
        return calls


class Callee:
    """Does with each call what the last digits of its number say."""

    def __init__(self, party):
        self.party, self.legs, self.is_over = party, {}, False
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while not self.is_over:
            self.party.listen(0.05)
            heard, self.party.waiting = self.party.waiting, []
            for message in heard:
                if not message.is_response and not message.duplicate:
                    self.receive(message)

    def receive(self, message):
        mood = int(message.get("to").split("@")[0][-4:]) % 4
        leg = self.legs.get(message.call_id)
        if message.method == "INVITE":
            leg = self.legs[message.call_id] = Leg.answering(self.party, message)
            if mood == BUSY:
                return leg.reply(486, "Busy Here")
            leg.reply(180, "Ringing")
            if mood != RINGS:
                leg.reply(200, "OK", body=leg.description())
        elif message.method == "ACK" and leg and mood == HANGS_UP:
            leg.send("BYE")
        elif message.method in ("BYE", "CANCEL") and leg:
            leg.reply(200, "OK", to=message)
            if message.method == "CANCEL":
                leg.reply(487, "Request Terminated", to=leg.invite)

    def stop(self):
        self.is_over = True
        self.thread.join()


def place(world, receiver, numbers, made, enough=None):
    """Places calls to these numbers, eight at a time, until the switch is gone; those that were made come to `made`."""
    numbers = collections.deque(numbers)

    def work():
        while numbers:
            try:
                number = numbers.popleft()
                body = {"from": FROM, "to": f"+1312555{number:04}", "callbackUrl": receiver.url}
                made.append(world.rest.create("/calls", body))
            except (OSError, IndexError, http.client.HTTPException):
                return
            if enough and len(made) >= enough[0]:
                enough[1].set()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    return threads


def missing(receiver, made, stored):
    """What has not come to the receiver yet."""
    told = receiver.told()
    names = {name for events in told.values() for name, _ in events}
    unended = [call for call in made if "hangup" not in [kind for _, kind in told[call]]]
    return unended, [row for row in stored if row["id"] not in names]


@scenario("kill -9 amid 1,000 calls, with a receiver that fails every third request: nothing is lost, one hangup each", slow=True)
def webhooks_kill(stage):
    receiver = Moody(stage.address(61))
    world = World(
        stage, application={"incoming_call_url": receiver.url},
        configuration={"webhooks": {"allow_private_addresses": True, "retries": 10}})
    stage.keep(receiver)
    callee, caller = Callee(world.vendor), stage.party()
    try:
        for _ in range(INCOMING):
            leg = caller.invite(world.endpoint, NUMBER)
            leg.ack(leg.wait(200))
        made, enough = [], threading.Event()
        threads = place(world, receiver, range(CALLS), made, (CALLS // 2, enough))
        if not enough.wait(120):
            raise Unexpected(f"only {len(made)} calls were made")
        stage.switch.kill()
        for thread in threads:
            thread.join()
        before = list(made)
        durable = stage.switch.rows("SELECT id, subject, type FROM events ORDER BY sequence")
        stage.switch.start()
        after = []
        # Those that are busy and those that hang up, so that these calls end by themselves.
        further = [number for number in range(2 * CALLS) if number % 4 in (BUSY, HANGS_UP)][:CALLS - len(before)]
        for thread in place(world, receiver, further, after):
            thread.join()
        expect(len(after), len(further), "calls made after the kill")
        made = before + after
        # Six failures in a row, which happen, wait for a minute between them.
        until = time.monotonic() + 300
        while True:
            stored = stage.switch.rows("SELECT id, subject, type FROM events ORDER BY sequence")
            unended, undelivered = missing(receiver, made, stored)
            if not unended and not undelivered:
                break
            if time.monotonic() > until:
                raise Unexpected(
                    f"{len(unended)} of {len(before)} + {len(after)} calls without a hangup, as {unended[:3]};"
                    f" {len(undelivered)} of {len(stored)} events were not delivered, as {undelivered[:3]}")
            time.sleep(0.2)
        time.sleep(1)
    finally:
        callee.stop()
    told = receiver.told()
    order = collections.defaultdict(list)
    for row in stage.switch.rows("SELECT id, subject, type FROM events ORDER BY sequence"):
        order[row["subject"]].append((row["id"], row["type"]))
    kept = {name for events in order.values() for name, _ in events}
    expect([row for row in durable if row["id"] not in kept], [], "events that the kill took out of the store")
    for call, events in told.items():
        kinds = [kind for _, kind in events]
        expect((kinds.count("hangup"), kinds[-1]), (1, "hangup"), f"the hangups of {call}, {kinds}")
        expect(events, order[call], f"the order of {call}")
    incoming = [call for call, events in told.items() if events[0][1] == "incomingcall"]
    expect(len(incoming), INCOMING, "incoming calls that were told of")
    alone = sum(1 for call in before if [kind for _, kind in told[call]] == ["hangup"])
    print(f"    {len(before)} calls before the kill ({alone} told of by a hangup alone), {len(after)} after it,"
          f" {len(kept)} events ({len(durable)} of them before), {receiver.count} requests")


class EventSource:
    """A stream of server-sent events, read in the background."""

    def __init__(self, rest, last=None):
        self.events, self.connection = [], http.client.HTTPConnection(*rest.endpoint, timeout=20)
        headers = {"Authorization": rest.authorization, "Accept": "text/event-stream"}
        if last is not None:
            headers["Last-Event-ID"] = last
        self.connection.request("GET", f"/v1/users/{rest.user}/events", headers=headers)
        self.answer = self.connection.getresponse()
        expect((self.answer.status, self.answer.headers["Content-Type"]), (200, "text/event-stream"), "the stream")
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        fields = {}
        try:
            for line in iter(self.answer.readline, b""):
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    fields[name] = value
                elif "data" in fields:
                    self.events.append((fields["id"], fields["event"], json.loads(fields["data"])))
                    fields = {}
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            return

    def expect(self, count):
        until = time.monotonic() + 5
        while len(self.events) < count and time.monotonic() < until:
            time.sleep(0.05)
        expect(len(self.events), count, f"events of the stream, {self.events}")
        return self.events


@scenario("what was told is listed behind a cursor, followed as a stream, and sent once more: one event, a call, a range")
def webhooks_catch_up(stage):
    world = World(stage)
    rest, receiver = world.rest, world.receiver
    stream = EventSource(rest)
    call, phone = world.answered(tag="t")
    phone.leg.hang_up()
    world.over(call, "NORMAL_CLEARING")

    first = rest.get("/events", after=0, limit=1)
    expect([found["event"]["eventType"] for found in first], ["answer"], "the first event")
    second = rest.get("/events", after=first[0]["cursor"])
    expect([found["event"]["eventType"] for found in second], ["hangup"], "the events behind the first")
    events = first + second
    expect(rest.get("/events"), events, "all events")
    expect(rest.get("/events", after=second[0]["cursor"]), [], "the events behind the last")
    expect([found["id"] for found in events], [headers["webhook-id"] for _, _, headers in receiver.requests], "the ids")
    expect([{name: value for name, value in event.items() if name != "expected"} for event in receiver.of(call)],
           [found["event"] for found in events], "the events as they were sent")
    rest.refused(400, "validation-error", "GET", "/events?limit=0")
    rest.refused(400, "validation-error", "GET", "/events?after=x")
    expect(REST(stage.switch, "u-other", "t-other", "s-other").get("/events", after=0), [], "the events of another user")

    expected = [(found["cursor"], found["event"]["eventType"], found["event"]) for found in events]
    expect(stream.expect(2), expected, "the stream")
    expect(EventSource(rest, last=first[0]["cursor"]).expect(1), expected[1:], "the stream that goes on")

    deliveries = rest.get("/deliveries", callId=call)
    expect([(found["eventType"], found["state"], found["status"], found["attempt"]) for found in deliveries],
           [("hangup", "delivered", 200, 1), ("answer", "delivered", 200, 1)], "the deliveries")
    expect(deliveries[0]["request"], second[0]["event"], "what was sent")
    expect(rest.get("/deliveries", state="dropped"), [], "dropped events")
    page = rest.request("GET", "/deliveries?size=1")
    expect((len(page.json), 'rel="next"' in page.headers["Link"]), (1, True), "a page of deliveries")

    def again(body, wanted):
        count = len(receiver.requests)
        expect(rest.expect(200, "POST", "/deliveries", body).json, {"events": len(wanted), "queued": len(wanted)}, f"{body}")
        until = time.monotonic() + 5
        while len(receiver.requests) < count + len(wanted) and time.monotonic() < until:
            time.sleep(0.05)
        expect([headers["webhook-id"] for _, _, headers in receiver.requests[count:]],
               [found["id"] for found in wanted], f"what came again for {body}")
        time.sleep(0.3)

    again({"eventId": first[0]["id"]}, first)
    again({"callId": call}, events)
    again({"after": "0", "until": first[0]["cursor"]}, first)
    again({"after": 0}, events)
    expect(len(rest.get("/deliveries", eventId=first[0]["id"])), 5, "the deliveries of the first event")
    rest.refused(404, "resource-not-found", "POST", "/deliveries", {"eventId": "ce-none"})
    rest.refused(400, "missing-property", "POST", "/deliveries", {})
    expect(len(rest.get("/events")), 2, "events after all this")
    expect(len(stream.events), 2, "events of the stream after all this")


@scenario("what nobody took stands among the errors and the dropped deliveries")
def webhooks_errors(stage):
    world = World(stage)
    url = f"http://{stage.address(62)}:9/events"
    call = world.rest.create("/calls", {"from": FROM, "to": "+13125550147", "callbackUrl": url})
    world.vendor.incoming().reply(486, "Busy Here")
    until, errors = time.monotonic() + 5, []
    while not errors and time.monotonic() < until:
        time.sleep(0.1)
        errors = world.rest.get("/errors")
    expect([(found["code"], found["category"]) for found in errors], [("no-callback-for-call", "unavailable")], "the errors")
    details = {detail["name"]: detail["value"] for detail in errors[0]["details"]}
    expect((details["callId"], details["eventType"], details["callbackUrl"]), (call, "hangup", url), "the details")
    expect(world.rest.get(f"/errors/{errors[0]['id']}"), errors[0], "the error")
    world.rest.refused(404, "user-error-not-found", "GET", "/errors/ue-999")
    dropped = world.rest.get("/deliveries", state="dropped")
    expect([(found["callId"], found.get("status")) for found in dropped], [(call, None)], "the dropped deliveries")
    expect(REST(stage.switch, "u-other", "t-other", "s-other").get("/errors"), [], "the errors of another user")


@scenario("with hangup_causes: freeswitch, causes that have another name there have that name")
def webhooks_causes(stage):
    world = World(stage, configuration={"webhooks": {"allow_private_addresses": True, "hangup_causes": "freeswitch"}})
    causes = {
        408: "RECOVERY_ON_TIMER_EXPIRE", 410: "NUMBER_CHANGED", 480: "NO_USER_RESPONSE", 604: "NO_ROUTE_DESTINATION",
        404: "UNALLOCATED_NUMBER", 486: "USER_BUSY", 603: "CALL_REJECTED",
    }
    for status, cause in causes.items():
        call, leg = world.place()
        leg.reply(status, "Refused")
        world.over(call, cause)
    call, leg = world.place()
    leg.reply(503, "Refused", headers=["Reason: Q.850;cause=18"])
    world.over(call, "NO_USER_RESPONSE")
    call, phone = world.answered()
    phone.leg.hang_up()
    world.over(call, "NORMAL_CLEARING")


def failing(stage, number, status=500):
    """A receiver that refuses everything."""
    receiver = stage.keep(Receiver(stage.address(number)))
    receiver.answer = lambda event: (status, b"", None)
    return receiver


@scenario("what the callbackUrl does not take goes to the fallbackUrl once, in order, for placed and for incoming calls")
def webhooks_fallback(stage):
    first = failing(stage, 64)
    world = World(stage)
    call, leg = world.place(callbackUrl=first.url + "?a=1", fallbackUrl=world.receiver.url, tag="f")
    leg.answer()
    world.receiver.expect("answer", call)
    world.rest.post(f"/calls/{call}", {"state": "completed"})
    leg.expect_hang_up()
    world.over(call, "NORMAL_CLEARING")
    expect(first.types(call), ["answer", "hangup"], "what came to the callbackUrl")
    expect(world.receiver.types(call), ["answer", "hangup"], "what came to the fallbackUrl")
    expect([path for _, path, _ in first.requests], ["/events?a=1"] * 2, "the paths")
    ids = [[headers["webhook-id"] for _, _, headers in receiver.requests] for receiver in (first, world.receiver)]
    expect(ids[0], ids[1], "the ids")
    log = [(found["eventType"], found["isFallback"], found["state"], found["status"])
           for found in world.rest.get("/deliveries", callId=call)]
    expect(log, [("hangup", True, "delivered", 200), ("hangup", False, "failed", 500),
                 ("answer", True, "delivered", 200), ("answer", False, "failed", 500)], "the deliveries")
    world.rest.refused(400, "validation-error", "POST", "/calls", {"from": FROM, "to": TARGET, "fallbackUrl": first.url})


@scenario("a receiver that takes longer than callbackTimeout has not answered; callbackTimeout is 1 to 10000 ms")
def webhooks_timeout(stage):
    slow = stage.keep(Receiver(stage.address(64)))
    slow.answer = lambda event: time.sleep(1.5) or (200, b"", None)
    world = World(stage)
    for timeout in (0, -1, 10001, "10001", "x", 1.5):
        world.rest.refused(400, "validation-error", "POST", "/calls",
                           {"from": FROM, "to": TARGET, "callbackUrl": slow.url, "callbackTimeout": timeout})
    call, leg = world.place(callbackUrl=slow.url, fallbackUrl=world.receiver.url, callbackTimeout="300")
    began = time.monotonic()
    leg.reply(486, "Busy Here")
    world.over(call, "USER_BUSY")
    took = time.monotonic() - began
    if not 0.3 <= took <= 1.4:
        raise Unexpected(f"the fallback was told after {took:.2f} s")
    failed = world.rest.get("/deliveries", callId=call, state="failed")
    expect([found["error"] for found in failed], ["timed out"], "what went wrong")
    if not 300 <= failed[0]["duration"] <= 900:
        raise Unexpected(f"the attempt took {failed[0]['duration']} ms")
    expect(world.rest.get(f"/calls/{call}")["callbackTimeout"], 300, "callbackTimeout of the resource")
    call, leg = world.place(callbackTimeout=10000)
    leg.reply(486, "Busy Here")
    world.over(call, "USER_BUSY")


@scenario("a GET callback has the event in its query behind the URL's own, and the credentials of the URL as Authorization")
def webhooks_get(stage):
    world = World(stage)
    host = world.receiver.url.removeprefix("http://")
    call, leg = world.place(
        callbackUrl=f"http://bob:p%40ss%3A@{host}?job=8%2B1&x", callbackHttpMethod="get", tag="a b&c=d\u00fc")
    leg.reply(486, "Busy Here")
    event = world.receiver.expect("hangup", call)
    method, path, headers = world.receiver.requests[0]
    expect((method, headers.get("Authorization")), ("GET", "Basic Ym9iOnBAc3M6"), "method and Authorization")
    query = urllib.parse.urlsplit(path).query
    expect(query.split("&")[:2], ["job=8%2B1", "x"], "the URL's own query")
    pairs = dict(urllib.parse.parse_qsl(query, keep_blank_values=True, strict_parsing=False))
    expect(pairs["tag"], "a b&c=d\u00fc", "the tag")
    if not TIME.fullmatch(pairs["time"]) or "+" in query:
        raise Unexpected(f"the query is {query}")
    wanted = {"eventType": "hangup", "callId": call, "from": FROM, "to": TARGET, "cause": "USER_BUSY", "callState": "completed"}
    expect({name: event[name] for name in wanted}, wanted, "the event")
    listed = world.rest.get("/deliveries", callId=call)[0]
    expect((listed["method"], "bob" in json.dumps(listed), "p%40ss" in json.dumps(listed)), ("GET", False, False), "the delivery")
    if "bob" in json.dumps(world.rest.get("/errors")):
        raise Unexpected("the errors show credentials")


class SecureReceiver(Receiver):
    """Takes events over TLS, with the certificate of these files."""

    def __init__(self, address, port, certificate, key):
        super().__init__(address, port)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.handle_error = lambda *_: None
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = self.url.replace("http://", "https://")


def certify(stage, name, authority, san, days=2):
    """A certificate for `san`, signed by `authority`; None signs itself and may sign others."""
    files = [f"{stage.folder}/{name}.{kind}" for kind in ("pem", "key", "csr", "ext")]

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)

    if authority is None:
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                "-addext", "basicConstraints=critical,CA:TRUE", *(["-addext", f"subjectAltName={san}"] if san else []),
                "-keyout", files[1], "-out", files[0])
        return files[0], files[1]
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", files[1], "-out", files[2])
    with open(files[3], "w") as file:
        file.write(f"subjectAltName={san}\n")
    openssl("x509", "-req", "-in", files[2], "-CA", authority[0], "-CAkey", authority[1], "-CAcreateserial", "-days", str(days),
            "-extfile", files[3], "-out", files[0])
    return files[0], files[1]


@scenario("callbacks over TLS: a certificate of webhooks.authorities is trusted, one of nobody, of another host or of yesterday is not")
def webhooks_tls(stage):
    address = stage.address(65)
    authority = certify(stage, "authority", None, None)
    good = certify(stage, "good", authority, f"IP:{address}")
    other = certify(stage, "other", authority, "DNS:other.example")
    stranger = certify(stage, "stranger", None, f"IP:{address}")
    expired = certify(stage, "expired", authority, f"IP:{address}", days=0)
    receivers = [stage.keep(SecureReceiver(address, port, *files))
                 for port, files in ((9443, good), (9444, other), (9445, stranger), (9446, expired))]
    world = World(stage, configuration={"webhooks": {"allow_private_addresses": True, "authorities": authority[0]}})
    for receiver, is_trusted in zip(receivers, (True, False, False, False)):
        call, leg = world.place(callbackUrl=receiver.url, fallbackUrl=world.receiver.url)
        leg.reply(486, "Busy Here")
        if is_trusted:
            receiver.expect("hangup", call)
            time.sleep(0.3)
            expect((len(receiver.events), world.receiver.of(call)), (1, []), "what came where")
            continue
        world.over(call, "USER_BUSY")
        expect(receiver.events, [], "what came to a receiver that is not trusted")
        failed = world.rest.get("/deliveries", callId=call, state="failed")
        if len(failed) != 1 or "TLS" not in failed[0]["error"]:
            raise Unexpected(f"the deliveries that failed are {failed}")
    # Without TLS at the other end.
    call, leg = world.place(callbackUrl=world.receiver.url.replace("http:", "https:"), fallbackUrl=world.receiver.url)
    leg.reply(486, "Busy Here")
    world.over(call, "USER_BUSY")


@scenario("over the limit, calls are refused with 403 and everything else with 429 and the time at which it may be tried again")
def webhooks_rate_limits(stage):
    world = World(stage, configuration={"webhooks": {"allow_private_addresses": True}, "limits": {"rest_requests_per_second": 2}})
    time.sleep(1.1)
    answers = [world.rest.request("GET", "/recordings") for _ in range(4)]
    expect([answer.status for answer in answers][:3], [200, 200, 429], "the answers")
    refused = next(answer for answer in answers if answer.status == 429)
    reset = int(refused.headers["X-RateLimit-Reset"]) / 1000
    if not time.time() - 1 <= reset <= time.time() + 1.1:
        raise Unexpected(f"X-RateLimit-Reset is {reset}, it is {time.time()}")
    expect((refused.json["code"], refused.json["category"], bool(refused.json["message"])),
           ("rate-limit-reached", "too-many-requests", True), "the error")
    calls = [world.rest.request("POST", "/calls", {"from": FROM, "to": TARGET}) for _ in range(3)]
    expect([answer.status for answer in calls], [201, 201, 403], "the calls")
    expect((calls[2].json["code"], calls[2].json["category"]), ("call-rate-limit", "limit"), "the error of a call")
    time.sleep(max(0, reset - time.time()) + 0.05)
    expect(world.rest.request("GET", "/recordings").status, 200, "a request when it may be tried again")


@scenario("with http.public_url every address in answers and events begins with it")
def webhooks_public_url(stage):
    base = "https://api.example.net/voice"
    world = World(stage, configuration={
        "webhooks": {"allow_private_addresses": True},
        "http": {"listen": [f"http:{stage.switch_address}:8080"], "public_url": base}})
    prefix = f"{base}/v1/users/u-acme"
    answer = world.rest.expect(201, "POST", "/calls", {"from": FROM, "to": TARGET, "callbackUrl": world.receiver.url})
    call = answer.id
    expect(answer.headers["Location"], f"{prefix}/calls/{call}", "Location")
    world.vendor.incoming().reply(486, "Busy Here")
    expect(world.receiver.expect("hangup", call)["callUri"], f"{prefix}/calls/{call}", "callUri")
    expect(world.rest.get(f"/calls/{call}")["events"], f"{prefix}/calls/{call}/events", "the link to the events")
    link = world.rest.request("GET", "/calls?size=1").headers["Link"]
    if not re.match(re.escape(f"<{prefix}/calls?") + r"[^>,;]*>; rel=\"first\"", link):
        raise Unexpected(f"Link is {link}")


@scenario("a request that is refused stands among the user's errors, with what was asked")
def webhooks_request_errors(stage):
    world = World(stage)
    world.rest.refused(404, "call-not-found", "GET", "/calls/c-none")
    world.rest.refused(400, "missing-property", "POST", "/calls", {"to": TARGET})
    stranger = REST(stage.switch, secret="wrong")
    stranger.refused(401, "authentication-error", "GET", "/calls")
    errors = world.rest.get("/errors")
    expect([(found["code"], found["category"]) for found in errors],
           [("missing-property", "bad-request"), ("call-not-found", "not-found")], "the errors")
    details = {detail["name"]: detail["value"] for detail in errors[1]["details"]}
    expect((details["requestMethod"], details["requestPath"]), ("GET", "users/u-acme/calls/c-none"), "the details")
    expect(world.rest.get(f"/errors/{errors[1]['id']}"), errors[1], "the error")


@scenario("the metrics count attempts by what came of them, and say how many events wait and since when")
def webhooks_metrics(stage):
    world = World(stage)

    def metrics():
        time.sleep(1.1)
        text = world.rest.expect(200, "GET", "/metrics", absolute=True).body.decode()
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
                for line in text.splitlines() if line.startswith("martlet_event")}

    before = metrics()
    expect([before[f'martlet_event_attempts_total{{result="{result}"}}'] for result in ("delivered", "failed", "dropped")],
           [0, 0, 0], "the attempts at the start")
    call, leg = world.place()
    leg.reply(486, "Busy Here")
    world.over(call, "USER_BUSY")
    call, leg = world.place(callbackUrl=f"http://{stage.address(66)}:9/events", fallbackUrl=world.receiver.url)
    leg.reply(486, "Busy Here")
    world.over(call, "USER_BUSY")
    call, leg = world.place(callbackUrl=f"http://{stage.address(66)}:9/events")
    leg.reply(486, "Busy Here")
    silent = stage.keep(Receiver(stage.address(67)))
    silent.answer = lambda event: time.sleep(6) or (200, b"", None)
    call, leg = world.place(callbackUrl=silent.url)
    leg.reply(486, "Busy Here")
    after = metrics()
    expect([after[f'martlet_event_attempts_total{{result="{result}"}}'] for result in ("delivered", "failed", "dropped")],
           [2, 1, 1], "the attempts")
    expect((after["martlet_events_waiting"], after["martlet_event_attempts_under_way"]), (1, 1), "what waits")
    if not 1 <= after["martlet_events_oldest_seconds"] <= 6:
        raise Unexpected(f"the oldest waits for {after['martlet_events_oldest_seconds']} s")
    expect(after["martlet_event_attempt_seconds_count"], 4, "the attempts whose time was taken")


@scenario("martlet webhooks lists deliveries and receivers and sends events once more")
def webhooks_command(stage):
    world = World(stage)
    call, leg = world.place()
    leg.reply(486, "Busy Here")
    world.over(call, "USER_BUSY")
    dead = f"http://{stage.address(66)}:9"
    lost, leg = world.place(callbackUrl=dead + "/events")
    leg.reply(486, "Busy Here")
    until = time.monotonic() + 5
    while not world.rest.get("/deliveries", state="dropped") and time.monotonic() < until:
        time.sleep(0.1)

    def run(*arguments):
        status, said, _ = stage.command("webhooks", *arguments, "--config", f"{stage.folder}/martlet.yaml")
        expect(status, 0, f"the exit status of webhooks {arguments}")
        return said

    listing = run("--user", "u-acme").splitlines()
    expect((listing[0].split()[:3], len(listing)), (["TIME", "EVENT", "ABOUT"], 3), f"the table {listing}")
    expect([lost in listing[1], "dropped" in listing[1], call in listing[2], "delivered" in listing[2]], [True] * 4, "its rows")
    rows = json.loads(run("deliveries", "--user", "u-acme", "--call", call, "--json"))
    expect([(row["callId"], row["state"]) for row in rows], [(call, "delivered")], "the JSON")
    expect(run("deliveries", "--user", "u-acme", "--event", "ce-none").strip(), "No deliveries that fit.", "nothing")
    receivers = {row["receiver"]: (row["state"], row["attempts"])
                 for row in json.loads(run("receivers", "--user", "u-acme", "--json"))}
    alive = world.receiver.url.removesuffix("/events")
    expect(receivers, {alive: ("answers", 1), dead: ("fails", 1)}, "the receivers")
    expect(run("receivers", "--user", "u-acme").split()[0], "RECEIVER", "the table of receivers")
    said = run("replay", "--user", "u-acme", "--call", call)
    expect(said.strip(), "1 of 1 events are sent once more", "what replay says")
    until = time.monotonic() + 5
    while len(world.receiver.of(call)) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    expect(world.receiver.types(call), ["hangup", "hangup"], "what came")
