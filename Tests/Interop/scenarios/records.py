"""What is left of a call when it is over: one record that tells the truth."""

import json
import signal
import time

from harness import scenario
from peers.sip import Unexpected, connect, end, established


def expect_values(record, **wanted):
    different = {name: record[name] for name, value in wanted.items() if record[name] != value}
    if different:
        raise Unexpected(f"the record says {different}, not {wanted}")


@scenario("the record of an answered call: who, how long, who ended it and why")
def answered(stage):
    switch = stage.start_switch()
    leg, other = established(stage.party(), stage.vendor(), switch, number="15550042", user="2025550177")
    time.sleep(1.0)
    other.send("BYE")
    other.wait(200, cseq="BYE")
    leg.expect_hang_up()
    record = stage.expect_records(1)[0]
    expect_values(record, ended_by="callee", status=200, cause=16, cld_in="15550042", cli_in="2025550177", i_account=3, i_customer=2,
                  i_connection=1)
    if not 900 <= record["duration_ms"] <= 1600:
        raise Unexpected(f"a call of one second lasted {record['duration_ms']} ms")


@scenario("the record of a busy call, and of one the caller gave up")
def unanswered(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    leg = caller.invite(switch, "15550001")
    other = vendor.incoming()
    other.reply(486, "Busy Here")
    other.receive("ACK")
    leg.ack(leg.final())
    expect_values(stage.expect_records(1)[0], ended_by="callee", status=486, cause=17, duration_ms=0)
    leg = caller.invite(switch, "15550001")
    other = vendor.incoming()
    other.reply(180, "Ringing")
    leg.wait(180)
    leg.cancel()
    invite = other.invite
    other.expect_cancel()
    leg.ack(leg.wait(487))
    expect_values(stage.expect_records(2)[1], ended_by="caller", status=487, duration_ms=0)


@scenario("the record of a failover names every route that was tried, with its answer")
def tried_routes(stage):
    switch = stage.start_switch(vendors=3)
    caller, vendors = stage.party(), [stage.vendor(n) for n in range(3)]
    leg = caller.invite(switch, "15550001")
    for vendor, status in zip(vendors, (503, 404)):
        other = vendor.incoming()
        other.reply(status, "Refused")
        other.receive("ACK")
    other = vendors[2].incoming()
    connect(leg, other)
    end(leg, other)
    record = stage.expect_records(1)[0]
    expect_values(record, ended_by="caller", i_connection=3)
    tried = [(attempt["connection"], attempt["status"]) for attempt in stage.switch.route_attempts()]
    if tried != [(1, 503), (2, 404), (3, 200)]:
        raise Unexpected(f"the record names {tried}")


@scenario("an INVITE without credentials leaves no record and no call")
def no_record_of_strangers(stage):
    switch = stage.start_switch(rules=[])
    leg = stage.party().invite(switch, "15550001")
    leg.ack(leg.final())
    time.sleep(0.5)
    stage.expect_records(0)


@scenario("kill -9: what was recorded is still there, the switch comes back, and new records do not collide (F8)")
def killed(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    for turn in range(3):
        leg, other = established(caller, vendor, switch)
        leg.hang_up()
        other.expect_hang_up()
        before = stage.expect_records(turn + 1)
        leg, other = established(caller, vendor, switch)
        stage.switch.kill()
        began = time.monotonic()
        stage.switch.start()
        if time.monotonic() - began > 3:
            raise Unexpected(f"listening again only after {time.monotonic() - began:.1f} s")
        leg.send("BYE")
        if leg.wait(range(200, 700), cseq="BYE").status != 481:
            raise Unexpected("a BYE of a call from before the crash did not get 481")
        other.send("BYE")
        other.wait(481, cseq="BYE")
        after = stage.expect_records(len(before))
        if after != before:
            raise Unexpected("records changed in the crash")


@scenario("a reload under load loses no call, and what it changed is in force")
def reload(stage):
    switch = stage.start_switch(vendors=2, routes={1: {"prefix": "99"}})
    second = stage.vendor(1)
    vendor = stage.sipp_vendor("uas-answers", 0, calls=100)
    party = stage.sipp_caller("uac-calls-and-hangs-up", switch, calls=100, rate=25)
    path = f"{stage.folder}/provisioning.yaml"
    time.sleep(1)
    for _ in range(4):
        stage.switch.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
    party.finish()
    vendor.finish()
    stage.expect_records(100)
    document = json.load(open(path))
    document["connections"][0]["destination"] = document["connections"][1]["destination"]
    json.dump(document, open(path, "w"))
    stage.switch.process.send_signal(signal.SIGHUP)
    time.sleep(0.7)
    leg = stage.party(port=5064).invite(switch, "15550001")
    other = second.incoming()
    other.reply(486, "Busy Here")
    other.receive("ACK")
    leg.ack(leg.final())


@scenario("a reload with a mistake in it is refused as a whole, and calls go on")
def broken_reload(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    with open(f"{stage.folder}/provisioning.yaml", "w") as file:
        file.write('{"accounts": [{"id": "three", "customer": 77}], "nonsense": true}')
    stage.switch.process.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    leg, other = established(caller, vendor, switch)
    end(leg, other)
