"""The time tables of RFC 3261 on real sockets; each takes half a minute, so they run beside the others."""

from harness import scenario
from peers.sip import Unexpected

STEP_TOLERANCE = 0.1


def table(times, wanted):
    """Every step takes as long as it should; a little lateness may add up on a loaded machine."""
    got = [time - times[0] for time in times]
    steps = [later - earlier for earlier, later in zip(got, got[1:])]
    right = [later - earlier for earlier, later in zip(wanted, wanted[1:])]
    if len(steps) != len(right) or any(abs(a - b) > STEP_TOLERANCE for a, b in zip(steps, right)):
        raise Unexpected(f"sent at {[round(time, 2) for time in got]}, wanted {wanted}")


@scenario("an INVITE into a black hole is sent seven times, and the caller gets 408 after 32 s (RFC 3261 17.1.1.2)", slow=True)
def black_hole(stage):
    switch = stage.start_switch(routes={0: {"timeout_1xx": "60s", "timeout_2xx": "120s"}})
    caller, vendor = stage.party(), stage.vendor()
    leg = caller.invite(switch, "15550001")
    invited_at = caller.expect(100, call_id=leg.call_id).at
    answer = leg.final(timeout=36)
    leg.ack(answer)
    vendor.listen_for(0.2)
    table([at for at, data, _ in vendor.heard if data.startswith(b"INVITE")], [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5])
    waited = answer.at - invited_at
    if answer.status != 408 or abs(waited - 32) > 0.5:
        raise Unexpected(f"{answer} after {waited:.2f} s, not 408 after 32 s")


@scenario("a 200 that nobody acknowledges is repeated for 32 s, then both legs are hung up (RFC 3261 13.3.1.4)", slow=True)
def unacknowledged_answer(stage):
    leg, other = stage.invited()
    other.reply(200, "OK", body=other.description())
    leg.wait(200)
    other.receive("ACK")
    other.expect_hang_up(timeout=36)
    leg.expect_hang_up(timeout=2)
    table([at for at, data, _ in leg.party.heard if data.startswith(b"SIP/2.0 200")],
          [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5])


@scenario("a 486 that nobody acknowledges is repeated and then forgotten; there is no BYE (RFC 3261 17.2.1)", slow=True)
def unacknowledged_refusal(stage):
    leg, other = stage.invited()
    other.reply(486, "Busy Here")
    other.receive("ACK")
    leg.wait(486)
    leg.party.listen_for(34)
    table([at for at, data, _ in leg.party.heard if data.startswith(b"SIP/2.0 486")],
          [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5])
    leg.party.silent_for(0.1, lambda message: message.method == "BYE")


@scenario("a BYE that nobody answers is sent eleven times in 32 s (RFC 3261 17.1.2.2)", slow=True)
def unanswered_bye(stage):
    leg, other = stage.connected()
    leg.hang_up()
    other.party.listen_for(34)
    table([at for at, data, _ in other.party.heard if data.startswith(b"BYE")],
          [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5])


@scenario("100 Trying comes within 200 ms of the INVITE (RFC 3261 17.2.1)")
def trying(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    for _ in range(6):
        leg = caller.invite(switch, "15550001")
        leg.wait(100, timeout=0.2)
        other = vendor.incoming()
        other.reply(486, "Busy Here")
        other.receive("ACK")
        leg.ack(leg.final())
