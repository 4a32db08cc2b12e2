"""Receivers that answer as nobody should, receivers that nobody may name, and streams that somebody holds open."""

import base64
import gzip
import hashlib
import hmac
import json
import resource
import signal
import socket
import sqlite3
import subprocess
import time

from harness import expect, scenario
from peers.needs import Skipped
from peers.receivers import OK, OddReceiver, drips, floods, never, resets, says
from peers.sip import Unexpected
from peers.web import REST
from scenarios.rest import FROM, NUMBER, TARGET, World


def head(status, *fields):
    return "\r\n".join([f"HTTP/1.1 {status}", *fields, "", ""]).encode()


def chunked(text, size):
    return b"".join(b"%x\r\n%s\r\n" % (len(text[n:n + size]), text[n:n + size]) for n in range(0, len(text), size)) + b"0\r\n\r\n"


# What was taken with a status of 2xx, however it was said.
TAKEN = {
    "plain": says(OK),
    "later-version": says(OK.replace(b"200 OK", b"299 Odd")),
    "no-reason": says(OK.replace(b"200 OK", b"200 ")),
    "no-content": says(head("204 No Content")),
    "accepted-and-closed": says(b"HTTP/1.0 202 Accepted\r\n\r\nthanks", stays=False),
    "continue": says(head("100 Continue") + head("103 Early Hints", "Link: <x>") + OK),
    "chunked": says(head("200 OK", "Transfer-Encoding: chunked") + chunked(b"thank you very much", 4)),
    "gzip": says(head("200 OK", "Content-Encoding: gzip", f"Content-Length: {len(gzip.compress(b'{}', mtime=0))}") + gzip.compress(b"{}", mtime=0)),
    "megabyte": says(head("200 OK", f"Content-Length: {1 << 20}") + b"x" * (1 << 20)),
    "gigabyte": floods(head("200 OK", f"Content-Length: {1 << 30}"), b"x" * 65536),
    "endless": floods(head("200 OK", "Transfer-Encoding: chunked"), b"1000\r\n" + b"x" * 4096 + b"\r\n"),
    "too-short": says(head("200 OK", "Content-Length: 100") + b"short", stays=False),
    "two-answers": says(OK + head("500 Stale", "Content-Length: 0")),
}

