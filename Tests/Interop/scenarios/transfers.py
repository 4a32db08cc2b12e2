"""Transfers by REFER in both directions, and calls that are taken over by INVITE with Replaces."""

import re
import time
import urllib.parse

from harness import scenario
from peers import audio
from peers.audio import windows_of
from peers.baresip import ADDRESS, Baresip
from peers.phone import Phone, talk
from peers.sip import Unexpected, tag_of

TARGET = "15550042"
NUMBERS = {"blind-transfer": "7011", "attended-transfer": "7012", "echo": "7001", "retrievable-transfer": "7013"}
SUCCESSOR = "15550043"


def serving(stage, account=None, rules=None, caller=None, **parameters):
    """The endpoint of a switch whose applications transfer to `TARGET`."""
    given = {"to": TARGET, **parameters}
    extra = {
        "users": [{"id": "u-1", "customer": 2, "account": 3, "token": "t", "secret": "s"}],
        "applications": [
            {"id": f"a-{name}", "name": name, "builtin": name, "user": "u-1", "parameters": given} for name in NUMBERS
        ],
        "dids": [{"number": number, "application": name} for name, number in NUMBERS.items()],
    }
    if account:
        extra["accounts"] = account
    options = {"rules": rules, "caller": caller}
    return stage.start_switch(extra=extra, **{name: value for name, value in options.items() if value})


def referred(stage, name="blind-transfer", **parameters):
    """A call of the application, up to its REFER, which is not answered yet: (phone, REFER)."""
    switch = serving(stage, **parameters)
    phone = Phone.dialled(stage.party(), switch, NUMBERS[name])
    refer = phone.leg.receive("REFER")
    if not refer.get("refer-to") or NUMBERS[name] not in refer.get("referred-by"):
        raise Unexpected(f"REFER has {refer.get('refer-to')!r} and {refer.get('referred-by')!r}")
    return phone, refer


def notify(leg, status, state="active;expires=60", answered=200):
    """Tells how the transfer goes, and expects an answer."""
    leg.send(
        "NOTIFY", body=f"SIP/2.0 {status}\r\n".encode(), content_type="message/sipfrag",
        headers=["Event: refer", f"Subscription-State: {state}"])
    answer = leg.wait(range(200, 700), cseq="NOTIFY")
    if answer.status != answered:
        raise Unexpected(f"NOTIFY was answered {answer}")


def expect_busy_tone(phone):
    phone.forget()
    phone.talk(5, until=phone.has_heard_bye)
    phone.leg.expect_hang_up()
    hits, _ = windows_of(phone.heard(), 425)
    if hits < 10:
        raise Unexpected(f"the busy tone was heard for {hits} windows")


def expect_conversation(stays, successor, settling, baresip=None):
    """Who stays and its successor hear each other, once that many seconds have passed."""
    talk([(stays, 500), (successor, 800)], settling)
    stays.forget()
    successor.forget()
    talk([(stays, 500), (successor, 800)], 1.5)
    for name, samples, frequency in [("one that stays", stays.heard(), 800), ("successor", successor.heard(), 500)]:
        if windows_of(samples, frequency)[0] < 10:
            raise Unexpected(
                f"the {name} hears {windows_of(samples, frequency)[0]} windows of the other"
                + (f": {baresip.said()[-600:]}" if baresip else ""))


@scenario("a blind transfer: REFER, 202, notifications of 100, 180 and 200, then a BYE")
def blind_success(stage):
    phone, refer = referred(stage)
    if TARGET not in refer.get("refer-to"):
        raise Unexpected(f"Refer-To is {refer.get('refer-to')}")
    phone.leg.reply(202, "Accepted", to=refer)
    notify(phone.leg, "100 Trying")
    notify(phone.leg, "180 Ringing")
    phone.leg.party.silent_for(0.3)
    notify(phone.leg, "200 OK", "terminated;reason=noresource")
    phone.leg.expect_hang_up()
    record = stage.expect_records(1)[0]
    if record["ended_by"] != "application" or record["status"] != 200:
        raise Unexpected(f"ended by {record['ended_by']} with {record['status']}")


@scenario("a blind transfer to a busy target: the caller is still there, and hears the busy tone")
def blind_busy(stage):
    phone, refer = referred(stage)
    phone.leg.reply(202, "Accepted", to=refer)
    notify(phone.leg, "100 Trying")
    notify(phone.leg, "486 Busy Here", "terminated;reason=noresource")
    expect_busy_tone(phone)


@scenario("a blind transfer that the telephone does not know: 501, and the busy tone")
def blind_refused(stage):
    phone, refer = referred(stage)
    phone.leg.reply(501, "Not Implemented", to=refer)
    expect_busy_tone(phone)


