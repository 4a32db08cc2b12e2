"""A wall clock that is set while calls are up: by an hour either way, as by an operator, and by a second, as by a leap."""

import time

from harness import expect, scenario
from peers.clock import SetClock
from scenarios.authentication import NOBODY_BY_ADDRESS, challenge, goes_through, with_credentials
from scenarios.rest import World

HOUR = 3600


@scenario("calls during which the clock is set by an hour or a second last as long as they last, in every account of them")
def clock_is_set(stage):
    clock = SetClock(stage.folder)
    world = World(stage, command=clock.command(stage.program, "serve", "--config"))
    records, set_to = 0, 0
    for seconds in (-HOUR, HOUR, 0, 1, -HOUR):
        time.sleep(1.1)  # for calls are dated by a clock that was read a second ago at most
        began, dated = time.monotonic(), time.time() + set_to
        call, phone = world.answered(recordingEnabled=True)
        clock.set(seconds)
        set_to = seconds
        phone.leg.hang_up()
        event = world.over(call, "NORMAL_CLEARING")
        lasted = time.monotonic() - began
        records += 1
        record = stage.expect_records(records)[-1]
        resource = world.rest.get(f"/calls/{call}")
        expect(0 <= event["duration"] <= lasted, True, f"duration {event['duration']} of a call of {lasted:.1f} s at most")
        expect(abs(record["setup_ms"] / 1000 - dated) < 600, True, f"the date of the record {record['setup_ms']}, not {dated:.0f}")
        expect(0 <= record["end_ms"] - record["answer_ms"] <= 1000 * lasted, True, f"the record {record}")
        times = [resource[name] for name in ("startTime", "activeTime", "endTime")]
        expect(times, sorted(times), "startTime, activeTime and endTime")
        expect(resource["chargeableDuration"], 60, "chargeableDuration")
        recording = world.receiver.expect("recording", call)
        expect(recording["startTime"] <= recording["endTime"], True, f"the recording {recording}")
        told = [event["time"] for event in world.receiver.events if event.get("callId") == call and "time" in event]
        expect(told, sorted(told), "the times of the events")


@scenario("what is waited for when the clock is set comes in its time: callTimeout, digits, the delivery of events")
def clock_is_set_back_while_waiting(stage):
    clock = SetClock(stage.folder)
    world = World(stage, command=clock.command(stage.program, "serve", "--config"))
    for seconds in (-HOUR, HOUR):
        call, leg = world.place(callTimeout=2)
        leg.reply(180, "Ringing")
        clock.set(seconds)
        leg.receive("CANCEL", timeout=20)
        leg.reply(200, "OK")
        leg.reply(487, "Request Terminated", to=leg.invite)
        world.over(call, "NO_ANSWER", within=20)
        expect(world.receiver.types(call), ["timeout", "hangup"], "the events")
        call, phone = world.answered()
        world.rest.create(f"/calls/{call}/gather", {"maxDigits": 2, "interDigitTimeout": "1"})
        clock.set(-seconds)
        gathered = world.receiver.expect("gather", call, within=20)
        expect(gathered["reason"], "inter-digit-timeout", "why the gather ended")
        phone.leg.hang_up()
        world.over(call, "NORMAL_CLEARING", within=20)


@scenario("a challenge that was given before the clock is set by an hour can be answered after it")
def clock_is_set_during_a_challenge(stage):
    clock = SetClock(stage.folder)
    switch = stage.start_switch(command=clock.command(stage.program, "serve", "--config"), **NOBODY_BY_ADDRESS)
    caller, vendor = stage.party(), stage.vendor()
    for seconds in (-HOUR, HOUR):
        leg = caller.invite(switch, "15550001")
        credentials, challenges = challenge(leg)
        clock.set(seconds)
        with_credentials(leg, credentials, challenges["MD5"])
        goes_through(leg, vendor)