# What was not taken.
REFUSED = {
    "never": never,
    "drips": drips(OK),
    "reset": resets(b""),
    "reset-in-the-head": resets(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "closed": says(b"", stays=False),
    "moved": says(head("301 Moved", "Location: /plain", "Content-Length: 0")),
    "found": says(head("302 Found", "Location: /plain", "Content-Length: 0")),
    "temporarily": says(head("307 Temporary", "Location: /plain", "Content-Length: 0")),
    "unchanged": says(head("304 Not Modified")),
    "client-error": says(head("404 Not Found", "Content-Length: 3") + b"no\n"),
    "server-error": says(head("503 Busy", "Retry-After: 1", "Content-Length: 0")),
    "another-protocol": says(head("101 Switching Protocols", "Upgrade: websocket", "Connection: upgrade")),
    "no-http": says(b"220 mail.example.net ESMTP\r\n"),
    "endless-head": floods(b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"x" * 4000 + b"\r\n"),
    "bad-length": says(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
    "two-lengths": says(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
}


@scenario("whatever a receiver answers, within callbackTimeout it is a 2xx or the fallbackUrl's turn, and the next event goes on", slow=True)
def receivers_manners(stage):
    odd = stage.keep(OddReceiver(stage.address(70), {**TAKEN, **REFUSED}))
    world = World(stage)
    calls = {}
    for name in [*TAKEN, *REFUSED]:
        calls[name], leg = world.place(
            callbackUrl=f"{odd.url}/{name}", fallbackUrl=world.receiver.url, callbackTimeout=700, tag=name)
        leg.answer()
        leg.hang_up()
    until = time.monotonic() + 15
    while time.monotonic() < until and (
            any(len(odd.of(name)) < 2 for name in calls) or any(len(world.receiver.of(calls[name])) < 2 for name in REFUSED)):
        time.sleep(0.1)
    wrong = {}
    for name, call in calls.items():
        came = [json.loads(body)["eventType"] for _, body in odd.of(name)]
        if name != "plain" and name in TAKEN and (came, world.receiver.types(call)) != (["answer", "hangup"], []):
            wrong[name] = (came, world.receiver.types(call))
        if name in REFUSED and world.receiver.types(call) != ["answer", "hangup"]:
            wrong[name] = (came, world.receiver.types(call))
        for found in world.rest.get("/deliveries", callId=call):
            limit = 950 if name in REFUSED else 700
            if found["duration"] > limit or (name in REFUSED) != (found["state"] == "failed" or found["isFallback"]):
                wrong[name] = found
    expect(wrong, {}, "what was not as it should be")
    expect(len(odd.of("plain")), 2, "requests to where others were redirected to")
    expect(stage.switch.resident_memory() < 400_000, True, "memory after answers without end")


FORBIDDEN = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "localhost", "LOCALHOST", "localhost.",
    "0.0.0.0", "0", "10.1.2.3", "100.64.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.0.2.1", "198.18.0.1",
    "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[fe80::1]", "[fc00::1]",
    "[fd00::1]", "[ff02::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::1]", "[2001::1]",
]


@scenario("callbacks to what is no public address are refused, however it is written, and nothing is sent there")
def receivers_forbidden(stage):
    listener = socket.create_server(("0.0.0.0", 0), backlog=64)
    port = listener.getsockname()[1]
    world = World(stage, configuration={"webhooks": {"allow_private_addresses": False}})
    wrong = {}
    for host in FORBIDDEN:
        answer = world.rest.request(
            "POST", "/calls", {"from": FROM, "to": TARGET, "callbackUrl": f"http://{host}:{port}/x", "tag": host})
        if answer.status != 201:
            expect((answer.status, answer.json["code"]), (400, "validation-error"), host)
            continue
        world.vendor.incoming().reply(486, "Busy Here")
        until, dropped = time.monotonic() + 4, []
        while not dropped and time.monotonic() < until:
            time.sleep(0.05)
            dropped = world.rest.get("/deliveries", callId=answer.id, state="dropped")
        if not dropped or "not a public address" not in dropped[0]["error"] and "was not found" not in dropped[0]["error"]:
            wrong[host] = dropped
    expect(wrong, {}, "hosts that were not refused")
    listener.settimeout(0.2)
    try:
        listener.accept()
        raise Unexpected("something came to a forbidden address")
    except TimeoutError:
        pass
    finally:
        listener.close()


@scenario("a receiver that is slow for some calls delays no event of others at the same host, and few connections are made to it", slow=True)
def receivers_slow_host(stage):
    odd = stage.keep(OddReceiver(stage.address(70), {"never": never, "plain": says(OK)}))
    world = World(stage, configuration={"webhooks": {"allow_private_addresses": True, "timeout": "10s"}})
    # More than one URL has places.
    for _ in range(60):
        call, leg = world.place(callbackUrl=f"{odd.url}/never")
        leg.reply(486, "Busy Here")
    began = time.monotonic()
    for _ in range(20):
        call, leg = world.place(callbackUrl=f"{odd.url}/plain")
        leg.reply(486, "Busy Here")
    until = time.monotonic() + 5
    while len(odd.of("plain")) < 20 and time.monotonic() < until:
        time.sleep(0.05)
    expect(len(odd.of("plain")), 20, "events that came under the other URL")
    late = [found["duration"] for found in world.rest.get("/deliveries", state="delivered", size=100) if found["duration"] > 500]
    expect(late, [], "deliveries that took long")
    if odd.most > 40:
        raise Unexpected(f"{odd.most} connections at a time")
    if time.monotonic() - began > 9:
        raise Unexpected("the machine was too slow to tell")


@scenario("rounds that are left go on after a kill, with the same ids, the next numbers and longer waits, in the order of the call", slow=True)
def receivers_rounds_over_a_kill(stage):
    times = []

    def refuses(connection):
        times.append(time.monotonic())
        connection.sendall(head("503 Not yet", "Content-Length: 0"))
        return True

    odd = stage.keep(OddReceiver(stage.address(70), {"x": refuses}))
    world = World(stage, configuration={"webhooks": {"allow_private_addresses": True, "retries": 8}})
    call, leg = world.place(callbackUrl=f"{odd.url}/x")
    leg.answer()
    leg.hang_up()
    until = time.monotonic() + 8
    while len(times) < 3 and time.monotonic() < until:
        time.sleep(0.05)
    waits = [second - first for first, second in zip(times, times[1:])]
    if not (0.7 <= waits[0] <= 1.6 and 1.5 <= waits[1] <= 3.0):
        raise Unexpected(f"the waits between rounds were {waits}")
    # What came of the last attempt is durable before the kill.
    before = world.rest.get("/deliveries", callId=call)
    stage.switch.kill()
    odd.manners["x"] = says(OK)
    stage.switch.start()
    until = time.monotonic() + 8
    while len(odd.of("x")) < len(times) + 2 and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.3)
    came = [(json.loads(body)["eventType"], fields["webhook-id"]) for fields, body in odd.of("x")]
    expect([kind for kind, _ in came], ["answer"] * (len(times) + 1) + ["hangup"], "what came")
    expect(len({name for _, name in came}), 2, "the ids")
    log = world.rest.get("/deliveries", callId=call)
    expect([(found["eventType"], found["attempt"], found["state"]) for found in log],
           [("hangup", 1, "delivered"), ("answer", len(times) + 1, "delivered")]
           + [("answer", number, "failed") for number in range(len(times), 0, -1)], f"the deliveries; before the kill {before}")


@scenario("POST and GET are signed as Standard Webhooks 1.0 says, with the time of each attempt")
def receivers_signature(stage):
    key = b"a key of thirty-two bytes, quite"
    configuration = {"webhooks": {
        "allow_private_addresses": True, "signing_key": "whsec_" + base64.b64encode(key).decode(), "retries": 2}}
    refusing = [True]

    def manner(connection):
        connection.sendall(head("500 Once", "Content-Length: 0") if refusing.pop() else OK)
        refusing.append(False)
        return True

    odd = stage.keep(OddReceiver(stage.address(70), {"post": manner, "get": says(OK)}))
    world = World(stage, configuration=configuration)
    call, leg = world.place(callbackUrl=f"{odd.url}/post", tag="\u00fc \"quoted\"")
    leg.reply(486, "Busy Here")
    call, leg = world.place(callbackUrl=f"{odd.url}/get?own=1", callbackHttpMethod="GET", tag="\u00fc&x")
    leg.reply(486, "Busy Here")
    until = time.monotonic() + 6
    while (len(odd.of("post")) < 2 or not odd.of("get")) and time.monotonic() < until:
        time.sleep(0.1)
    posts = odd.of("post")
    expect(len(posts), 2, "attempts")
    expect(posts[0][0]["webhook-id"], posts[1][0]["webhook-id"], "the ids of both attempts")
    expect(posts[0][1], posts[1][1], "the bodies of both attempts")
    # The first back-off is 0.8 to 1.2 s, which may lie within one second of the clock.
    if int(posts[1][0]["webhook-timestamp"]) - int(posts[0][0]["webhook-timestamp"]) not in (0, 1, 2):
        raise Unexpected(f"the times of the attempts: {posts}")
    for fields, body in posts:
        content = f"{fields['webhook-id']}.{fields['webhook-timestamp']}.".encode() + body
        wanted = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        expect(fields["webhook-signature"], wanted, "the signature")
        expect(abs(int(fields["webhook-timestamp"]) - time.time()) < 10, True, "the time")


@scenario("a stop waits for no open stream of events: curl sees the end of each, whole")
def receivers_stream_at_stop(stage):
    world = World(stage)
    host, port = world.rest.endpoint
    curls = [
        stage.keep(Curl("-sN", "-u", "t-acme:s-acme", "-H", "Accept: text/event-stream", f"http://{host}:{port}/v1/users/u-acme/events"))
        for _ in range(3)
    ]
    for curl in curls:
        curl.await_line("events of u-acme")
    call, leg = world.place()
    leg.reply(486, "Busy Here")
    world.over(call, "USER_BUSY")
    for curl in curls:
        curl.await_line("hangup")
    began = time.monotonic()
    stage.switch.process.send_signal(signal.SIGTERM)
    status = stage.switch.process.wait(10)
    took = time.monotonic() - began
    expect(status, 0, "the exit status")
    if took > 1.5:
        raise Unexpected(f"the stop took {took:.1f} s")
    expect([curl.process.wait(2) for curl in curls], [0] * 3, "the exit statuses of curl")


class Curl:
    """curl, and what it wrote so far."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(["curl", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, bufsize=1)

    def await_line(self, part):
        """Reads until a line has `part` in it; the switch's silence ends it."""
        for line in self.process.stdout:
            if part in line:
                return
        raise Unexpected(f"curl ended without {part!r}")

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@scenario("while another process has locked the store calls go on, and every event is delivered in order when it is free", slow=True)
def receivers_locked_store(stage):
    world = World(stage)
    caller = stage.party()
    lock = sqlite3.connect(f"{stage.folder}/martlet.db", isolation_level=None, check_same_thread=False)
    lock.execute("BEGIN EXCLUSIVE")
    legs = []
    for _ in range(3):
        leg = caller.invite(world.endpoint, NUMBER)
        leg.ack(leg.wait(200))
        legs.append(leg)
    legs[0].hang_up()
    time.sleep(6)
    expect(world.receiver.events, [], "events before they are durable")
    lock.execute("COMMIT")
    lock.close()
    until = time.monotonic() + 8
    while len(world.receiver.events) < 7 and time.monotonic() < until:
        time.sleep(0.05)
    for leg in legs[1:]:
        leg.hang_up()
    for _ in legs:
        world.receiver.expect("hangup")
    calls = {event["callId"] for event in world.receiver.events}
    expect([world.receiver.types(call) for call in calls], [["incomingcall", "answer", "hangup"]] * 3, "the events")


@scenario("while no file can be written calls go on and end, and every event is delivered in order when there is room again", slow=True)
def receivers_full_disk(stage):
    # A process that writes beyond its limit is told so by a signal first, which a full disk does not do.
    patient = ["sh", "-c", "trap '' XFSZ; exec \"$0\" serve --config \"$1\"", stage.program]
    world = World(stage, command=patient)
    caller, process = stage.party(), stage.switch.process
    hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, hard))
    for _ in range(3):
        leg = caller.invite(world.endpoint, NUMBER)
        leg.ack(leg.wait(200))
        leg.hang_up()
    time.sleep(2.5)
    expect(world.receiver.events, [], "events before they are durable")
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))
    for _ in range(3):
        world.receiver.expect("hangup")
    calls = {event["callId"] for event in world.receiver.events}
    expect([world.receiver.types(call) for call in calls], [["incomingcall", "answer", "hangup"]] * 3, "the events")
    call, leg = world.place()
    leg.reply(486, "Busy Here")
    world.over(call, "USER_BUSY")


