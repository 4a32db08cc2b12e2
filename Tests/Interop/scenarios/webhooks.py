"""Events that programs can trust: across a kill and a receiver that fails, caught up on over REST, sent once more."""

import collections
import http.client
import json
import threading
import time

from harness import expect, scenario
from peers.sip import Leg, Unexpected
from peers.web import REST, Receiver
from scenarios.rest import FROM, NUMBER, World

CALLS = 200
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


@scenario("kill -9 amid 200 calls, with a receiver that fails every third request: nothing is lost, one hangup each", slow=True)
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
        if not enough.wait(30):
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
        until = time.monotonic() + 200
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
