"""Requests that meet: two at the same moment that want to change the same thing, and changes that come in pairs."""

import collections
import threading
import time

from harness import expect, scenario
from peers.phone import Phone
from peers.sip import Unexpected, sdp
from scenarios.rest import FROM, NUMBER, World
from scenarios.rest_haste import hear_each_other
from scenarios.webhooks import RINGS, STAYS, Callee

ROUNDS = 12


def at_once(*requests):
    """Sends requests at the same moment, each a function that gives an answer: [(status, code of the error or '')]."""
    found, gate = [None] * len(requests), threading.Barrier(len(requests))

    def work(place, request):
        gate.wait()
        answer = request()
        found[place] = (answer.status, answer.json["code"] if answer.status >= 400 else "")

    threads = [threading.Thread(target=work, args=each) for each in enumerate(requests)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if None in found:
        raise Unexpected(f"a request came to nothing: {found}")
    return found


class Crowd(World):
    """A world whose callees answer by themselves."""

    def __init__(self, stage, **options):
        super().__init__(stage, **options)
        self.callee = stage.keep(Callee(self.vendor))

    def number(self, mood):
        return f"+1312555{mood:04}"

    def up(self, **members):
        """A call that was answered and lasts."""
        body = {"from": FROM, "to": self.number(STAYS), "callbackUrl": self.receiver.url, **members}
        call = self.rest.create("/calls", body)
        self.receiver.expect("answer", call)
        return call

    def post(self, path, body):
        return lambda: self.rest.request("POST", path, body)

    def update(self, call, body):
        return self.post(f"/calls/{call}", body)

    def until(self, condition, what, within=5.0):
        end = time.monotonic() + within
        while not condition():
            if time.monotonic() > end:
                raise Unexpected(what)
            time.sleep(0.03)

    def hung_up(self, call):
        self.receiver.expect("hangup", call)
        expect(self.receiver.types(call).count("hangup"), 1, f"hangups of {call}")

    def one_of(self, answers, won, lost):
        expect(sorted(answers), sorted([(won, ""), lost]), "one request wins, and one is told that it did not")


@scenario("of two requests that end, transfer or gather on a call at once one is carried out, and the other is told why not")
def rest_races_of_calls(stage):
    world = Crowd(stage)
    done = {"state": "completed"}
    transfer = {"state": "transferring", "transferTo": world.number(4 + STAYS), "callbackUrl": world.receiver.url}
    for _ in range(ROUNDS):
        call = world.up()
        world.one_of(at_once(world.update(call, done), world.update(call, done)), 200, (403, "call-invalid-state"))
        world.hung_up(call)
        call = world.up()
        world.one_of(at_once(world.update(call, transfer), world.update(call, transfer)), 201, (403, "call-invalid-state"))
        world.rest.post(f"/calls/{call}", done)
        world.hung_up(call)
        call = world.up()
        path = f"/calls/{call}/gather"
        world.one_of(at_once(world.post(path, {}), world.post(path, {})), 201, (409, "call-duplicate-gather-error"))
        gathered, ended = at_once(world.update(call, {}), world.update(call, done))
        expect((gathered[0] in (400, 403), ended), (True, (200, "")), "an empty update beside an end")
        world.hung_up(call)
        expect(world.receiver.types(call), ["answer", "gather", "hangup"], "the events")
    # The target of a transfer that rings for ever is given up with the call, however close together the two come.
    for _ in range(ROUNDS):
        call = world.up()
        transferred, ended = at_once(
            world.update(call, {**transfer, "transferTo": world.number(4 + RINGS)}), world.update(call, done))
        expect(ended, (200, ""), "the end")
        if transferred not in ((201, ""), (403, "call-invalid-state")):
            raise Unexpected(f"the transfer was answered {transferred}")
        world.hung_up(call)

    def lasting():
        return [each["id"] for each in world.rest.get("/calls", size=1000) if each["state"] not in ("completed", "rejected")]

    world.until(lambda: not lasting(), "calls ring on that nobody waits for")


@scenario("two answers of one incoming call, or an answer and a refusal, never both get through")
def rest_races_of_incoming_calls(stage):
    world = World(stage, application={"auto_answer": False})
    caller, verdicts = stage.party(), collections.Counter()
    for number in range(ROUNDS):
        leg = caller.invite(world.endpoint, NUMBER, body=sdp(caller.address, 31000))
        call = world.receiver.expect("incomingcall")["callId"]
        state = "active" if number % 2 else "rejected"
        wanted = [lambda state=state: world.rest.request("POST", f"/calls/{call}", {"state": state})
                  for state in ("active", state)]
        answers = at_once(*wanted)
        statuses = sorted(status for status, _ in answers)
        verdicts[tuple(answers)] += 1
        if statuses not in ([200, 403], [200, 409]):
            raise Unexpected(f"active and {state} at once: {answers}")
        final = leg.final()
        leg.ack(final)
        won = "active" if answers[0][0] == 200 else state
        expect(final.status, 200 if won == "active" else 603, f"the final response after {answers}")
        if final.status == 200:
            leg.hang_up()
        world.receiver.expect("hangup", call)
    for answers in verdicts:
        for status, code in answers:
            expect(code in ("", "call-invalid-state", "call-update-conflict"), True, f"{status} {code}")


@scenario("what one request wants of a call's state and of its recording is done together or not at all")
def rest_recording_with_state(stage):
    world = World(stage, application={"auto_answer": False})
    caller = stage.party()
    leg = caller.invite(world.endpoint, NUMBER, body=sdp(caller.address, 31000))
    call = world.receiver.expect("incomingcall")["callId"]
    world.rest.post(f"/calls/{call}", {"state": "active", "recordingEnabled": True})
    leg.ack(leg.wait(200))
    world.receiver.expect("answer", call)
    recording = world.rest.get(f"/calls/{call}/recordings")
    expect([each["state"] for each in recording], ["recording"], "a call that was answered with recordingEnabled")
    leg.hang_up()
    world.over(call, "NORMAL_CLEARING")
    world.receiver.expect("recording", call)
    call, leg = world.place()
    world.rest.post(f"/calls/{call}", {"recordingEnabled": "true"})
    expect(world.rest.get(f"/calls/{call}")["recordingEnabled"], True, "recordingEnabled of a call that rings")
    phone = Phone.taken(leg)
    world.receiver.expect("answer", call)
    expect(len(world.rest.get(f"/calls/{call}/recordings")), 1, "recordings of a call that was to be recorded")
    world.rest.post(f"/calls/{call}", {"recordingEnabled": "false"})
    world.receiver.expect("recording", call)
    for state in ("active", "rejected"):
        world.rest.refused(
            403, "call-invalid-state", "POST", f"/calls/{call}", {"state": state, "recordingEnabled": True})
    expect(world.rest.get(f"/calls/{call}")["recordingEnabled"], False, "recordingEnabled after a refused update")
    expect(len(world.rest.get(f"/calls/{call}/recordings")), 1, "recordings after a refused update")
    phone.leg.hang_up()
    world.over(call, "NORMAL_CLEARING")


@scenario("a recording that is switched off and on in haste is what was said last, and every pair makes one recording")
def rest_recording_switched(stage):
    world = Crowd(stage)

    def recordings(call):
        return [each["state"] for each in world.rest.get(f"/calls/{call}/recordings")]

    for _ in range(ROUNDS):
        call = world.up()
        at_once(*(world.update(call, {"recordingEnabled": wanted}) for wanted in (True, False)))
        wanted = world.rest.get(f"/calls/{call}")["recordingEnabled"]
        world.until(
            lambda: recordings(call) in ([["recording"]] if wanted else [[], ["complete"]]),
            f"recordingEnabled is {wanted}, and the recordings are {recordings(call)}")
    call = world.up(recordingEnabled=True)
    for _ in range(5):
        for wanted in (False, True):
            world.rest.post(f"/calls/{call}", {"recordingEnabled": wanted})
    world.until(lambda: recordings(call) == ["complete"] * 5 + ["recording"], "five pairs do not make five recordings")
    world.rest.post(f"/calls/{call}", {"state": "completed"})
    world.hung_up(call)
    for _ in range(6):
        world.receiver.expect("recording", call)
    expect(recordings(call), ["complete"] * 6, "the recordings afterwards")


@scenario("a call that talks to another one is sent nothing meanwhile, and every request that wants that is told so")
def rest_joined(stage):
    world = World(stage)
    call, phone = world.answered()
    second = world.rest.create(f"/calls/{call}", {"state": "transferring", "transferTo": "+13125550188"})
    other = Phone.taken(world.vendor.incoming())
    hear_each_other(phone, other)
    for each in (call, second):
        path = f"/calls/{each}"
        world.rest.refused(503, "send-dtmf-failure", "POST", f"{path}/dtmf", {"dtmfOut": "1"})
        world.rest.refused(403, "call-audio-invalid-state", "POST", f"{path}/audio", {"sentence": "hello"})
        world.rest.refused(503, "bridge-create-error", "POST", "/bridges", {"callIds": [each]})
        order = {"state": "transferring", "transferTo": "+13125550188"}
        world.rest.refused(403, "call-invalid-state", "POST", path, order)
    bridge = world.rest.create("/bridges", {})
    world.rest.refused(503, "bridge-update-error", "POST", f"/bridges/{bridge}", {"callIds": [call, second]})
    gather = world.rest.create(f"/calls/{call}/gather", {"maxDigits": 1})
    phone.press("7")
    expect(world.receiver.expect("gather", call, gatherId=gather)["digits"], "7", "a digit while they talk")
    world.rest.post(f"/calls/{call}", {"recordingEnabled": True})
    hear_each_other(phone, other)
    expect(world.receiver.types(call), ["answer", "dtmf", "gather"], "the events")
    phone.leg.hang_up()
    other.leg.expect_hang_up()
    world.over(call, "NORMAL_CLEARING")
    world.receiver.expect("recording", call)


@scenario("a bridge is over when its last call has left it, whether or not there ever were two, and an empty one waits")
def rest_bridge_ends(stage):
    world = Crowd(stage)
    rest = world.rest
    empty = rest.create("/bridges", {})
    rest.post(f"/bridges/{empty}", {"callIds": []})
    expect(rest.get(f"/bridges/{empty}")["state"], "created", "a bridge that never had a call")
    call = world.up()
    bridge = rest.create("/bridges", {"callIds": [call]})
    rest.post(f"/bridges/{bridge}", {"callIds": []})
    shown = rest.get(f"/bridges/{bridge}")
    expect((shown["state"], "completedTime" in shown, "activatedTime" in shown), ("completed", True, False), "one that was emptied")
    bridge = rest.create("/bridges", {"callIds": [call]})
    rest.post(f"/calls/{call}", {"state": "completed"})
    world.hung_up(call)
    world.until(lambda: rest.get(f"/bridges/{bridge}")["state"] == "completed", "a bridge whose only call ended goes on")
    expect([each["id"] for each in rest.get("/calls", bridgeId=bridge, size=5000, page=3)], [call], "its history, which has no pages")


@scenario("bridges and conferences that are changed at once end up as one of the requests wanted, with nobody left inside")
def rest_races_of_rooms(stage):
    world = Crowd(stage)
    rest = world.rest
    first, second, third = (world.up() for _ in range(3))
    for _ in range(ROUNDS):
        made = at_once(*(world.post("/bridges", {"callIds": ids}) for ids in ((first, second), (second, first))))
        world.one_of(made, 201, (400, "bridge-bridged-callId"))
        bridge = rest.get("/bridges", size=1)[0]["id"]
        wanted = ([first, third], [second, third])
        answers = at_once(*(world.post(f"/bridges/{bridge}", {"callIds": ids}) for ids in wanted))
        expect(set(answers) <= {(200, ""), (409, "bridge-update-conflict")} and (200, "") in answers, True, f"{answers}")
        expect(rest.get(f"/bridges/{bridge}")["callIds"] in wanted, True, "the calls of the bridge")
        rest.post(f"/bridges/{bridge}", {"callIds": []})
        expect(rest.get(f"/bridges/{bridge}")["state"], "completed", "the bridge that was emptied")
    for _ in range(ROUNDS):
        conference = rest.create("/conferences", {"from": FROM})
        path = f"/conferences/{conference}"
        calls = [world.up(conferenceId=conference) for _ in range(2)]
        *joined, ended = at_once(
            *(world.post(f"{path}/members", {"callId": call}) for call in calls), world.post(path, {"state": "completed"}))
        expect(set(joined) <= {(201, ""), (403, "conference-error")}, True, f"the members were answered {joined}")
        expect(ended, (200, ""), "the end of the conference")
        shown = rest.get(path)
        expect((shown["state"], shown["activeMembers"]), ("completed", 0), "the conference")
        expect({member["state"] for member in rest.get(f"{path}/members")} <= {"completed"}, True, "the members")
        again = rest.create("/bridges", {"callIds": calls})
        expect(rest.get(f"/bridges/{again}")["state"], "active", "a bridge of the calls that were in the conference")
        rest.post(f"/bridges/{again}", {"callIds": []})


@scenario("a destination that is forbidden is refused before there is a call, and one that has no route is told by its hangup")
def rest_forbidden(stage):
    world = World(
        stage, vendors=2, routes={0: {"prefix": "44", "forbidden": True}, 1: {"prefix": "1"}},
        account={"cld_translation": "s/^1999/" + "9" * 129 + "/"})
    rest, vendor = world.rest, stage.vendor(1)
    for to in ("+442079460000", "442079460000", "sip:442079460000@pbx.example.net"):
        error = rest.refused(403, "invalid-destination-number", "POST", "/calls", {"from": FROM, "to": to})
        expect(error["category"], "forbidden", "the category")
    rest.refused(403, "invalid-call-to-number", "POST", "/calls", {"from": FROM, "to": "19995550147"})
    expect(rest.get("/calls"), [], "calls that were made nevertheless")
    call = rest.create("/calls", {"from": FROM, "to": "+33199001234", "callbackUrl": world.receiver.url})
    world.over(call, "UNALLOCATED_NUMBER")
    call = rest.create("/calls", {"from": FROM, "to": "SIP:13125550147@PBX.example.net", "callbackUrl": world.receiver.url})
    phone = Phone.taken(vendor.incoming())
    world.receiver.expect("answer", call)
    transfer = {"state": "transferring", "transferTo": "+442079460000"}
    rest.refused(403, "invalid-destination-number", "POST", f"/calls/{call}", transfer)
    expect(rest.get(f"/calls/{call}")["state"], "active", "the state after a transfer that was refused")
    phone.leg.hang_up()
    world.over(call, "NORMAL_CLEARING")
