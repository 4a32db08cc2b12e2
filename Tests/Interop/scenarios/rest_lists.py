"""What the voice REST interface lists: long histories, every URL in every answer, and what becomes of numbers and calls
when an application goes; and how a connection ends."""

import json
import socket
import sqlite3
import time

from harness import expect, scenario
from peers.phone import Phone
from peers.sip import Unexpected
from scenarios.rest import FROM, NUMBER, World
from scenarios.rest_rows import tone

HISTORY = 10_000
# The addresses of programs, which are not the interface's.
FOREIGN = {"callbackUrl", "fallbackUrl", "incomingCallUrl", "url"}


def remember(stage, call, count):
    """Writes `count` copies of a call that is over into the store of a switch that does not run, the oldest first."""
    with sqlite3.connect(f"{stage.folder}/martlet.db") as store:
        store.row_factory = sqlite3.Row
        row = dict(store.execute("SELECT * FROM voice_resources WHERE id = ?", (call,)).fetchone())
        row.pop("sequence")
        record, began = json.loads(row["body"]), int(time.time() * 1000) - 10 * count
        rows = []
        for number in range(count):
            copy = f"c-{number:023}"
            target = f"+1312556{number:04}"
            times = {"startTime": began + number, "endTime": began + number + 5}
            body = json.dumps({**record, **times, "id": copy, "to": target})
            rows.append({**row, "id": copy, "created_ms": began + number, "destination": target, "body": body})
        names = ", ".join(row)
        store.executemany(
            f"INSERT INTO voice_resources ({names}) VALUES ({', '.join('?' * len(row))})", [list(each.values()) for each in rows])
    store.close()


@scenario("ten thousand calls that are over are listed page by page, each once, and every page comes soon", slow=True)
def rest_long_history(stage):
    world = World(stage)
    call, leg = world.place()
    leg.reply(486, "Busy Here")
    world.over(call, "USER_BUSY")
    stage.switch.kill()
    remember(stage, call, HISTORY)
    stage.switch.start()
    slowest, seen, path = 0, [], "/v1/users/u-acme/calls?size=1000&sortOrder=asc"
    while path:
        answer = world.rest.expect(200, "GET", path, absolute=True)
        seen += [each["id"] for each in answer.json]
        links = [link.split("; ") for link in answer.headers["Link"].split(", ")]
        expect([len(link) for link in links], [2] * len(links), f"the parts of {answer.headers['Link']}")
        found = {relation: url for url, relation in links}
        expect(found['rel="first"'].count("page=0"), 1, "the first page")
        path = "/" + found['rel="next"'].strip("<>").split("/", 3)[3] if 'rel="next"' in found else None
    expect(seen, [f"c-{number:023}" for number in range(HISTORY)] + [call], "the calls over all pages")
    for query in ("", "page=399&size=25", "sortOrder=asc", "to=%2B13125564711", "page=1000000", f"from=%2B{NUMBER}&page=200"):
        began = time.monotonic()
        world.rest.expect(200, "GET", f"/calls?{query}")
        slowest = max(slowest, time.monotonic() - began)
    expect(slowest < 0.1, True, f"a page within {slowest * 1000:.0f} ms")
    expect(world.rest.get("/calls", page=1_000_000), [], "a page beyond the end")
    expect([each["id"] for each in world.rest.get("/calls", to="+13125564711")], ["c-" + "4711".zfill(23)], "one of them")


class Follower:
    """Asks for every URL of the interface that is in an answer, and in what is answered to that."""

    def __init__(self, rest):
        self.rest, self.base, self.seen = rest, f"http://{rest.endpoint[0]}:{rest.endpoint[1]}/v1/", {}

    def follow(self, value, source):
        if isinstance(value, dict):
            for name, member in value.items():
                if name not in FOREIGN:
                    self.follow(member, f"{source}.{name}")
        elif isinstance(value, list):
            for member in value:
                self.follow(member, source)
        elif isinstance(value, str) and value.startswith(self.base) and value not in self.seen:
            answer = self.rest.request("GET", "/" + value.split("/", 3)[3], absolute=True)
            self.seen[value] = answer.status
            if answer.status != 200:
                raise Unexpected(f"{value} of {source} is answered {answer}")
            if "/media/" not in value:
                expect(answer.headers["Content-Type"], "application/json", f"Content-Type of {value}")
                self.follow(answer.json, value)


