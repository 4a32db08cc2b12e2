"""Programs that drive calls over the voice REST interface, with webhooks, on real calls."""

import re
import time

from harness import expect, scenario
from peers.audio import windows_of
from peers.management import Management
from peers.phone import Phone, talk
from peers.sdk import SDK
from peers.sip import Unexpected
from peers.web import REST, Receiver

NUMBER = "13125550110"
TARGET = "+13125550147"
FROM = "+" + NUMBER
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class World:
    """A switch with one user, one application on one number, and a receiver of its events."""

    def __init__(self, stage, application=None, number=None, **options):
        self.stage = stage
        self.receiver = stage.keep(Receiver(stage.address(60)))
        extra = {
            "users": [
                {"id": "u-acme", "customer": 2, "account": 3, "token": "t-acme", "secret": "s-acme"},
                {"id": "u-other", "customer": 2, "account": 3, "token": "t-other", "secret": "s-other"},
            ],
            "applications": [
                {"id": "a-shop", "user": "u-acme", "name": "shop", "incoming_call_url": self.receiver.url,
                 "auto_answer": True, **(application or {})}
            ],
            "dids": [{"number": NUMBER, "application": "a-shop", **(number or {})}],
        }
        configuration = {"webhooks": {"allow_private_addresses": True}, **options.pop("configuration", {})}
        self.endpoint = stage.start_switch(extra=extra, configuration=configuration, **options)
        self.rest = REST(stage.switch)
        self.vendor = stage.vendor()

    def place(self, **members):
        """Asks for a call; (its id, the leg that rings)."""
        body = {"from": FROM, "to": TARGET, "callbackUrl": self.receiver.url, **members}
        call = self.rest.create("/calls", body)
        return call, self.vendor.incoming()

    def answered(self, **members):
        """A call that is answered: (its id, its telephone)."""
        call, leg = self.place(**members)
        phone = Phone.taken(leg)
        self.receiver.expect("answer", call)
        return call, phone

    def over(self, call, cause, within=8.0):
        """Waits for the one hangup of a call; its resource must say the same."""
        event = self.receiver.expect("hangup", call, within=within)
        expect(event["cause"], cause, "the cause")
        expect(event["callState"], "completed", "callState of a hangup")
        time.sleep(0.1)
        expect(self.receiver.types(call).count("hangup"), 1, "hangups")
        resource = self.rest.get(f"/calls/{call}")
        state = "rejected" if cause == "CALL_REJECTED" else "completed"
        expect((resource["state"], "endTime" in resource), (state, True), "the resource after the end")
        return event


@scenario("a call is placed, answered, listed by XML-RPC, hung up by REST, and told with one answer and one hangup")
def rest_places_a_call(stage):
    world = World(stage)
    call, leg = world.place(tag="job-81", sipHeaders={"X-Job": "81"})
    invite = leg.invite
    expect(invite.get("x-job"), "81", "X-Job of the INVITE")
    resource = world.rest.get(f"/calls/{call}")
    expect(
        {name: resource.get(name) for name in ("state", "direction", "from", "to", "callTimeout", "tag", "activeTime")},
        {"state": "started", "direction": "out", "from": FROM, "to": TARGET, "callTimeout": 60, "tag": "job-81",
         "activeTime": None}, "the ringing call")
    phone = Phone.taken(leg)
    answer = world.receiver.expect("answer", call)
    expect(
        {name: answer.get(name) for name in ("from", "to", "callState", "tag")},
        {"from": FROM, "to": TARGET, "callState": "active", "tag": "job-81"}, "the answer event")
    expect(bool(TIME.fullmatch(answer["time"])), True, f"time {answer['time']}")
    expect(answer["callUri"].endswith(f"/v1/users/u-acme/calls/{call}"), True, answer["callUri"])
    expect(world.rest.get(f"/calls/{call}")["state"], "active", "state of the answered call")
    rows = Management(stage.switch).over_urllib().listActiveCalls({"i_customer": 1})
    expect([(row["CC_STATE"], row["I_ACCOUNT"]) for row in rows], [("Connected", 3)], "listActiveCalls")
    world.rest.post(f"/calls/{call}", {"state": "completed"})
    phone.leg.expect_hang_up()
    event = world.over(call, "NORMAL_CLEARING")
    expect(event["tag"], "job-81", "the tag of the hangup")
    record = stage.expect_records(1)[0]
    expect((record["ended_by"], record["status"]), ("application", 200), "the record")
    expect(world.receiver.types(call), ["answer", "hangup"], "the events")
    names = [step["name"] for step in world.rest.get(f"/calls/{call}/events")]
    expect(names, ["create", "answer", "hangup"], "the events of the resource")
    world.rest.refused(403, "call-invalid-state", "POST", f"/calls/{call}", {"state": "completed"})