@scenario("a cursor leads through every event once, whatever comes in between, and what is no cursor is refused", slow=True)
def receivers_cursor(stage):
    world = World(stage)
    other = REST(stage.switch, "u-other", "t-other", "s-other")
    told = []
    for number in range(12):
        call, leg = world.place()
        leg.reply(486, "Busy Here")
        told.append(call)
        if number % 3 == 0:
            # Another user's events make gaps.
            other.create("/calls", {"from": "+13125550199", "to": TARGET, "callbackUrl": world.receiver.url})
            world.vendor.incoming().reply(486, "Busy Here")
    until = time.monotonic() + 5
    while len(world.receiver.events) < 16 and time.monotonic() < until:
        time.sleep(0.05)
    for size in (1, 5, 12, 1000):
        found, after = [], 0
        while page := world.rest.get("/events", after=after, limit=size):
            expect(len(page) <= size, True, "the size of a page")
            found += [event["event"]["callId"] for event in page]
            after = page[-1]["cursor"]
        expect(sorted(found), sorted(told), f"the calls by pages of {size}")
    cursors = [int(event["cursor"]) for event in world.rest.get("/events")]
    expect(cursors, sorted(set(cursors)), "the cursors")
    expect(len(world.rest.get("/events", limit=3)), 3, "events without a cursor")
    expect(world.rest.get("/events", after=str(2 ** 62)), [], "events behind the end")
    for query in ("after=-1", "after=x", "after=1.5", f"after={2 ** 64}", "after=1&limit=1001", "limit=0", "limit=-1", "limit=x"):
        world.rest.refused(400, "validation-error", "GET", f"/events?{query}")
    log = world.rest.get("/deliveries", size=1000)
    expect(sorted(found["callId"] for found in log), sorted(told), "the deliveries")
    # Once more, all of it, in the order of the events.
    count = len(world.receiver.events)
    expect(world.rest.expect(200, "POST", "/deliveries", {"after": 0}).json, {"events": 12, "queued": 12}, "what is replayed")
    until = time.monotonic() + 5
    while len(world.receiver.events) < count + 12 and time.monotonic() < until:
        time.sleep(0.05)
    expect([event["callId"] for event in world.receiver.events[count:]],
           [event["event"]["callId"] for event in world.rest.get("/events")], "the order of what came again")


