"""Signalling over a network that loses, doubles, delays and reorders: the faults F1 to F4, with sipp at both ends."""

import collections
import json

from harness import expect, scenario
from peers.lossy import LossyPath
from peers.sip import Unexpected

CALLS = 200


def impaired(stage, **faults):
    """So many calls over such a network to a callee beside the switch: (path, the callee's sipp, what the caller's says).

    The path stands on the port from which sipp sends, so that answers find it by the port in Via."""
    path = stage.keep(LossyPath(stage.address(3), port=5060, **faults))
    switch = stage.start_switch(caller=stage.address(3))
    vendor = stage.sipp_vendor("uas-answers", calls=CALLS, timeout=60)
    inner = path.connect((stage.caller_address, 5060), switch)
    caller = stage.sipp_caller("uac-calls-and-hangs-up", inner, calls=CALLS, rate=20, timeout=50)
    problem = None
    try:
        caller.finish()
    except Unexpected as error:
        problem = error
    return path, vendor, problem


@scenario("200 calls of which every tenth packet comes twice: all succeed, each with one callee and one record (F2)", slow=True)
def impaired_doubled(stage):
    _, vendor, problem = impaired(stage, seed=2, loss=0, jitter=0, doubled=0.1)
    if problem:
        raise problem
    vendor.finish()
    records = stage.expect_records(CALLS)
    expect({(record["status"], record["ended_by"]) for record in records}, {(200, "caller")}, "the records")
    expect(len(stage.switch.route_attempts()), CALLS, "callees that were called")


@scenario("200 calls with every packet 200 ms late, each way: all succeed, and little is repeated (F4)", slow=True)
def impaired_late(stage):
    path, vendor, problem = impaired(stage, seed=3, loss=0, jitter=0, doubled=0, delay=0.2)
    if problem:
        raise problem
    vendor.finish()
    stage.expect_records(CALLS)
    answers = collections.Counter(data.split(b"\r\n")[0] for _, _, _, data in path.entered)
    # An ACK is back 400 ms after its 200, which is repeated after 500 ms: a busy machine may be late by the rest.
    repeated = answers.pop(b"SIP/2.0 200 OK") - 2 * CALLS
    expect(answers, {b"SIP/2.0 100 Trying": CALLS, b"SIP/2.0 180 Ringing": CALLS}, "what was sent beside 200")
    if not 0 <= repeated <= CALLS / 4:
        raise Unexpected(f"{repeated} times a 200 was repeated")


@scenario("200 calls over 10 % loss both ways: 98 % at least succeed with sipp, and after 40 s nothing is left (F1)", slow=True)
def impaired_lossy(stage):
    path, _, problem = impaired(stage, seed=1, loss=0.1, jitter=0, doubled=0)
    if path.lost < CALLS / 4:
        raise Unexpected(f"only {path.lost} packets were lost")
    records = stage.expect_records(CALLS, within=45)
    good = sum(record["status"] == 200 for record in records)
    if good < 0.98 * CALLS:
        raise Unexpected(f"{good} of {CALLS} calls were answered: {problem}")
    expect(len(stage.switch.route_attempts()), CALLS, "callees that were called")
    status, shown, _ = stage.command("calls", "active", "--json")
    expect((status, json.loads(shown)), (0, []), "the calls that are left")


@scenario("100 calls whose packets overtake one another by up to 35 ms, a BYE its ACK too: all succeed (F3)", slow=True)
def impaired_reordered(stage):
    path = stage.keep(LossyPath(stage.address(3), port=5060, seed=4, loss=0, jitter=0.03, doubled=0, delay=0.005))
    switch = stage.start_switch(caller=stage.address(3))
    vendor = stage.sipp_vendor("uas-answers", calls=CALLS // 2, timeout=60)
    inner = path.connect((stage.caller_address, 5060), switch)
    caller = stage.party()
    for _ in range(CALLS // 2):
        leg = caller.invite(inner, "15550001")
        leg.ack(leg.final())
        leg.hang_up()
    vendor.finish()
    records = stage.expect_records(CALLS // 2)
    expect({(record["status"], record["ended_by"]) for record in records}, {(200, "caller")}, "the records")