@scenario("a call that nobody answers in time is told as timeout, then as hangup NO_ANSWER")
def rest_call_timeout(stage):
    world = World(stage)
    began = time.monotonic()
    call, leg = world.place(callTimeout="2", tag="t")
    leg.reply(180, "Ringing")
    leg.expect_cancel()
    world.over(call, "NO_ANSWER")
    expect(world.receiver.types(call), ["timeout", "hangup"], "the events")
    expect(world.receiver.of(call)[0]["tag"], "t", "the tag of the timeout")
    expect(1.7 < time.monotonic() - began < 4, True, f"after {time.monotonic() - began:.1f} s")


@scenario("a call that its application ends while it rings is ORIGINATOR_CANCEL, by REST and by XML-RPC")
def rest_cancels(stage):
    world = World(stage)
    management = Management(stage.switch).over_urllib()
    for way in ("rest", "xmlrpc"):
        call, leg = world.place()
        leg.reply(180, "Ringing")
        if way == "rest":
            world.rest.post(f"/calls/{call}", {"state": "completed"})
        else:
            time.sleep(0.2)
            row = management.listActiveCalls({"i_customer": 1})[0]
            management.disconnectCall({"ID": row["ID"]})
        leg.expect_cancel()
        world.over(call, "ORIGINATOR_CANCEL")
        expect(world.receiver.types(call), ["hangup"], f"the events by {way}")


@scenario("disconnectCall ends a driven call: BYE, one hangup, and a record that says who ended it")
def rest_xmlrpc_disconnect(stage):
    world = World(stage)
    call, phone = world.answered()
    management = Management(stage.switch).over_urllib()
    row = management.listActiveCalls({"i_customer": 1})[0]
    management.disconnectCall({"ID": row["ID"]})
    phone.leg.expect_hang_up()
    event = world.over(call, "NORMAL_CLEARING")
    expect(event["releasedBy"], "api", "releasedBy")
    expect(stage.expect_records(1)[0]["ended_by"], "api", "the record")


@scenario("an incoming call is told, answered by itself, and told to its end when the caller hangs up")
def rest_incoming_answered(stage):
    world = World(stage)
    phone = Phone.dialled(stage.party(), world.endpoint, NUMBER, user="13125550199")
    event = world.receiver.expect("incomingcall")
    call = event["callId"]
    expect(
        {name: event.get(name) for name in ("from", "to", "callState", "applicationId", "tag")},
        {"from": "+13125550199", "to": FROM, "callState": "active", "applicationId": "a-shop", "tag": None}, "incomingcall")
    world.receiver.expect("answer", call)
    resource = world.rest.get(f"/calls/{call}")
    expect((resource["direction"], resource["state"], "callTimeout" in resource), ("in", "active", False), "the resource")
    phone.press("9*")
    for digit in "9*":
        expect(world.receiver.expect("dtmf", call)["dtmfDigit"], digit, "the digit")
    phone.leg.hang_up()
    world.over(call, "NORMAL_CLEARING")
    expect(world.receiver.types(call), ["incomingcall", "answer", "dtmf", "dtmf", "hangup"], "the events")


