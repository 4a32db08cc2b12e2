"""What one side of a call may learn of the other: nothing but what the call is about."""

import re
import time

from harness import scenario
from peers.sip import Leg, Unexpected, connect, end, tag_of

DIRECT = {"media": {"mode": "direct"}}


def private_words(leg, party):
    """What must not cross: the party's address, its Call-ID and its tag."""
    return [party.address.encode(), leg.call_id.encode(), leg.tag.encode()]


@scenario("nothing of the caller's network reaches the callee, and nothing of the callee's reaches the caller")
def topology(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    leg = caller.invite(switch, "15550001", headers=(
        "Via: SIP/2.0/UDP inner.caller.example:5060;branch=z9hG4bKinner-caller",
        "Record-Route: <sip:proxy.caller.example;lr>",
        "Route: <sip:" + switch[0] + ":" + str(switch[1]) + ";lr>",
        "User-Agent: caller-phone-7",
        "Organization: caller-organisation",
        "X-Caller-Secret: caller-extension-header",
        "Call-Info: <http://caller.example/photo.jpg>;purpose=icon",
    ))
    other = vendor.incoming()
    other.reply(180, "Ringing", headers=("Server: callee-server-3", "X-Callee-Secret: callee-extension-header"))
    leg.wait(180)
    other.reply(200, "OK", body=other.description(), headers=(
        "Record-Route: <sip:proxy.callee.example;lr>", "Server: callee-server-3", "Warning: 399 callee.example callee-warning",
    ))
    answer = leg.wait(200)
    leg.ack(answer)
    other.receive("ACK")
    leg.send_invite(body=leg.description(version=2))
    other.receive("INVITE")
    other.reply(200, "OK", body=other.description(version=2))
    leg.ack(leg.wait(200))
    other.receive("ACK")
    end(leg, other)
    crossed(vendor, private_words(leg, caller) + [b"caller.example", b"inner-caller", b"caller-phone", b"caller-organisation",
                                                  b"caller-extension"])
    crossed(caller, private_words(other, vendor) + [b"callee.example", b"callee-server", b"callee-extension", b"callee-warning"])


def crossed(party, words):
    """Fails when `party` heard one of `words`."""
    for _, data, _ in party.heard:
        for word in words:
            if word in data:
                line = next(line for line in data.split(b"\r\n") if word in line)
                raise Unexpected(f"{party.address} saw {word!r} in {line!r}")


@scenario("with media passing directly only the session descriptions name the other side's address")
def topology_with_direct_media(stage):
    leg, other = stage.invited(configuration=DIRECT)
    connect(leg, other)
    end(leg, other)
    for party, foreign in ((other.party, leg.party), (leg.party, other.party)):
        for _, data, _ in party.heard:
            if foreign.address.encode() in data.partition(b"\r\n\r\n")[0]:
                raise Unexpected(f"{party.address} saw {foreign.address} in a header")


def lines_of(party):
    return [line for _, data, _ in party.heard for line in re.split(rb"\r\n|\r|\n", data.partition(b"\r\n\r\n")[0])]


@scenario("no CR, LF or NUL in a name or a number begins a line of its own at the callee (CVE-2020-28361 and its kind)")
def header_injection(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    names = [
        '"Eve\\\r\nX-Injected: 1" <sip:2025550100@%s>', '"Eve%%0d%%0aX-Injected: 1" <sip:2025550100@%s>',
        '"Eve\\\nX-Injected: 1" <sip:2025550100@%s>', '"Eve\r\n X-Injected: 1" <sip:2025550100@%s>',
        '"Eve\0X-Injected: 1" <sip:2025550100@%s>', '"Eve\\"\\\\" <sip:2025550100@%s>',
        '"Eve" <sip:20255%%0d%%0aX-Injected:%%201@%s>', '"Eve" <sip:2025550100@%s?X-Injected=1>',
        '"Eve" <sip:20255%%00X-Injected@%s>', '"Eve <sip:x@y>\\"\r\n\tX-Injected: 1" <sip:2025550100@%s>',
    ]
    numbers = ["15550001%0d%0aX-Injected:%201", "15550001%0aX-Injected:%201", "15550001%00X-Injected", "1555%22%3e%3cX-Injected"]
    for name in names:
        attempt(caller, vendor, switch, "15550001", name % caller.address)
    for number in numbers:
        attempt(caller, vendor, switch, number, None)
    for line in lines_of(vendor):
        if line.lstrip().lower().startswith(b"x-injected"):
            raise Unexpected(f"injected: {line!r}")
        if b"\0" in line:
            raise Unexpected(f"a NUL reached the callee: {line!r}")
    if not stage.switch.answers(stage.address(8)):
        raise Unexpected("the switch answers no more")


def attempt(caller, vendor, switch, number, local):
    """One call with a hostile name or number. Whether it is refused or taken does not matter."""
    leg = caller.invite(switch, number, **({"local": f"{local};tag=x{time.monotonic_ns()}"} if local else {}))
    until = time.monotonic() + 3
    while time.monotonic() < until:
        vendor.listen(0.05)
        caller.listen(0.05)
        finals = [m for m in caller.waiting if m.is_response and m.status >= 200 and m.call_id == leg.call_id and m.method == "INVITE"]
        if finals:
            caller.waiting.remove(finals[0])
            leg.ack(finals[0])
            return
        incoming = [m for m in vendor.waiting if m.method == "INVITE" and not m.is_response and not m.duplicate]
        if incoming:
            other = vendor.incoming()
            other.reply(486, "Busy Here")
            other.receive("ACK")


@scenario("headers of the caller that name an identity are not passed on unless it is trusted")
def identity_headers(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    leg = caller.invite(switch, "15550001", headers=("P-Asserted-Identity : <sip:forged@evil.example>", "Identity: forged-passport"))
    other = vendor.incoming()
    other.reply(486, "Busy Here")
    other.receive("ACK")
    leg.ack(leg.final())
    crossed(vendor, [b"forged@evil.example", b"forged-passport"])


@scenario("Max-Forwards goes down by one, and a request with none left is refused with 483 (RFC 3261 8.1.1.6)")
def max_forwards(stage):
    leg, other = stage.invited()
    if other.invite.get("max-forwards") != "69":
        raise Unexpected(f"Max-Forwards 70 became {other.invite.get('max-forwards')}")
    other.reply(486, "Busy Here")
    other.receive("ACK")
    leg.ack(leg.final())
    last = Leg.calling(leg.party, leg.switch, "15550001", "2025550100")
    data = last.request("INVITE", body=last.description()).replace(b"Max-Forwards: 70", b"Max-Forwards: 0")
    leg.party.send(data, leg.switch)
    answer = last.final()
    if answer.status != 483:
        raise Unexpected(f"Max-Forwards 0 got {answer}")
    other.party.silent_for(0.3)


@scenario("To and From tags of the two legs differ, and so do their Call-IDs")
def legs_are_two_dialogs(stage):
    leg, other = stage.invited()
    if other.call_id == leg.call_id or tag_of(other.invite.get("from")) == leg.tag:
        raise Unexpected("the callee's leg reuses the caller's identifiers")
    other.reply(486, "Busy Here")
    other.receive("ACK")
    leg.ack(leg.final())