@scenario("every URL in every answer and every event leads to what it names")
def rest_urls(stage):
    world = World(stage)
    rest = world.rest
    rest.expect(200, "PUT", "/media/a%20name.wav", tone(660, 0.1), headers={"Content-Type": "audio/wav"})
    bridge = rest.create("/bridges", {})
    conference = rest.create("/conferences", {"from": FROM, "callbackUrl": world.receiver.url})
    first, one = world.answered(bridgeId=bridge, recordingEnabled=True)
    second, two = world.answered(conferenceId=conference)
    member = rest.create(f"/conferences/{conference}/members", {"callId": second})
    one.talk(0.3, 660)
    gather = rest.create(f"/calls/{first}/gather", {"maxDigits": 1})
    one.press("1")
    world.receiver.expect("gather", first)
    one.leg.hang_up()
    world.receiver.expect("recording", first)
    world.receiver.expect("conference-member", second)
    follower = Follower(rest)
    for path in (
        "/calls", "/bridges", "/recordings", "/applications", "/phoneNumbers", "/media", "/errors", "/deliveries", "/events",
        "/account", "/account/transactions", "/domains", f"/calls/{first}", f"/calls/{first}/events", f"/calls/{first}/gather/{gather}",
        f"/calls/{first}/recordings", f"/bridges/{bridge}/calls", f"/conferences/{conference}",
        f"/conferences/{conference}/members/{member}",
    ):
        follower.follow(rest.get(path), path)
    for event in world.receiver.events:
        follower.follow(event, event["eventType"])
    kinds = {url[len(follower.base):].split("/")[2] for url in follower.seen}
    expect(kinds, {"calls", "bridges", "conferences", "recordings", "media", "applications"}, "what was asked for")
    step = rest.get(f"/calls/{first}/events")[0]
    expect(rest.get(f"/calls/{first}/events/{step['id']}"), step, "an event of a call by itself")


@scenario("a call goes on when its application is deleted, and the number that is left is refused and says so below /errors")
def rest_application_goes(stage):
    world = World(stage)
    caller = stage.party()
    phone = Phone.dialled(caller, world.endpoint, NUMBER, user="13125550199")
    call = world.receiver.expect("incomingcall")["callId"]
    world.receiver.expect("answer", call)
    world.rest.expect(200, "DELETE", "/applications/a-shop")
    expect(world.rest.get(f"/calls/{call}")["state"], "active", "the call")
    phone.press("5")
    world.receiver.expect("dtmf", call, dtmfDigit="5")
    phone.leg.hang_up()
    world.over(call, "NORMAL_CLEARING")
    expect("applicationId" in world.rest.get("/phoneNumbers/n-1"), False, "an application of the number")
    leg = caller.invite(world.endpoint, NUMBER, user="13125550199")
    answer = leg.final()
    leg.ack(answer)
    expect(answer.status, 404, "a call for a number without an application")
    error = world.rest.get("/errors")[0]
    expect((error["code"], error["category"]), ("no-application-for-number", "unavailable"), "the newest error")
    details = {each["name"]: each["value"] for each in error["details"]}
    expect(details, {"from": "13125550199", "to": NUMBER}, "its details")
    expect(world.rest.get(f"/errors/{error['id']}"), error, "the error by itself")
    # An application that is for messages takes calls of which nobody is told, unless there is another number for them.
    application = world.rest.create("/applications", {"name": "messages", "incomingMessageUrl": world.receiver.url})
    world.rest.post("/phoneNumbers/n-1", {"applicationId": application})
    phone = Phone.dialled(caller, world.endpoint, NUMBER, user="13125550199")
    call = world.rest.get("/calls", size=1)[0]
    error = world.rest.get("/errors")[0]
    expect((error["code"], error["category"]), ("no-callback-for-call", "unavailable"), "the newest error")
    details = {each["name"]: each["value"] for each in error["details"]}
    expect(details, {"callId": call["id"], "applicationId": application}, "its details")
    phone.leg.hang_up()
    world.rest.post("/phoneNumbers/n-1", {"fallbackNumber": "+13125550177"})
    leg = caller.invite(world.endpoint, NUMBER, user="13125550199")
    called = world.vendor.incoming()
    expect("13125550177" in called.invite.start, True, f"the target: {called.invite.start}")
    called.reply(486, "Busy Here")
    leg.ack(leg.final())


@scenario("a client that waits for the end of the connection gets it: HTTP/1.0, and Connection with close in any form")
def rest_connection_ends(stage):
    world = World(stage)
    credentials = f"Authorization: {world.rest.authorization}\r\n"
    for version, fields in (
        ("1.0", ""), ("1.0", "Connection: keep-alive\r\n"), ("1.1", "Connection: close\r\n"), ("1.1", "Connection: Close\r\n"),
        ("1.1", "Connection: x-a, CLOSE\r\n"),
    ):
        with socket.create_connection(world.rest.endpoint, timeout=5) as client:
            request = f"GET /v1/users/u-acme/bridges HTTP/{version}\r\nHost: a\r\n{fields}{credentials}\r\n"
            client.sendall(request.encode())
            answer = b""
            while part := client.recv(4096):
                answer += part
        expect((answer[9:12], answer[-2:]), (b"200", b"[]"), f"the answer to HTTP/{version} {fields}")
    with socket.create_connection(world.rest.endpoint, timeout=5) as client:
        for _ in range(2):
            client.sendall(f"GET /v1/users/u-acme/bridges HTTP/1.1\r\nHost: a\r\n{credentials}\r\n".encode())
            answer = b""
            while not answer.endswith(b"[]"):
                answer += client.recv(4096)