@scenario("an incoming call that waits for its application is answered or rejected by it, or given up by its caller")
def rest_incoming_waits(stage):
    world = World(stage, application={"auto_answer": False})
    caller = stage.party()
    leg = caller.invite(world.endpoint, NUMBER)
    call = world.receiver.expect("incomingcall")["callId"]
    leg.wait(180)
    expect(world.rest.get(f"/calls/{call}")["state"], "started", "the state before the answer")
    world.rest.post(f"/calls/{call}", {"state": "active"})
    leg.ack(leg.wait(200))
    world.receiver.expect("answer", call)
    world.rest.refused(403, "call-invalid-state", "POST", f"/calls/{call}", {"state": "rejected"})
    world.rest.post(f"/calls/{call}", {"state": "Completed"})
    leg.expect_hang_up()
    world.over(call, "NORMAL_CLEARING")

    leg = caller.invite(world.endpoint, NUMBER)
    call = world.receiver.expect("incomingcall")["callId"]
    world.rest.post(f"/calls/{call}", {"state": "rejected"})
    answer = leg.final()
    expect(answer.status, 603, "the status of a rejected call")
    leg.ack(answer)
    world.over(call, "CALL_REJECTED")
    expect(world.receiver.types(call), ["incomingcall", "hangup"], "the events of a rejected call")

    leg = caller.invite(world.endpoint, NUMBER)
    call = world.receiver.expect("incomingcall")["callId"]
    leg.wait(180)
    leg.cancel()
    leg.ack(leg.wait(487))
    world.over(call, "ORIGINATOR_CANCEL")
    expect(world.receiver.types(call), ["incomingcall", "hangup"], "the events of a call that was given up")


@scenario("a gather ends with its terminating digit, its number of digits, a silence, a stop and a hang-up")
def rest_gathers(stage):
    world = World(stage)
    call, phone = world.answered()

    def gathered(body, press="", **members):
        gather = world.rest.create(f"/calls/{call}/gather", body)
        phone.press(press)
        event = world.receiver.expect("gather", call, gatherId=gather, **members)
        resource = world.rest.get(f"/calls/{call}/gather/{gather}")
        expect(
            (resource["state"], resource["reason"], resource["digits"]),
            ("completed", event["reason"], event["digits"]), "the gather")
        return event

    event = gathered({"maxDigits": "4", "interDigitTimeout": "6", "terminatingDigits": "*", "tag": "pin"}, "44*", reason="terminating-digit")
    expect((event["digits"], event["tag"], event["state"]), ("44", "pin", "completed"), "the gather event")
    expect(gathered({"maxDigits": 2}, "12", reason="max-digits")["digits"], "12", "digits")
    expect(gathered({"interDigitTimeout": 1}, "5", reason="inter-digit-timeout")["digits"], "5", "digits")
    gather = world.rest.create(f"/calls/{call}/gather", {})
    world.rest.refused(409, "call-duplicate-gather-error", "POST", f"/calls/{call}/gather", {})
    world.rest.post(f"/calls/{call}/gather/{gather}", {"state": "completed"})
    world.receiver.expect("gather", call, gatherId=gather, reason="cancelled")
    gather = world.rest.create(f"/calls/{call}/gather", {"maxDigits": 5})
    phone.press("7")
    world.receiver.expect("dtmf", call, dtmfDigit="7")
    phone.leg.hang_up()
    world.over(call, "NORMAL_CLEARING")
    expect(world.receiver.types(call)[-2:], ["gather", "hangup"], "the last events")
    last = world.receiver.of(call)[-2]
    expect((last["reason"], last["digits"], last["gatherId"]), ("hung-up", "7", gather), "the interrupted gather")


@scenario("a sentence is heard and told, loops until it is stopped, and digits are sent")
def rest_audio(stage):
    world = World(stage)
    call, phone = world.answered()
    world.rest.post(f"/calls/{call}/audio", {"sentence": "Please hold the line", "voice": "Bridget", "tag": "hold-1"})
    event = world.receiver.expect("speak", call)
    expect((event["status"], event["state"], event["tag"]), ("started", "PLAYBACK_START", "hold-1"), "the beginning")
    phone.talk(4, until=lambda: len([e for e in world.receiver.of(call) if e["eventType"] == "speak"]) == 2)
    expect(world.receiver.expect("speak", call)["state"], "PLAYBACK_STOP", "the end")
    loud = sum(abs(sample) > 1000 for sample in phone.heard())
    expect(loud > 800, True, f"{loud} loud samples of speech")
    nested = {"fileUrl": {"sentence": "hi", "gender": "Female", "voice": "susan", "locale": "en_US", "tag": None},
              "sentence": None, "loopEnabled": "true"}
    world.rest.post(f"/calls/{call}/audio", nested)
    world.receiver.expect("speak", call, status="started")
    phone.talk(3)
    expect(world.receiver.types(call).count("speak"), 3, "a looping sentence has not ended")
    world.rest.post(f"/calls/{call}/audio", {"sentence": ""})
    world.receiver.expect("speak", call, status="done")
    world.rest.refused(403, "call-audio-invalid-state", "POST", f"/calls/{call}/audio", {"sentence": ""})
    world.rest.refused(400, "validation-error", "POST", f"/calls/{call}/audio", {"sentence": "x" * 1001})
    phone.forget()
    world.rest.post(f"/calls/{call}/dtmf", {"dtmfOut": "4w#"})
    phone.talk(2.5)
    expect([digit for digit, _ in phone.heard_digits()], ["4", "#"], "the digits heard")
    world.rest.refused(400, "validation-error", "POST", f"/calls/{call}/dtmf", {"dtmfOut": "5x"})
    world.rest.post(f"/calls/{call}", {"state": "completed"})
    phone.leg.expect_hang_up()
    world.over(call, "NORMAL_CLEARING")