@scenario("a stream of events begins behind Last-Event-ID, goes on with a sign of life, and its slow reader costs nothing", slow=True)
def receivers_stream(stage):
    world = World(stage)
    host, port = world.rest.endpoint

    def stream(query="", last=None):
        connection = socket.create_connection((host, port))
        connection.settimeout(20)
        fields = f"Last-Event-ID: {last}\r\n" if last is not None else ""
        connection.sendall((
            f"GET /v1/users/u-acme/events{query} HTTP/1.1\r\nHost: h\r\nAuthorization: {world.rest.authorization}\r\n"
            f"Accept: text/event-stream\r\n{fields}\r\n").encode())
        return connection

    def read(connection, part):
        text = b""
        while part not in text:
            more = connection.recv(65536)
            if not more:
                raise Unexpected(f"the stream ended: {text}")
            text += more
        return text

    for _ in range(3):
        call, leg = world.place(tag="x" * 200)
        leg.reply(486, "Busy Here")
        world.over(call, "USER_BUSY")
    cursors = [event["cursor"] for event in world.rest.get("/events")]
    text = read(stream("?after=0"), f"id: {cursors[2]}\n".encode())
    for cursor in cursors:
        expect(text.count(f"id: {cursor}\nevent: hangup\ndata: {{".encode()), 1, f"the event {cursor}")
    # Last-Event-ID, which comes again by itself, wins over the address, which stays the same.
    text = read(stream("?after=0", last=cursors[1]), f"id: {cursors[2]}\n".encode())
    expect(f"id: {cursors[1]}\n".encode() in text, False, "an event before Last-Event-ID")
    idle = stream()
    read(idle, b": events of u-acme\n\n")
    began = time.monotonic()
    read(idle, b":\n\n")
    if time.monotonic() - began > 16:
        raise Unexpected("no sign of life within 16 s")
    # One that reads nothing.
    lazy = stream("?after=0")
    call, leg = world.place()
    leg.reply(486, "Busy Here")
    world.over(call, "USER_BUSY")
    read(idle, b"event: hangup")
    read(lazy, b"\r\n\r\n")
    for _ in range(70):
        connection = stream()
        status = connection.recv(12)
    expect(status, b"HTTP/1.1 429", "the answer to more streams than one user may have")