@scenario("a blind transfer of which nothing is heard after the 202 is given up in time")
def blind_silent(stage):
    phone, refer = referred(stage, timeout="2")
    phone.leg.reply(202, "Accepted", to=refer)
    began = time.monotonic()
    phone.talk(1.5)
    phone.forget()
    took = 1.5 + phone.talk(6, until=phone.has_heard_bye)
    phone.leg.expect_hang_up()
    hits, _ = windows_of(phone.heard(), 425)
    if hits < 10 or not 4.5 <= took <= 6:
        raise Unexpected(f"{hits} windows of the busy tone in {time.monotonic() - began:.1f} s")


@scenario("notifications that overtake the 202 count, and the 202 after them does no harm")
def notify_before_accepted(stage):
    phone, refer = referred(stage)
    notify(phone.leg, "100 Trying")
    notify(phone.leg, "200 OK", "terminated;reason=noresource")
    phone.leg.reply(202, "Accepted", to=refer)
    phone.leg.expect_hang_up()
    stage.expect_records(1)


@scenario("an attended transfer: Refer-To names the target's dialog, which an INVITE with it takes over")
def attended(stage):
    switch = serving(stage)
    vendor = stage.vendor()
    phone = Phone.dialled(stage.party(), switch, NUMBERS["attended-transfer"])
    leg = vendor.incoming()
    target = Phone.taken(leg)
    refer = phone.leg.receive("REFER")
    match = re.fullmatch(r"<([^?>]*)\?Replaces=([^&>]*)>", refer.get("refer-to"))
    if not match:
        raise Unexpected(f"Refer-To is {refer.get('refer-to')}")
    replaces = urllib.parse.unquote(match.group(2))
    wanted = f"{leg.call_id};to-tag={leg.tag};from-tag={tag_of(leg.invite.get('from'))}"
    if match.group(1) != leg.contact.strip("<>") or replaces != wanted:
        raise Unexpected(f"Refer-To is {refer.get('refer-to')}, not {leg.contact} with {wanted}")
    phone.leg.reply(202, "Accepted", to=refer)
    notify(phone.leg, "100 Trying")
    if target.leg.hang_up().status != 200:
        raise Unexpected("the target's BYE was refused")
    phone.leg.party.silent_for(0.3)
    notify(phone.leg, "200 OK", "terminated;reason=noresource")
    phone.leg.expect_hang_up()
    stage.expect_records(2)


@scenario("a REFER to an application that waits for none is 603, and the call goes on")
def refer_declined(stage):
    switch = serving(stage)
    phone = Phone.dialled(stage.party(), switch, NUMBERS["echo"])
    phone.leg.send("REFER", headers=[f"Refer-To: <sip:{TARGET}@{switch[0]}>"])
    answer = phone.leg.wait(range(200, 700), cseq="REFER")
    if answer.status != 603:
        raise Unexpected(f"REFER was answered {answer}")
    phone.forget()
    phone.talk(1, 660)
    if windows_of(phone.heard(), 660)[0] < 6:
        raise Unexpected("the echo is gone")
    if phone.leg.hang_up().status != 200:
        raise Unexpected("BYE was refused")


def expect_notification(leg, status):
    """The next NOTIFY, which is answered: it must tell this status."""
    told = leg.receive("NOTIFY")
    leg.reply(200, "OK", to=told)
    if told.get("event").split(";")[0] != "refer" or not told.body.startswith(f"SIP/2.0 {status} ".encode()):
        raise Unexpected(f"NOTIFY tells {told.get('event')!r} {told.body!r}, not {status}")
    return told