@scenario("a call is recorded twice; the recordings hold what was said and are told, the last one after the hangup")
def rest_recordings(stage):
    world = World(stage)
    call, phone = world.answered(recordingEnabled="true")
    phone.talk(1.5, 660)
    world.rest.refused(
        409, "conflicted-recording-values-request", "POST", f"/calls/{call}", {"recordingMaxDuration": 30})
    world.rest.post(f"/calls/{call}", {"recordingEnabled": False})
    first = world.receiver.expect("recording", call)
    world.rest.post(f"/calls/{call}", {"recordingEnabled": True})
    phone.talk(1.5, 880)
    phone.leg.hang_up()
    world.over(call, "NORMAL_CLEARING")
    second = world.receiver.expect("recording", call)
    expect(world.receiver.types(call)[-2:], ["hangup", "recording"], "the last events")
    listed = world.rest.get(f"/calls/{call}/recordings")
    expect([one["id"] for one in listed], [first["recordingId"], second["recordingId"]], "the recordings")
    for number, (one, event) in enumerate(zip(listed, (first, second)), 1):
        expect((one["state"], event["state"], event["status"]), ("complete",) * 3, "the state")
        expect(one["media"].endswith(f"/media/{call}-{number}.wav"), True, one["media"])
        path = one["media"].split("8080", 1)[1]
        sound = world.rest.expect(200, "GET", path, absolute=True).body
        expect(sound[:4], b"RIFF", "the file")
        samples = [int.from_bytes(sound[i:i + 2], "little", signed=True) for i in range(44, len(sound) - 1, 2)]
        hits, _ = windows_of(samples, 660 if number == 1 else 880, 100)
        expect(hits >= 8, True, f"{hits} windows of the tone in recording {number}")
        expect(world.rest.get(f"/recordings/{one['id']}"), one, "the recording by itself")
    world.rest.refused(403, "maximum-recording-value-request", "POST", "/calls", {"from": FROM, "to": TARGET, "recordingMaxDuration": 3601})


@scenario("a call is transferred: the new call's events go to its own address, both hear each other, one end ends both")
def rest_transfers(stage):
    world = World(stage)
    other = stage.keep(Receiver(stage.address(61)))
    call, first = world.answered()
    second_id = world.rest.create(
        f"/calls/{call}",
        {"state": "transferring", "transferTo": "+13125550188", "transferCallerId": "private",
         "whisperAudio": {"sentence": "Call from the web shop"}, "callbackUrl": other.url})
    expect(world.rest.get(f"/calls/{call}")["state"], "transferring", "the state during the transfer")
    leg = world.vendor.incoming()
    expect("13125550110" in leg.invite.get("from") or TARGET[1:] in leg.invite.get("from"), False, "a private caller is shown")
    expect(leg.invite.get("privacy"), "id", "Privacy")
    second = Phone.taken(leg)
    other.expect("answer", second_id)
    second.talk(3)
    loud = sum(abs(sample) > 1000 for sample in second.heard())
    expect(loud > 800, True, f"{loud} loud samples of the whisper")
    until = time.monotonic() + 5
    while world.rest.get(f"/calls/{call}")["state"] != "active" and time.monotonic() < until:
        second.talk(0.1)
    first.forget()
    second.forget()
    talk([(first, 660), (second, 880)], 2)
    for phone, tone in ((first, 880), (second, 660)):
        hits, _ = windows_of(phone.heard(), tone, 100)
        expect(hits >= 14, True, f"{hits} windows of {tone} Hz")
    second.leg.hang_up()
    first.leg.expect_hang_up()
    event = other.expect("hangup", second_id)
    expect(event["cause"], "NORMAL_CLEARING", "the cause of the new call")
    expect(other.types(second_id), ["answer", "hangup"], "the events of the new call")
    world.over(call, "NORMAL_CLEARING")
    expect(set(world.receiver.types(second_id)), set(), "events of the new call at the old address")


