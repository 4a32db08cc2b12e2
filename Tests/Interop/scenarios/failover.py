"""What the switch does when a vendor refuses, is dead, is slow, or asks who is calling."""

import re
import time

from harness import scenario
from peers.sip import Unexpected, digest, end, tag_of


def taken_by(stage, leg, other):
    """The vendor behind `other` answers; the call goes through and ends."""
    other.reply(180, "Ringing")
    other.reply(200, "OK", body=other.description())
    leg.ack(leg.wait(200, timeout=10))
    other.receive("ACK")
    end(leg, other)


def refuse(vendor, status, headers=()):
    """The vendor refuses the next INVITE and sees its ACK."""
    other = vendor.incoming(timeout=8)
    other.reply(status, "Refused", headers=headers)
    other.receive("ACK")
    return other


def refused_then_taken(stage, status):
    switch = stage.start_switch(vendors=2)
    caller, first, second = stage.party(), stage.vendor(0), stage.vendor(1)
    leg = caller.invite(switch, "15550001")
    refuse(first, status)
    taken_by(stage, leg, second.incoming())
    caller.silent_for(0.2, lambda message: message.is_response and message.status >= 300)


@scenario("503 of the first vendor: the second takes the call (RFC 3665 3.4)")
def unavailable_vendor(stage):
    refused_then_taken(stage, 503)


@scenario("500 of the first vendor: the second takes the call")
def failing_vendor(stage):
    refused_then_taken(stage, 500)


@scenario("404 of the first vendor: the second takes the call")
def vendor_without_the_number(stage):
    refused_then_taken(stage, 404)


@scenario("nobody listens at the first vendor: the second takes the call at once, not after a timer")
def dead_port(stage):
    switch = stage.start_switch(vendors=2)
    caller, second = stage.party(), stage.vendor(1)
    began = time.monotonic()
    leg = caller.invite(switch, "15550001")
    other = second.incoming(timeout=6)
    if time.monotonic() - began > 5.5:
        raise Unexpected("it took the whole timeout_1xx")
    taken_by(stage, leg, other)


@scenario("the first vendor says nothing for timeout_1xx: the second takes the call")
def silent_vendor(stage):
    switch = stage.start_switch(vendors=2, routes={0: {"timeout_1xx": "1s"}})
    caller, first, second = stage.party(), stage.vendor(0), stage.vendor(1)
    began = time.monotonic()
    leg = caller.invite(switch, "15550001")
    first.incoming()
    other = second.incoming(timeout=6)
    waited = time.monotonic() - began
    if not 0.9 < waited < 2.0:
        raise Unexpected(f"the second vendor was tried after {waited:.2f} s, not after 1 s")
    taken_by(stage, leg, other)


@scenario("the first vendor rings for longer than timeout_2xx: it is cancelled and the second takes the call")
def ringing_vendor(stage):
    switch = stage.start_switch(vendors=2, routes={0: {"timeout_2xx": "2s"}})
    caller, first, second = stage.party(), stage.vendor(0), stage.vendor(1)
    leg = caller.invite(switch, "15550001")
    slow = first.incoming()
    slow.reply(180, "Ringing")
    invite = slow.invite
    slow.receive("CANCEL", timeout=5)
    slow.reply(200, "OK")
    slow.reply(487, "Request Terminated", to=invite)
    slow.receive("ACK")
    taken_by(stage, leg, second.incoming())


def stops_at(stage, status):
    switch = stage.start_switch(vendors=2)
    caller, first, second = stage.party(), stage.vendor(0), stage.vendor(1)
    leg = caller.invite(switch, "15550001")
    refuse(first, status)
    answer = leg.final()
    if answer.status != status:
        raise Unexpected(f"{status} became {answer}")
    leg.ack(answer)
    second.silent_for(0.4)


@scenario("486 ends the hunt: the second vendor is not tried")
def busy_stops(stage):
    stops_at(stage, 486)


@scenario("603 ends the hunt: the second vendor is not tried (RFC 3261 16.7)")
def decline_stops(stage):
    stops_at(stage, 603)


@scenario("when all vendors refuse, the caller gets the best of their answers")
def best_answer(stage):
    switch = stage.start_switch(vendors=3)
    caller = stage.party()
    vendors = [stage.vendor(n) for n in range(3)]
    leg = caller.invite(switch, "15550001")
    for vendor, status in zip(vendors, (503, 404, 500)):
        refuse(vendor, status)
    answer = leg.final()
    if answer.status != 404:
        raise Unexpected(f"the best of 503, 404 and 500 is 404, the caller got {answer}")
    leg.ack(answer)


@scenario("one caller, one call: failover shows the caller one dialog and no second 100-199 out of order")
def one_dialog(stage):
    switch = stage.start_switch(vendors=2)
    caller, first, second = stage.party(), stage.vendor(0), stage.vendor(1)
    leg = caller.invite(switch, "15550001")
    one = first.incoming()
    one.reply(180, "Ringing")
    ringing = leg.wait(180)
    one.reply(503, "Gone")
    one.receive("ACK")
    other = second.incoming()
    other.reply(200, "OK", body=other.description())
    answer = leg.wait(200)
    if tag_of(ringing.get("to")) != tag_of(answer.get("to")):
        raise Unexpected("the To tag changed within one leg of the caller")
    leg.ack(answer)
    other.receive("ACK")
    end(leg, other)


def challenged(stage, status, challenge_name, credentials_name, algorithm):
    switch = stage.start_switch(connections={0: {"username": "martlet", "password": "vendor-secret"}})
    caller, vendor = stage.party(), stage.vendor()
    leg = caller.invite(switch, "15550001")
    challenge = f'Digest realm="carrier", nonce="abc{algorithm}", qop="auth", algorithm={algorithm}'
    refuse(vendor, status, headers=(f"{challenge_name}: {challenge}",))
    other = vendor.incoming()
    given = other.invite.get(credentials_name)
    fields = dict(re.findall(r'(\w+)="?([^",\s]+)"?', given))
    if not given:
        raise Unexpected(f"the second INVITE carries no {credentials_name}")
    wanted = digest(challenge, "INVITE", fields["uri"], "martlet", "vendor-secret", int(fields["nc"], 16), fields["cnonce"])
    if f'response="{fields["response"]}"' not in wanted:
        raise Unexpected(f"the digest is wrong: {given}")
    taken_by(stage, leg, other)


@scenario("a vendor's 407 is answered with credentials (RFC 3261 22.3)")
def vendor_challenges_407(stage):
    challenged(stage, 407, "Proxy-Authenticate", "Proxy-Authorization", "MD5")


@scenario("a vendor's 401 with SHA-256 is answered with credentials (RFC 8760)")
def vendor_challenges_401(stage):
    challenged(stage, 401, "WWW-Authenticate", "Authorization", "SHA-256")


@scenario("a vendor that challenges again and again is given up, and the caller is not asked for its password")
def endless_challenge(stage):
    switch = stage.start_switch(connections={0: {"username": "martlet", "password": "wrong"}})
    caller, vendor = stage.party(), stage.vendor()
    leg = caller.invite(switch, "15550001")
    for turn in range(2):
        refuse(vendor, 407, headers=(f'Proxy-Authenticate: Digest realm="carrier", nonce="turn{turn}", qop="auth", algorithm=MD5',))
    answer = leg.final()
    if answer.get("proxy-authenticate") or answer.get("www-authenticate") or answer.status < 400:
        raise Unexpected(f"the caller got {answer} with {answer.fields}")
    leg.ack(answer)
    vendor.silent_for(0.3, lambda message: message.method == "INVITE")
