"""Calls that the switch places itself, asked for through XML-RPC: who hears what, and how they end."""

import time
import xmlrpc.client

from harness import scenario
from peers.rtp import Stream
from peers.sip import Unexpected, audio_endpoint, end, sdp

ORDER = {"authname": "alice", "cld_first": "2025550101", "cld_second": "15550002", "credit_time": 600}


def trusted(stage, vendors=2, configuration=None, **options):
    """A switch whose XML-RPC trusts the loopback network, and a client of it; by default one vendor per party."""
    options.setdefault("routes", {0: {"prefix": "202"}, 1: {"prefix": "1555"}})
    settings = {"http": {"trusted_hosts": ["127.0.0.0/8"]}, **(configuration or {})}
    stage.start_switch(vendors=vendors, configuration=settings, **options)
    return xmlrpc.client.ServerProxy(f"http://{stage.switch_address}:8080/xmlapi/xmlapi", allow_none=True)


def number_of(message):
    """The number that a Request-URI dials."""
    return message.start.split("sip:")[1].split("@")[0]


def ordered(stage, **options):
    """A callback that has reached its first party: (client, id of the request, leg of the first party, second party)."""
    client = trusted(stage, **options)
    first_party, second_party = stage.vendor(0), stage.vendor(1)
    answer = client.make2WayCallback(ORDER)
    if answer["result"] != "OK":
        raise Unexpected(f"make2WayCallback: {answer}")
    first = first_party.incoming()
    if number_of(first.invite) != ORDER["cld_first"] or ORDER["cld_second"] not in first.invite.get("from"):
        raise Unexpected(f"the first party got {first.invite.start} from {first.invite.get('from')}")
    return client, answer["i_callback_request"], first, second_party


def status(client, request, *expected, timeout=5):
    """The status of a callback as soon as it is one of those expected."""
    until = time.monotonic() + timeout
    while time.monotonic() < until:
        found = client.getCallbackStatus({"i_callback_request": request, "fetch_cdrs": True})
        if found["call_status"] in expected:
            return found
        time.sleep(0.05)
    raise Unexpected(f"the callback is {found}, not {expected}")


def both_up(stage, near_formats="0 8 101", far_formats="0 8 101", **options):
    """A callback whose parties have answered: (client, request, legs of both, their streams)."""
    client, request, first, second_party = ordered(stage, **options)
    near, far = Stream(first.party.address), Stream(second_party.address)
    status(client, request, "calling_first")
    first.reply(180, "Ringing")
    first.reply(200, "OK", body=sdp(near.address, near.port, formats=near_formats))
    first.receive("ACK")
    second = second_party.incoming()
    if number_of(second.invite) != ORDER["cld_second"] or ORDER["cld_first"] not in second.invite.get("from"):
        raise Unexpected(f"the second party got {second.invite.start} from {second.invite.get('from')}")
    status(client, request, "calling_second")
    second.reply(180, "Ringing")
    second.reply(200, "OK", body=sdp(far.address, far.port, formats=far_formats))
    second.receive("ACK")
    return client, request, first, second, near, far


def speak(near, to_near, far, to_far, payload_type=0):
    """Both ends send 40 packets and have to hear those of the other end, with their contents."""
    for n in range(40):
        near.send(to_near, bytes([n]) * 160, payload_type)
        far.send(to_far, bytes([0x80 | n]) * 160, payload_type)
        time.sleep(0.02)
        near.drain()
        far.drain()
    time.sleep(0.1)
    near.drain()
    far.drain()
    heard, echoed = near.payloads.get(far.ssrc, []), far.payloads.get(near.ssrc, [])
    for name, payloads, base in (("first", heard, 0x80), ("second", echoed, 0)):
        if len(payloads) < 39 or payloads[-1] != bytes([base | 39]) * 160:
            raise Unexpected(f"the {name} party heard {len(payloads)} packets")


def outcome(client, request, stage, step, sentence):
    """The status and the one record of a callback that is over."""
    found = status(client, request, step)
    record = stage.expect_records(1)[0]
    if len(found["cdrs"]) != 1 or found["cdrs"][0]["i_cdr"] != str(record["id"]):
        raise Unexpected(f"the records are {found['cdrs']}")
    if record["origin"] != "callback" or sentence not in found["explanation"]:
        raise Unexpected(f"{record['origin']}: {found['explanation']}")
    return found, record