@scenario("a transfer to a party that is busy gives the call back to its application")
def rest_transfer_fails(stage):
    world = World(stage)
    call, first = world.answered()
    second = world.rest.create(f"/calls/{call}", {"state": "transferring", "transferTo": "+13125550188", "callbackUrl": world.receiver.url})
    leg = world.vendor.incoming()
    leg.reply(486, "Busy Here")
    world.over(second, "USER_BUSY")
    until = time.monotonic() + 3
    while world.rest.get(f"/calls/{call}")["state"] != "active":
        if time.monotonic() > until:
            raise Unexpected("the call did not come back")
        time.sleep(0.05)
    world.rest.refused(400, "missing-property", "POST", f"/calls/{call}", {"state": "transferring"})
    world.rest.post(f"/calls/{call}", {"state": "completed"})
    first.leg.expect_hang_up()
    world.over(call, "NORMAL_CLEARING")


@scenario("lists have pages with links, filters and order, and what is over survives a restart")
def rest_lists(stage):
    world = World(stage)
    calls = []
    for number in range(5):
        call, leg = world.place(to=f"+1312555020{number}")
        leg.reply(486, "Busy")
        world.over(call, "USER_BUSY")
        calls.append(call)
    answer = world.rest.expect(200, "GET", "/calls/?size=2&sortOrder=asc")
    expect([one["id"] for one in answer.json], calls[:2], "the first page")
    links = dict(reversed(link.split("; ")) for link in answer.headers["Link"].split(", "))
    expect(sorted(links), ['rel="first"', 'rel="next"'], "the links")
    path = links['rel="next"'].strip("<>").split("8080", 1)[1]
    second = world.rest.expect(200, "GET", path, absolute=True)
    expect([one["id"] for one in second.json], calls[2:4], "the second page")
    expect([one["id"] for one in world.rest.get("/calls", page=2, size=2)], calls[:1], "the last page, newest first")
    expect('rel="next"' in world.rest.expect(200, "GET", "/calls?page=2&size=2").headers["Link"], False, "a next page")
    expect([one["id"] for one in world.rest.get("/calls", to="+13125550203")], [calls[3]], "calls to one number")
    expect(world.rest.get("/calls", **{"from": "+19"}), [], "calls from nobody")
    for query in ("size=1001", "size=0", "sortOrder=up", "page=x"):
        world.rest.refused(400, "validation-error", "GET", f"/calls?{query}")
    stage.switch.kill()
    stage.switch.start()
    expect([one["id"] for one in world.rest.get("/calls", sortOrder="ASC")], calls, "the calls after a restart")
    expect(world.rest.get(f"/calls/{calls[0]}")["state"], "completed", "the state after a restart")


@scenario("wrong requests get the errors of the table, with all their parts")
def rest_errors(stage):
    world = World(stage)
    rest = world.rest
    good = {"from": FROM, "to": TARGET}
    stranger = REST(stage.switch, token="t-acme", secret="wrong")
    stranger.refused(401, "authentication-error", "GET", "/calls")
    stranger.refused(401, "authentication-error", "GET", "/calls", headers={"Authorization": "Basic !!!"})
    REST(stage.switch, user="u-other").refused(401, "user-access-denied", "GET", "/calls")
    REST(stage.switch, user="u-nobody").refused(404, "user-not-found", "GET", "/calls")
    error = rest.refused(404, "call-not-found", "GET", "/calls/c-none/")
    expect(error["category"], "not-found", "the category")
    expect({d["name"]: d["value"] for d in error["details"]}["requestPath"], "users/u-acme/calls/c-none", "requestPath")
    rest.refused(404, "resource-not-found", "GET", "/nothing")
    rest.refused(405, "resource-not-found", "DELETE", "/calls")
    for body, code in (
        ({"to": TARGET}, "missing-property"), ({"from": FROM, "to": None}, "missing-property"),
        ({**good, "to": "nobody"}, "validation-error"), ({**good, "to": "sips:a@b"}, "validation-error"),
        ({**good, "callTimeout": 301}, "validation-error"), ({**good, "callTimeout": "x"}, "validation-error"),
        ({**good, "callbackUrl": "nowhere"}, "callback-invalid-url"),
        ({**good, "callbackUrl": "http://a", "callbackTimeout": 10001}, "validation-error"),
        ({**good, "callbackHttpMethod": "PUT"}, "validation-error"),
        ({**good, "sipHeaders": {"Via": "x"}}, "validation-error"),
        ({**good, "sipHeaders": {f"X-{n}": "x" for n in range(6)}}, "validation-error"),
        ({**good, "sipHeaders": {"X-A": "a\r\nVia: b"}}, "validation-error"),
        (b"{", "validation-error"), (b"[" * 100000, "validation-error"), (b"[]", "validation-error"),
        (b'{"from":1e999}', "validation-error"), (b"\xff", "validation-error"),
    ):
        rest.refused(400, code, "POST", "/calls", body)
    rest.refused(404, "call-not-found", "POST", "/calls/c-none", {"state": "completed"})
    head = rest.expect(200, "HEAD", "/calls")
    expect((head.body, head.headers["Content-Type"]), (b"", "application/json"), "HEAD")


