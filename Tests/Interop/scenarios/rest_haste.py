"""Commands of the voice REST interface that follow each other faster than what they begin comes to its end."""

import http.client
import json
import time

from harness import expect, scenario
from peers.audio import windows_of
from peers.phone import Phone, talk
from peers.sip import Unexpected
from scenarios.rest import FROM, NUMBER, TARGET, World


def hear_each_other(one, two):
    """Both parties talk; each must hear the other's tone."""
    talk([(one, 660), (two, 880)], 0.5)
    one.forget()
    two.forget()
    talk([(one, 660), (two, 880)], 1.0)
    for phone, tone in ((one, 880), (two, 660)):
        hits, _ = windows_of(phone.heard(), tone, 100)
        expect(hits >= 6, True, f"{hits} windows of {tone} Hz")


@scenario("a recording that is switched off and on again at once is two recordings, and the second one goes on")
def rest_recording_in_haste(stage):
    world = World(stage)
    for form in ("wav", "mp3"):
        call, phone = world.answered(recordingEnabled="true", recordingFileFormat=form)
        phone.talk(0.6, 660)
        for enabled in ("false", "true"):
            world.rest.post(f"/calls/{call}", {"recordingEnabled": enabled})
        phone.talk(0.8, 880)
        first = world.receiver.expect("recording", call)
        expect(world.rest.get(f"/calls/{call}")["recordingEnabled"], True, f"recordingEnabled of {form} after off and on")
        listed = world.rest.get(f"/calls/{call}/recordings")
        expect([one["state"] for one in listed], ["complete", "recording"], f"the recordings as {form}")
        phone.leg.hang_up()
        world.over(call, "NORMAL_CLEARING")
        second = world.receiver.expect("recording", call)
        expect((first["status"], second["status"]), ("complete", "complete"), "the events")
        listed = world.rest.get(f"/calls/{call}/recordings")
        expect([one["id"] for one in listed], [first["recordingId"], second["recordingId"]], "the recordings at the end")


@scenario("a call that leaves one bridge enters the next one at once")
def rest_bridge_in_haste(stage):
    world = World(stage)
    (first, one), (second, two), (third, three) = (world.answered() for _ in range(3))
    bridge = world.rest.create("/bridges", {"callIds": [first, second]})
    hear_each_other(one, two)
    for _ in range(3):
        world.rest.post(f"/bridges/{bridge}", {"callIds": [first]})
        other = world.rest.create("/bridges", {"callIds": [second, third]})
        hear_each_other(two, three)
        world.rest.post(f"/bridges/{other}", {"callIds": [third]})
        world.rest.post(f"/bridges/{bridge}", {"callIds": [first, second]})
        hear_each_other(one, two)
        world.rest.post(f"/bridges/{other}", {"callIds": []})
    world.rest.post(f"/bridges/{bridge}", {"callIds": []})
    world.rest.post(f"/calls/{first}/audio", {"sentence": "alone again"})
    world.receiver.expect("speak", first, status="started")
    for call, phone in ((first, one), (second, two), (third, three)):
        phone.leg.hang_up()
        world.over(call, "NORMAL_CLEARING")


@scenario("a member that was removed from a conference is gone when the answer comes, and can join again at once")
def rest_members_in_haste(stage):
    world = World(stage)
    conference = world.rest.create("/conferences", {"from": FROM, "callbackUrl": world.receiver.url})
    members = f"/conferences/{conference}/members"
    (first, one), (second, two) = (world.answered(conferenceId=conference) for _ in range(2))
    world.rest.create(members, {"callId": first})
    for _ in range(3):
        member = world.rest.create(members, {"callId": second})
        world.rest.post(f"{members}/{member}", {"state": "completed"})
        expect(world.rest.get(f"{members}/{member}")["state"], "completed", "the member that was removed")
    world.rest.create(members, {"callId": second})
    hear_each_other(one, two)
    world.rest.post(f"/conferences/{conference}", {"state": "completed"})
    expect(world.rest.get(f"/conferences/{conference}")["state"], "completed", "the conference")
    bridge = world.rest.create("/bridges", {"callIds": [first, second]})
    hear_each_other(one, two)
    expect(world.rest.get(f"/bridges/{bridge}")["state"], "active", "the bridge")
    states = [event["state"] for event in world.receiver.of(second) if event["eventType"] == "conference-member"]
    expect(states, ["active", "completed"] * 4, "what was told of the second party")
    for call, phone in ((first, one), (second, two)):
        phone.leg.hang_up()
        world.over(call, "NORMAL_CLEARING")


@scenario("a conference that nobody could join still waits for its first member")
def rest_conference_nobody_joins(stage):
    world = World(stage)
    conference = world.rest.create("/conferences", {"from": FROM, "callbackUrl": world.receiver.url})
    call, one = world.answered(conferenceId=conference)
    other, two = world.answered()
    bridge = world.rest.create("/bridges", {"callIds": [call, other]})
    hear_each_other(one, two)
    world.rest.refused(403, "conference-error", "POST", f"/conferences/{conference}/members", {"callId": call})
    shown = world.rest.get(f"/conferences/{conference}")
    expect((shown["state"], shown["activeMembers"]), ("created", 0), "the conference")
    world.rest.post(f"/bridges/{bridge}", {"callIds": []})
    world.rest.create(f"/conferences/{conference}/members", {"callId": call})
    one.leg.hang_up()
    world.over(call, "NORMAL_CLEARING")
    world.receiver.expect("conference", status="completed")