@scenario("the caller of a bridged call is put through by REFER: the callee talks to the target, audio passes")
def refer_bridged(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    leg = caller.invite(switch, "15550001")
    callee = Phone.taken(vendor.incoming())
    leg.ack(leg.final())
    leg.send("REFER", headers=[f"Refer-To: <sip:{TARGET}@{switch[0]}>"])
    answer = leg.wait(range(200, 700), cseq="REFER")
    if answer.status != 202:
        raise Unexpected(f"REFER was answered {answer}")
    expect_notification(leg, 100)
    third = vendor.incoming()
    if third.invite.body:
        raise Unexpected("the target was offered something")
    offer = third.description()
    third.reply(200, "OK", body=offer)
    reinvite = callee.leg.receive("INVITE")
    callee.leg.reply(200, "OK", body=callee.leg.description(port=callee.stream.port), to=reinvite)
    callee.leg.receive("ACK")
    if b"m=audio" not in third.receive("ACK").body:
        raise Unexpected("the target got no answer")
    expect_notification(leg, 200)
    if leg.hang_up().status != 200:
        raise Unexpected("the BYE of the caller was refused")
    if third.hang_up().status != 200:
        raise Unexpected("the BYE of the target was refused")
    callee.leg.expect_hang_up()
    stage.expect_records(1)


@scenario("the target of a channel's transfer hands its caller on by REFER: 202, the successor talks to the caller")
def refer_by_target(stage):
    switch = serving(stage)
    vendor = stage.vendor()
    phone = Phone.dialled(stage.party(), switch, NUMBERS["retrievable-transfer"])
    target = Phone.taken(vendor.incoming())
    talk([(phone, 500), (target, 800)], 0.6)
    target.leg.send("REFER", headers=[f"Refer-To: <sip:{SUCCESSOR}@{switch[0]}>"])
    answer = target.leg.wait(range(200, 700), cseq="REFER")
    if answer.status != 202:
        raise Unexpected(f"REFER was answered {answer}")
    expect_notification(target.leg, 100)
    leg = vendor.incoming()
    if SUCCESSOR not in leg.invite.start:
        raise Unexpected(f"the successor got {leg.invite.start}")
    third = Phone.taken(leg)
    expect_notification(target.leg, 200)
    if target.leg.hang_up().status != 200:
        raise Unexpected("the BYE of the target was refused")
    expect_conversation(phone, third, 0.4)
    if third.leg.hang_up().status != 200:
        raise Unexpected("the BYE of the successor was refused")
    phone.talk(2, until=phone.has_heard_bye)
    phone.leg.expect_hang_up()
    stage.expect_records(2)


@scenario("baresip hands on by /transfer whom a channel has connected it with, and its own call ends")
def refer_by_baresip(stage):
    switch = serving(stage, caller=ADDRESS)
    vendor = stage.vendor()
    plays = f"{stage.folder}/plays.wav"
    audio.write_tone(plays, 440)
    number = NUMBERS["retrievable-transfer"]
    phone = stage.keep(Baresip(
        stage.folder, "caller", 18000 + 10 * stage.options.network, plays=plays, seconds=12, commanded=True,
        dials=f"sip:{number}@{switch[0]}:{switch[1]}"))
    target = Phone.taken(vendor.incoming())
    target.talk(1, 800)
    if windows_of(target.heard(), 440)[0] < 5:
        raise Unexpected(f"the target hears nothing: {phone.said()[-600:]}")
    phone.command("transfer", f"sip:{SUCCESSOR}@{switch[0]}:{switch[1]}")
    leg = vendor.incoming()
    if SUCCESSOR not in leg.invite.start:
        raise Unexpected(f"the successor got {leg.invite.start}")
    third = Phone.taken(leg)
    expect_conversation(target, third, 0.6, phone)
    if third.leg.hang_up().status != 200:
        raise Unexpected("the BYE of the successor was refused")
    target.leg.expect_hang_up()
    stage.expect_records(2)
    if "terminated" not in phone.said():
        raise Unexpected(f"baresip's call goes on: {phone.said()[-600:]}")


def replacing(leg, party, switch, extra="", tag=None, **options):
    """An INVITE of `party` that wants to take the place of the dialog of `leg`."""
    value = f"{leg.call_id};to-tag={tag or tag_of(leg.remote)};from-tag={leg.tag}{extra}"
    return party.invite(switch, NUMBERS["echo"], headers=["Require: replaces", f"Replaces: {value}"], **options)


@scenario("an INVITE with Replaces takes over the call of an application, and the old caller is hung up")
def replaces_good(stage):
    switch = serving(stage)
    phone = Phone.dialled(stage.party(), switch, NUMBERS["echo"])
    newcomer = stage.party(port=5062)
    leg = replacing(phone.leg, newcomer, switch)
    answer = leg.final()
    leg.ack(answer)
    if answer.status != 200:
        raise Unexpected(f"the newcomer was answered {answer}")
    phone.leg.expect_hang_up()
    if leg.hang_up().status != 200:
        raise Unexpected("the newcomer's BYE was refused")
    stage.expect_records(1)


@scenario("Replaces of an unknown dialog is 481, of an answered one that should be early 486, of an ended one 603, of another account's 403")
def replaces_bad(stage):
    stranger = stage.address(7)
    rules = [
        {"id": 1, "account": 3, "remote_ip": f"{stage.caller_address}/32"},
        {"id": 2, "account": 4, "remote_ip": f"{stranger}/32"},
    ]
    accounts = [
        {"id": 3, "customer": 2, "authname": "alice", "voip_password": "alice-secret", "routing_group": 1},
        {"id": 4, "customer": 2, "authname": "bob", "voip_password": "bob-secret", "routing_group": 1},
    ]
    switch = serving(stage, account=accounts, rules=rules)
    party = stage.party()
    phone = Phone.dialled(party, switch, NUMBERS["echo"])
    foreign = stage.party(address=stranger)

    def expect(status, party, **options):
        leg = replacing(phone.leg, party, switch, **options)
        answer = leg.final()
        leg.ack(answer)
        if answer.status != status:
            raise Unexpected(f"the answer was {answer}, not {status}")

    expect(481, party, tag="nobody")
    expect(486, party, extra=";early-only")
    expect(403, foreign)
    phone.forget()
    phone.talk(1, 660)
    if windows_of(phone.heard(), 660)[0] < 6:
        raise Unexpected("the call that was not replaced is gone")
    if phone.leg.hang_up().status != 200:
        raise Unexpected("BYE was refused")
    expect(603, party)