@scenario("a URL is asked as it is written: IPv6, credentials, fragment, escapes, default port, upper case; Host says the same")
def receivers_urls(stage):
    try:
        six = stage.keep(OddReceiver("::1", {"six": says(OK)}, port=0))
    except OSError:
        raise Skipped("no IPv6 here")
    address = stage.address(70)
    odd = stage.keep(OddReceiver(address, {"a": says(OK), "": says(OK), "%61%2Fb": says(OK), "p;q=1": says(OK)}))
    eighty = stage.keep(OddReceiver(address, {"": says(OK)}, port=80))
    world = World(stage)
    cases = [
        (six, f"http://[::1]:{six.port}/six", "/six", f"[::1]:{six.port}", None),
        (odd, f"HTTP://{address}:9000/a#part", "/a", f"{address}:9000", None),
        (odd, f"http://us%65r:p%3Aw%40@{address}:9000/a", "/a", f"{address}:9000", "user:p:w@"),
        (odd, f"http://user@{address}:9000/p;q=1", "/p;q=1", f"{address}:9000", "user:"),
        (odd, f"http://{address}:9000", "/", f"{address}:9000", None),
        (odd, f"http://{address}:9000?x=1", "/", f"{address}:9000", None),
        (odd, f"http://{address}:9000/%61%2Fb", "/%61%2Fb", f"{address}:9000", None),
        (eighty, f"http://{address}", "/", address, None),
    ]
    for receiver, url, path, host, credentials in cases:
        count = len(receiver.requests)
        call, leg = world.place(callbackUrl=url)
        leg.reply(486, "Busy Here")
        until = time.monotonic() + 4
        while len(receiver.requests) <= count and time.monotonic() < until:
            time.sleep(0.02)
        if len(receiver.requests) <= count:
            raise Unexpected(f"{url}: nothing came; {world.rest.get('/deliveries', callId=call)}")
        found, fields, body = receiver.requests[-1]
        wanted = "Basic " + base64.b64encode(credentials.encode()).decode() if credentials else None
        expect((found, fields["host"], fields.get("authorization")), (path, host, wanted), url)
        expect(json.loads(body)["callId"], call, "the call")
        expect("p:w" in json.dumps(world.rest.get("/deliveries", callId=call)), False, "credentials in the log")
    for url in ("ftp://h/x", "http://", "http:///x", "/x", "h", "http://h:0/", "http://h:70000/", "http://h x/", "", "javascript:x"):
        answer = world.rest.request("POST", "/calls", {"from": FROM, "to": TARGET, "callbackUrl": url})
        if url:
            expect(answer.status, 400, f"the answer to {url!r}")
            expect(answer.json["code"] in ("validation-error", "callback-invalid-url"), True, f"{url!r}: {answer}")
