"""Messages that cross or get lost (RFC 5407). Where the order on the wire matters, the parties are scripted here."""

import time

from harness import scenario
from peers.sip import Unexpected, connect, end


@scenario("the callee's 200 crosses the CANCEL: it is acknowledged and hung up, the caller gets 487 (RFC 5407 3.1.2)")
def answer_crosses_cancel(stage):
    stage.pair("uac-cancels-while-ringing", "uas-answers-while-cancelled")


@scenario("the caller's CANCEL comes after the 200: the call stands until BYE (RFC 3261 9.2)")
def cancel_after_answer(stage):
    leg, other = stage.invited()
    other.reply(200, "OK", body=other.description())
    answer = leg.wait(200)
    leg.cancel()
    if leg.wait(range(200, 700), cseq="CANCEL").status not in (200, 481):
        raise Unexpected("CANCEL was answered neither 200 nor 481")
    leg.ack(answer)
    other.receive("ACK")
    other.party.silent_for(0.4, lambda message: message.method in ("BYE", "CANCEL"))
    end(leg, other)


@scenario("no CANCEL goes to a vendor that has not said anything yet (RFC 3261 9.1)")
def cancel_before_provisional(stage):
    stage.pair("uac-cancels-before-ringing", "uas-says-nothing-then-rings")


@scenario("a vendor that answers 200 straight to a waiting CANCEL is acknowledged and hung up")
def answer_instead_of_provisional(stage):
    leg, other = stage.invited()
    leg.wait(100)
    leg.cancel()
    leg.wait(200, cseq="CANCEL")
    other.party.silent_for(0.3, lambda message: message.method == "CANCEL")
    other.reply(200, "OK", body=other.description())
    other.receive("ACK")
    other.expect_hang_up()
    leg.ack(leg.wait(487))


@scenario("both ends hang up at once: both get 200 (RFC 5407 3.2.1)")
def bye_crosses_bye(stage):
    leg, other = stage.connected()
    leg.send("BYE")
    other.send("BYE")
    for side in (leg, other):
        side.received = None
        if side.wait(range(200, 700), cseq="BYE").status not in (200, 481):
            raise Unexpected("a BYE was refused")
        try:
            side.receive("BYE", timeout=0.3)
            side.reply(200, "OK")
        except Unexpected:
            continue


@scenario("a re-INVITE crosses a BYE: the BYE wins, the re-INVITE fails (RFC 5407 3.2.2)")
def reinvite_crosses_bye(stage):
    leg, other = stage.connected()
    leg.send_invite(body=leg.description(version=2))
    other.receive("INVITE")
    reinvite = other.received
    other.send("BYE")
    other.reply(481, "Call/Transaction Does Not Exist", to=reinvite)
    if other.wait(range(200, 700), cseq="BYE").status != 200:
        raise Unexpected("the callee's BYE was refused")
    leg.receive("BYE")
    leg.reply(200, "OK")
    answer = leg.wait(range(300, 700))
    if answer.status not in (481, 487, 408, 491, 500, 603):
        raise Unexpected(f"the re-INVITE got {answer}")
    leg.ack(answer)


@scenario("a re-INVITE from either side at once: both get 491, the call goes on (RFC 5407 3.3.1)")
def reinvite_glare(stage):
    leg, other = stage.connected()
    leg.send_invite(body=leg.description(version=2))
    other.send_invite(body=other.description(version=2))
    for side in (leg, other):
        if waiting_for(side.party, "INVITE"):
            crossing = side.party.expect("INVITE")
            side.reply(491, "Request Pending", to=crossing)
            side.party.expect("ACK")
    refused = []
    for side in (leg, other):
        answer = side.wait(range(200, 700), timeout=3)
        refused.append(answer.status)
        side.ack(answer)
    if refused != [491, 491]:
        raise Unexpected(f"answered with {refused}")
    end(leg, other)


@scenario("a re-INVITE before the ACK of the first is refused or taken, and breaks nothing (RFC 5407 3.1.4)")
def reinvite_before_ack(stage):
    leg, other = stage.invited()
    other.reply(200, "OK", body=other.description())
    first = leg.wait(200)
    other.send_invite(body=other.description(version=2))
    if waiting_for(leg.party, "INVITE"):
        leg.receive("INVITE")
        leg.reply(200, "OK", body=leg.description(version=2))
    answer = other.wait(range(200, 700), timeout=3)
    other.ack(answer)
    leg.ack(first)
    end(leg, other)