@scenario("a switch that is stopped tells the hangup of every call before it ends")
def rest_shutdown(stage):
    world = World(stage)
    call, phone = world.answered()
    world.stage.switch.process.terminate()
    time.sleep(0.2)
    world.stage.switch.process.terminate()
    phone.leg.expect_hang_up()
    event = world.receiver.expect("hangup", call)
    expect(event["cause"], "NORMAL_CLEARING", "the cause")


@scenario("two calls are bridged and hear each other, are held, and the bridge ends with them")
def rest_bridges(stage):
    world = World(stage)
    first, one = world.answered()
    second, two = world.answered()
    bridge = world.rest.create("/bridges", {"bridgeAudio": "true", "callIds": [first, second]})
    talk([(one, 660), (two, 880)], 0.5)
    one.forget()
    two.forget()
    talk([(one, 660), (two, 880)], 1.5)
    for phone, tone in ((one, 880), (two, 660)):
        hits, _ = windows_of(phone.heard(), tone, 100)
        expect(hits >= 9, True, f"{hits} windows of {tone} Hz in the bridge")
    resource = world.rest.get(f"/bridges/{bridge}")
    expect((resource["state"], resource["bridgeAudio"], sorted(resource["callIds"])), ("active", True, sorted((first, second))), "the bridge")
    expect(sorted(call["id"] for call in world.rest.get(f"/bridges/{bridge}/calls")), sorted((first, second)), "its calls")
    world.rest.refused(400, "bridge-bridged-callId", "POST", "/bridges", {"callIds": [first]})
    world.rest.refused(403, "bridge-callIds-overflow", "POST", "/bridges", {"callIds": ["a", "b", "c"]})
    world.rest.refused(403, "call-id-not-found", "POST", "/bridges", {"callIds": ["c-none"]})
    world.rest.post(f"/bridges/{bridge}", {"bridgeAudio": "false", "callIds": [first, second]})
    expect(world.rest.get(f"/bridges/{bridge}")["state"], "hold", "the state of a held bridge")
    talk([(one, 660), (two, 880)], 0.3)
    one.forget()
    talk([(one, 660), (two, 880)], 0.6)
    expect(windows_of(one.heard(), 880, 100)[0], 0, "windows heard while held")
    two.leg.hang_up()
    world.over(second, "NORMAL_CLEARING")
    world.rest.post(f"/calls/{first}", {"state": "completed"})
    one.leg.expect_hang_up()
    world.over(first, "NORMAL_CLEARING")
    time.sleep(0.2)
    expect(world.rest.get(f"/bridges/{bridge}")["state"], "completed", "the state of an empty bridge")
    expect([one["id"] for one in world.rest.get("/bridges")], [bridge], "the list of bridges")
    world.rest.refused(400, "bridge-invalid-state", "POST", f"/bridges/{bridge}", {"callIds": []})