@scenario("a callback calls one party, then the other, and both hear each other through the relay")
def callback_talks(stage):
    client, request, first, second, near, far = both_up(stage)
    to_near, to_far = audio_endpoint(first.invite.body), audio_endpoint(second.invite.body)
    if to_near[0] != stage.switch_address or to_far[0] != stage.switch_address:
        raise Unexpected(f"the relay is at {to_near} and {to_far}")
    call = next(iter(client.listActiveCalls({"i_customer": 1})))
    if call["CC_STATE"] != "Connected" or call["CALL_ID"] != first.call_id or call["CLI"] != ORDER["cld_first"] \
            or call["CLD"] != ORDER["cld_second"] or call["I_ACCOUNT"] != 3:
        raise Unexpected(f"the call is listed as {call}")
    status(client, request, "connected")
    speak(near, to_near, far, to_far)
    end(second, first)
    found, record = outcome(client, request, stage, "completed", "The second party hung up after")
    attempts = [(row["party"], row["connection"], row["outcome"]) for row in stage.switch.route_attempts()]
    if attempts != [("caller", 1, "connected"), ("callee", 2, "connected")] or found["call_result"] != "NORMAL":
        raise Unexpected(f"{found['call_result']} after {attempts}")
    if record["caller_packets"] < 39 or record["callee_packets"] < 39:
        raise Unexpected(f"{record['caller_packets']} and {record['callee_packets']} packets are counted")


@scenario("when the first party of a callback is busy, the second is never called")
def callback_first_busy(stage):
    client, request, first, second_party = ordered(stage)
    first.reply(486, "Busy Here")
    first.receive("ACK")
    second_party.silent_for(1)
    found, _ = outcome(client, request, stage, "failed", "The first party refused with 486")
    if found["call_result"] != "BUSY":
        raise Unexpected(f"the result is {found['call_result']}")


@scenario("when the second party of a callback is busy, the first gets a BYE with the reason")
def callback_second_busy(stage):
    client, request, first, second_party = ordered(stage)
    first.reply(200, "OK", body=first.description())
    first.receive("ACK")
    second = second_party.incoming()
    second.reply(486, "Busy Here")
    second.receive("ACK")
    bye = first.expect_hang_up()
    if "cause=17" not in bye.get("reason"):
        raise Unexpected(f"the BYE has the reason {bye.get('reason')!r}")
    outcome(client, request, stage, "failed", "The second party refused with 486")


@scenario("a callback is cancelled while the first party rings, and is over for everybody")
def callback_cancelled(stage):
    client, request, first, second_party = ordered(stage)
    first.reply(180, "Ringing")
    if client.cancelCallback({"i_callback_request": request}) != {"result": "OK"}:
        raise Unexpected("cancelCallback was not OK")
    first.expect_cancel()
    second_party.silent_for(0.5)
    found, _ = outcome(client, request, stage, "failed", "Ended through the API before the first party answered")
    if found["call_result"] != "CANCELLED":
        raise Unexpected(f"the result is {found['call_result']}")
    try:
        client.cancelCallback({"i_callback_request": request})
    except xmlrpc.client.Fault:
        return
    raise Unexpected("a callback that is over was cancelled again")


@scenario("a callback is cancelled while the second party rings: CANCEL for one, BYE for the other")
def callback_cancelled_late(stage):
    client, request, first, second_party = ordered(stage)
    first.reply(200, "OK", body=first.description())
    first.receive("ACK")
    second = second_party.incoming()
    second.reply(180, "Ringing")
    client.cancelCallback({"i_callback_request": request})
    first.expect_hang_up()
    second.expect_cancel()
    outcome(client, request, stage, "failed", "Ended through the API before the second party answered")