def waiting_for(party, method):
    """True when a request of that method comes within half a second."""
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        party.listen(0.05)
        if any(message.method == method and not message.is_response for message in party.waiting):
            return True
    return False


@scenario("the caller hangs up before its ACK: both legs end (RFC 5407 3.1.6)")
def bye_before_ack(stage):
    leg, other = stage.invited()
    other.reply(200, "OK", body=other.description())
    leg.wait(200)
    leg.target = leg.confirmed_target
    if leg.hang_up().status != 200:
        raise Unexpected("BYE was refused")
    other.receive("ACK")
    other.expect_hang_up()


@scenario("the caller hangs up while it still rings: its BYE or its CANCEL ends both legs (RFC 5407 3.1.3)")
def bye_while_early(stage):
    leg, other = stage.invited()
    other.reply(180, "Ringing")
    ringing = leg.wait(180)
    leg.target = ringing.contact or leg.target
    leg.send("BYE")
    if leg.wait(range(200, 700), cseq="BYE").status not in (200, 481):
        raise Unexpected("BYE in an early dialog was answered neither 200 nor 481")
    if not any(message.is_response and message.status >= 300 and message.method == "INVITE" for message in leg.party.waiting):
        leg.cancel()
    invite = other.invite
    other.receive("CANCEL")
    other.reply(200, "OK")
    other.reply(487, "Request Terminated", to=invite)
    leg.ack(leg.wait(range(300, 700)))


@scenario("the vendor's ACK was lost: its repeated 200 is acknowledged again (RFC 6026 8.1)")
def lost_ack_to_vendor(stage):
    leg, other = stage.invited()
    body = other.description()
    other.reply(200, "OK", body=body)
    leg.ack(leg.wait(200))
    other.receive("ACK")
    for _ in range(3):
        other.reply(200, "OK", body=body, to=other.invite)
        other.receive("ACK", duplicates=True)
    leg.party.silent_for(0.3)
    end(leg, other)


@scenario("the caller's ACK is lost: the switch repeats its 200 until the ACK comes (RFC 3261 13.3.1.4)")
def lost_ack_from_caller(stage):
    leg, other = stage.invited()
    other.reply(200, "OK", body=other.description())
    first = leg.wait(200)
    second = leg.wait(200, duplicates=True, timeout=2)
    third = leg.wait(200, duplicates=True, timeout=3)
    gaps = [second.at - first.at, third.at - second.at]
    if not (0.4 < gaps[0] < 0.8 and 0.8 < gaps[1] < 1.4):
        raise Unexpected(f"the 200 was repeated after {gaps} s, not after 0.5 and 1 s")
    leg.ack(third)
    other.receive("ACK")
    leg.party.silent_for(2.3, lambda message: message.is_response and message.status >= 200)
    end(leg, other)


@scenario("a repeated INVITE makes no second call (RFC 3261 17.2.1)")
def repeated_invite(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    leg = caller.invite(switch, "15550001")
    again = leg.request("INVITE", body=leg.offer, cseq=leg.invite_cseq, branch=leg.invite_branch)
    other = vendor.incoming()
    for _ in range(5):
        caller.send(again, switch)
    other.reply(180, "Ringing")
    leg.wait(180)
    caller.send(again, switch)
    connect(leg, other)
    vendor.silent_for(0.3, lambda message: message.method == "INVITE")
    end(leg, other)


@scenario("one INVITE that arrives twice over different paths is refused the second time with 482 (RFC 3261 8.2.2.2)")
def merged_invite(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    leg = caller.invite(switch, "15550001")
    branch = leg.invite_branch
    other = vendor.incoming()
    leg.party.send(leg.request("INVITE", body=leg.offer, cseq=leg.invite_cseq), switch)
    merged = leg.wait(range(400, 700))
    if merged.status != 482:
        raise Unexpected(f"the merged request got {merged}")
    leg.invite_branch = leg.branch
    leg.ack(merged)
    leg.invite_branch = branch
    connect(leg, other)
    end(leg, other)


@scenario("an ACK that comes after the BYE changes nothing (RFC 5407 3.2.4)")
def ack_after_bye(stage):
    leg, other = stage.connected()
    end(leg, other)
    leg.party.send(leg.request("ACK", cseq=leg.invite_cseq), leg.switch)
    leg.party.silent_for(0.4)
    other.party.silent_for(0.2)