@scenario("calls meet in a conference, are muted and held, leave by a digit, and it ends with its last member")
def rest_conferences(stage):
    world = World(stage)
    conference = world.rest.create("/conferences", {"from": FROM, "callbackUrl": world.receiver.url, "tag": "weekly"})
    created = world.receiver.expect("conference")
    expect((created["conferenceId"], created["status"], created["tag"]), (conference, "created", "weekly"), "the event")
    expect(world.rest.get(f"/conferences/{conference}")["state"], "created", "the state before its first member")
    first, one = world.answered(conferenceId=conference)
    second, two = world.answered(conferenceId=conference)
    stranger, three = world.answered()
    members = []
    for number, call in enumerate((first, second), 1):
        members.append(world.rest.create(f"/conferences/{conference}/members", {"callId": call, "joinTone": "false"}))
        event = world.receiver.expect("conference-member", call)
        expect((event["memberId"], event["activeMembers"], event["state"], event["hold"], event["mute"]), (members[-1], number, "active", False, False), "the member event")
    world.rest.refused(403, "invalid-call-conference-id", "POST", f"/conferences/{conference}/members", {"callId": stranger})
    world.rest.refused(403, "call-id-not-found", "POST", f"/conferences/{conference}/members", {"callId": "c-none"})
    talk([(one, 660), (two, 880)], 0.5)
    one.forget()
    two.forget()
    talk([(one, 660), (two, 880)], 1.5)
    for phone, tone in ((one, 880), (two, 660)):
        hits, _ = windows_of(phone.heard(), tone, 100)
        expect(hits >= 9, True, f"{hits} windows of {tone} Hz in the conference")
    world.rest.post(f"/conferences/{conference}/members/{members[1]}", {"mute": "true"})
    expect(world.receiver.expect("conference-member", second, mute=True)["activeMembers"], 2, "members after mute")
    talk([(one, 660), (two, 880)], 0.3)
    one.forget()
    talk([(one, 660), (two, 880)], 0.6)
    expect(windows_of(one.heard(), 880, 100)[0], 0, "windows heard of a muted member")
    world.rest.post(f"/conferences/{conference}/audio", {"sentence": "Attention please"})
    world.receiver.expect("conference-speak", status="started")
    talk([(one, None), (two, None)], 4, until=lambda: any(e["eventType"] == "conference-speak" and e["status"] == "done" for e in world.receiver.events))
    world.receiver.expect("conference-speak", status="done")
    two.press("#")
    expect(world.receiver.expect("conference-member", second, state="completed")["activeMembers"], 1, "members after one left")
    expect(world.receiver.types(second).count("dtmf"), 0, "digits that the conference took")
    one.leg.hang_up()
    world.receiver.expect("conference-member", first, state="completed")
    ended = world.receiver.expect("conference", status="completed")
    expect("completedTime" in ended, True, "completedTime")
    expect([member["state"] for member in world.rest.get(f"/conferences/{conference}/members")], ["completed"] * 2, "the members")
    expect(world.rest.get(f"/conferences/{conference}")["state"], "completed", "the state after all")
    world.rest.refused(403, "conference-error", "POST", f"/conferences/{conference}", {"hold": True})