@scenario("a second party that takes fewer codecs is offered to the first by re-INVITE, and they talk")
def callback_narrowed(stage):
    client, request, first, second, near, far = both_up(stage, far_formats="8 101")
    offer = first.receive("INVITE")
    if b"RTP/AVP 8 101" not in offer.body or audio_endpoint(offer.body)[0] != stage.switch_address:
        raise Unexpected(f"the first party is offered {offer.body!r}")
    first.reply(200, "OK", body=sdp(near.address, near.port, version=2, formats="8 101"), to=offer)
    first.receive("ACK")
    speak(near, audio_endpoint(offer.body), far, audio_endpoint(second.invite.body), payload_type=8)
    first.party.silent_for(1)
    end(first, second)
    outcome(client, request, stage, "completed", "The first party hung up after")


@scenario("without a relay the first party's INVITE is over before the second rings, and both learn where the other is")
def callback_direct(stage):
    client, request, first, second_party = ordered(stage, configuration={"media": {"mode": "direct"}})
    near, far = Stream(first.party.address), Stream(second_party.address)
    if first.invite.body:
        raise Unexpected(f"the first party is offered {first.invite.body!r}")
    first.reply(200, "OK", body=sdp(near.address, near.port))
    acknowledgement = first.receive("ACK")
    if b"c=IN IP4 0.0.0.0" not in acknowledgement.body or b"a=inactive" not in acknowledgement.body:
        raise Unexpected(f"the first party is answered {acknowledgement.body!r}")
    second = second_party.incoming()
    if audio_endpoint(second.invite.body) != (near.address, near.port):
        raise Unexpected(f"the second party is offered {second.invite.body!r}")
    second.reply(200, "OK", body=sdp(far.address, far.port))
    second.receive("ACK")
    offer = first.receive("INVITE")
    if audio_endpoint(offer.body) != (far.address, far.port):
        raise Unexpected(f"the first party is offered {offer.body!r}")
    first.reply(200, "OK", body=sdp(near.address, near.port, version=2), to=offer)
    first.receive("ACK")
    speak(near, (far.address, far.port), far, (near.address, near.port))
    end(first, second)
    outcome(client, request, stage, "completed", "The first party hung up after")


@scenario("a callback for later is placed when its time comes, also by the next process")
def callback_later(stage):
    client = trusted(stage)
    due = time.strftime("%Y%m%dT%H:%M:%S", time.gmtime(time.time() + 2))
    request = client.make2WayCallback({**ORDER, "next_call": due})["i_callback_request"]
    status(client, request, "scheduled")
    stage.switch.kill()
    stage.switch.start()
    first = stage.vendor(0).incoming(timeout=6)
    first.reply(486, "Busy Here")
    first.receive("ACK")
    outcome(client, request, stage, "failed", "The first party refused with 486")


@scenario("makeCall and its other names call CLI, then connect CLD, which is shown CLI; the call is ended by its ID")
def make_call(stage):
    client = trusted(stage)
    first_party, second_party = stage.vendor(0), stage.vendor(1)
    for name in ("makeCall", "call_control.makeCall", "make_call", "originate"):
        call = getattr(client, name)({"CLI": "2025550101", "CLD": "15550002", "i_account": 3, "billing_code": "x"})
        first = first_party.incoming()
        first.reply(200, "OK", body=first.description())
        first.receive("ACK")
        second = second_party.incoming()
        if "2025550101" not in second.invite.get("from"):
            raise Unexpected(f"the second party sees {second.invite.get('from')}")
        second.reply(200, "OK", body=second.description(formats="0 101"))
        second.receive("ACK")
        if client.disconnectCall({"ID": call["ID"]}) != {"result": "OK"}:
            raise Unexpected(f"call {call['ID']} was not found")
        first.expect_hang_up()
        second.expect_hang_up()
    records = stage.expect_records(4)
    if any(record["origin"] != "api" or record["ended_by"] != "api" for record in records):
        raise Unexpected(f"the records are {records}")
    for wrong in ({"CLI": "1", "CLD": "2"}, {"CLI": "1", "CLD": "2", "i_account": 99}, {"CLI": "1 1", "CLD": "2", "i_account": 3}):
        try:
            client.makeCall(wrong)
        except xmlrpc.client.Fault:
            continue
        raise Unexpected(f"{wrong} was taken")
