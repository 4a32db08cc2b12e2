"""Many calls with audio at once, where sipp counts at both ends what comes through the relay."""

import time

from harness import scenario
from peers.sip import Unexpected

CALLS = 50
TONE = bytes(0x80 | (n * 5) % 0x80 for n in range(8000))
RTP = ("-trace_screen", "-rtp_payload", "0")
ECHO = ("-trace_screen", "-rtp_echo")


def settled(parties, timeout=15):
    """What each party has sent and echoed, as soon as that no longer changes."""
    until, before = time.monotonic() + timeout, None
    time.sleep(3)  # sipp counts for nobody before it has begun, and the audio lasts longer than that
    while time.monotonic() < until:
        counts = [party.packets() for party in parties]
        if counts == before and all(sum(count) for count in counts):
            return counts
        before = counts
        time.sleep(0.7)
    raise Unexpected(f"sipp sends and echoes for more than {timeout} s: {before}")


def compare(what, arrived, sent):
    if sent < CALLS * 240 or not 0.99 * sent <= arrived <= sent:
        raise Unexpected(f"{what}: {arrived} of {sent} packets")


@scenario("a hundred calls at once with audio, sipp at both ends: half of the callers play, half of the callees", slow=True)
def hundred_sipp_calls(stage):
    options = {"calls": CALLS, "rate": 25, "timeout": 40}
    switch = stage.start_switch(vendors=2, routes={0: {"prefix": "1555"}, 1: {"prefix": "1666"}})
    echoing_callee = stage.sipp_vendor("uas-answers", 0, **options | {"options": ECHO})
    playing_callee = stage.sipp_vendor("uas-plays-and-hangs-up", 1, plays=TONE, **options | {"options": RTP})
    playing_caller = stage.sipp_caller(
        "uac-plays-and-hangs-up", switch, plays=TONE, number="15550001", **options | {"options": RTP})
    echoing_caller = stage.sipp_caller(
        "uac-calls-and-is-hung-up-on", switch, port=5062, number="16660001",
        **options | {"options": (*ECHO, "-mp", "6100")})
    parties = [playing_caller, echoing_callee, playing_callee, echoing_caller]
    (sent, _), (_, echoed), (sent_back, _), (_, echoed_back) = settled(parties)
    for party in parties:
        party.finish()
    compare("callers to callees", echoed, sent)
    compare("callees to callers", echoed_back, sent_back)
    records = stage.expect_records(2 * CALLS)
    forth = [record for record in records if record["i_connection"] == 1]
    back = [record for record in records if record["i_connection"] == 2]
    if any(record["answer_ms"] is None or record["status"] != 200 for record in records):
        raise Unexpected("a call was not answered")
    compare("counted from playing callers", sum(record["caller_packets"] for record in forth), sent)
    compare("counted from echoing callees", sum(record["callee_packets"] for record in forth), echoed)
    compare("counted from playing callees", sum(record["callee_packets"] for record in back), sent_back)
    compare("counted from echoing callers", sum(record["caller_packets"] for record in back), echoed_back)