@scenario("bandwidth-sdk 3.1.0 creates, answers, speaks, gathers, transfers, bridges, confers and ends")
def rest_sdk_three(stage):
    world = World(stage, application={"auto_answer": False})
    sdk = stage.keep(SDK("3.1.0", world.rest))
    call = sdk.do(f"api.create_call(from_={FROM!r}, to={TARGET!r}, callback_url={world.receiver.url!r}, tag='sdk')")
    phone = Phone.taken(world.vendor.incoming())
    expect(world.receiver.expect("answer", call)["tag"], "sdk", "the tag")
    expect(sdk.do(f"api.get_call({call!r})")["state"], "active", "the state")
    sdk.do(f"api.play_audio_to_call({call!r}, sentence='hello', voice='kate')")
    world.receiver.expect("speak", call, status="started")
    phone.talk(3, until=lambda: world.receiver.types(call).count("speak") == 2)
    gather = sdk.do(f"api.create_call_gather({call!r}, max_digits=2)")
    phone.press("42")
    expect(world.receiver.expect("gather", call, gatherId=gather)["digits"], "42", "the digits")
    expect(sdk.do(f"api.get_call_gather({call!r}, {gather!r})")["reason"], "max-digits", "the reason")
    sdk.do(f"api.enable_call_recording({call!r})")
    phone.talk(0.3, 660)
    sdk.do(f"api.disable_call_recording({call!r})")
    world.receiver.expect("recording", call)
    expect(len(list(sdk.do(f"list(api.list_call_recordings({call!r}))"))), 1, "recordings")
    second = sdk.do(f"api.transfer_call({call!r}, '+13125550188', callback_url={world.receiver.url!r})")
    other = Phone.taken(world.vendor.incoming())
    world.receiver.expect("answer", second)
    talk([(phone, 660), (other, 880)], 0.5)
    sdk.do(f"api.hangup_call({second!r})")
    other.leg.expect_hang_up()
    phone.leg.expect_hang_up()
    world.over(second, "NORMAL_CLEARING")
    world.over(call, "NORMAL_CLEARING")
    leg = stage.party().invite(world.endpoint, NUMBER)
    incoming = world.receiver.expect("incomingcall")["callId"]
    sdk.do(f"api.answer_call({incoming!r})")
    leg.ack(leg.wait(200))
    world.receiver.expect("answer", incoming)
    third, fourth = world.answered()
    bridge = sdk.do(f"api.create_bridge(call_ids=[{incoming!r}, {third!r}], bridge_audio=True)")
    expect(sdk.do(f"api.get_bridge({bridge!r})")["state"], "active", "the bridge")
    sdk.do(f"api.update_bridge({bridge!r}, call_ids=[])")
    conference = sdk.do(f"api.create_conference({FROM!r})")
    member = world.place(conferenceId=conference)
    Phone.taken(member[1])
    world.receiver.expect("answer", member[0])
    sdk.do(f"api.create_conference_member({conference!r}, {member[0]!r})")
    sdk.do(f"api.terminate_conference({conference!r})")
    expect(sdk.do(f"api.get_conference({conference!r})")["state"], "completed", "the conference")
    expect(len(sdk.do("list(api.list_calls(size=2))")), 5, "calls over pages of two")
    error = sdk.ask("api.get_call('c-none')")
    expect("c-none" in error.get("error", ""), True, f"the error {error}")


@scenario("bandwidth-sdk 1.0.9 creates, speaks, gathers, transfers, bridges and ends")
def rest_sdk_one(stage):
    world = World(stage)
    sdk = stage.keep(SDK("1.0.9", world.rest))
    sdk.do(f"call = Call.create({FROM!r}, {TARGET!r}, callback_url={world.receiver.url!r})")
    call = sdk.do("call.call_id")
    phone = Phone.taken(world.vendor.incoming())
    event = world.receiver.expect("answer", call)
    sdk.do("call.refresh()")
    expect(sdk.do("call.state"), "active", "the state")
    sdk.do("call.speak_sentence('hello', voice='Kate')")
    world.receiver.expect("speak", call, status="started")
    phone.talk(3, until=lambda: world.receiver.types(call).count("speak") == 2)
    sdk.do("gather = call.gather.create(max_digits='3', terminating_digits='*')")
    phone.press("7*")
    expect(world.receiver.expect("gather", call)["digits"], "7", "the digits")
    expect(sdk.do("gather.get(gather.id).reason"), "terminating-digit", "the reason")
    sdk.do("call.send_dtmf('12')")
    sdk.do(f"other = call.transfer('+13125550188', callback_url={world.receiver.url!r})")
    second = sdk.do("other.call_id")
    other = Phone.taken(world.vendor.incoming())
    world.receiver.expect("answer", second)
    sdk.do(f"event = bandwidth_sdk.Event.create(**{ {k: v for k, v in event.items() if k != 'expected'}!r})")
    expect(sdk.do("event.call_id"), call, "the call of an event that the SDK reads")
    other.leg.hang_up()
    phone.leg.expect_hang_up()
    world.over(call, "NORMAL_CLEARING")
    sdk.do(f"one = Call.create({FROM!r}, {TARGET!r})")
    first = Phone.taken(world.vendor.incoming())
    sdk.do(f"two = Call.create({FROM!r}, {TARGET!r})")
    Phone.taken(world.vendor.incoming())
    time.sleep(0.3)
    sdk.do("bridge = one.bridge(two)")
    sdk.do("bridge.refresh()")
    expect(sdk.do("bridge.state"), "active", "the bridge")
    sdk.do("one.hangup()")
    first.leg.expect_hang_up()
    expect(len(sdk.do("[call.call_id for call in Call.list()]")), 4, "the calls")
    error = sdk.ask("Call.get('c-none')")
    expect("404 client error" in error.get("error", ""), True, f"the error {error}")