@scenario("every gather of a row, stopped and begun again without a pause, is told once")
def rest_gathers_in_haste(stage):
    world = World(stage)
    call, phone = world.answered()
    gathers = []
    for number in range(10):
        gathers.append(world.rest.create(f"/calls/{call}/gather", {"prompt": {"sentence": "Enter a digit"}, "tag": str(number)}))
        world.rest.post(f"/calls/{call}/gather/{gathers[-1]}", {"state": "completed"})
    for gather in gathers:
        world.receiver.expect("gather", call, gatherId=gather, reason="cancelled")
    phone.talk(0.5)
    speaks = [event["status"] for event in world.receiver.of(call) if event["eventType"] == "speak"]
    expect(speaks, ["started", "done"] * (len(speaks) // 2), "what was spoken")
    expect(world.receiver.types(call).count("gather"), 10, "gathers")
    phone.leg.hang_up()
    world.over(call, "NORMAL_CLEARING")


@scenario("calls that are ended as soon as they are made ring nobody for longer, and are told once")
def rest_ended_in_haste(stage):
    world = World(stage)
    for number in range(30):
        call = world.rest.create("/calls", {"from": FROM, "to": TARGET, "callbackUrl": world.receiver.url})
        world.rest.post(f"/calls/{call}", {"state": "completed"})
        try:
            leg = world.vendor.incoming(timeout=0.3)
        except Unexpected:
            leg = None  # it was ended before anybody was called
        if leg:
            leg.reply(180, "Ringing")
            leg.expect_cancel()
        world.over(call, "ORIGINATOR_CANCEL")
        expect(world.receiver.types(call), ["hangup"], f"the events of call {number}")


@scenario("a request costs what the first ones did, however many came before it", slow=True)
def rest_requests_without_end(stage):
    stage.start_switch()
    connection = http.client.HTTPConnection(stage.switch_address, 8080)
    costs = []
    for _ in range(8):
        before = stage.switch.processor_time()
        for _ in range(1000):
            connection.request("GET", "/v1/users/u-nobody/calls")
            expect(connection.getresponse().read()[:1], b"{", "the answer")
        costs.append(stage.switch.processor_time() - before)
    connection.close()
    if costs[-1] > 1.5 * min(costs) + 0.1:
        raise Unexpected(f"processor time of each thousand requests: {costs}")


def round_of_calls(world):
    """A call of every kind, each to its end; returns their ids."""
    rest = world.rest
    conference = rest.create("/conferences", {"from": FROM, "callbackUrl": world.receiver.url})
    phones = {}
    for members in ({"recordingEnabled": True}, {"recordingEnabled": True, "recordingFileFormat": "mp3"}, {}, {},
                    {"conferenceId": conference}, {"conferenceId": conference}):
        call, phone = world.answered(**members)
        phones[call] = phone
    calls = list(phones)
    rest.create("/bridges", {"callIds": calls[:2]})
    gather = rest.create(f"/calls/{calls[2]}/gather", {"prompt": {"sentence": "Enter a digit"}})
    rest.post(f"/calls/{calls[3]}/audio", {"sentence": "Please hold", "loopEnabled": True})
    for call in calls[4:]:
        rest.create(f"/conferences/{conference}/members", {"callId": call})
    rest.post(f"/calls/{calls[2]}/gather/{gather}", {"state": "completed"})
    second = rest.create(f"/calls/{calls[2]}", {"state": "transferring", "transferTo": TARGET, "callbackUrl": world.receiver.url})
    phones[second] = Phone.taken(world.vendor.incoming())
    world.receiver.expect("answer", second)
    for call in calls:
        rest.post(f"/calls/{call}", {"state": "completed"})
    for phone in phones.values():
        phone.leg.expect_hang_up()
        phone.stream.close()
    busy, leg = world.place()
    leg.reply(486, "Busy Here")
    ringing, leg = world.place()
    leg.reply(180, "Ringing")
    rest.post(f"/calls/{ringing}", {"state": "completed"})
    leg.expect_cancel()
    incoming = Phone.dialled(world.caller, world.endpoint, NUMBER)
    told = world.receiver.expect("incomingcall")["callId"]
    incoming.leg.hang_up()
    incoming.stream.close()
    everybody = [*phones, busy, ringing, told]
    for call in everybody:
        world.receiver.expect("hangup", call, within=15)
    return everybody


@scenario("calls of every kind, again and again: each has one hangup, and nothing of them stays behind", slow=True)
def rest_calls_without_end(stage):
    world = World(stage)
    world.caller = stage.party()
    calls, sizes = [], []
    for _ in range(12):
        calls += round_of_calls(world)
        sizes.append((stage.switch.descriptors(), stage.switch.threads()))
    for command in (("calls", "active"), ("conferences",)):
        until = time.monotonic() + 10
        while (shown := json.loads(stage.command(*command, "--json")[1])) and time.monotonic() < until:
            time.sleep(0.2)
        expect(shown, [], f"what martlet {command[0]} lists afterwards")
    for call in calls:
        expect(world.receiver.types(call).count("hangup"), 1, f"hangups of {call}")
    for name, found in zip(("descriptors", "threads"), zip(*sizes)):
        expect(max(found[6:]) <= max(found[:6]) + 4, True, f"{name} do not grow: {found}")
    listed = {call["id"]: call["state"] for call in world.rest.get("/calls", size=1000)}
    expect(listed, dict.fromkeys(calls, "completed"), "the history")
