"""Who may call: digest of either kind, replayed credentials, strangers."""

import base64
import hashlib
import json
import pathlib
import re
import statistics
import time
import urllib.request

from harness import scenario
from peers.management import Management
from peers.sip import Unexpected, connect, digest, end
from peers.web import REST
from scenarios.rest import NUMBER, World

NOBODY_BY_ADDRESS = {"rules": []}
SIGNING_KEY = "whsec_" + base64.b64encode(b"a key of twenty-four bytes").decode()


def challenge(leg):
    """The switch's challenges to an INVITE, acknowledged: (name of the credentials' field, challenge) of each algorithm."""
    answer = leg.final()
    if answer.status not in (401, 407):
        raise Unexpected(f"not challenged but {answer}")
    leg.ack(answer)
    field, credentials = (
        ("www-authenticate", "Authorization") if answer.status == 401 else ("proxy-authenticate", "Proxy-Authorization")
    )
    challenges = answer.all(field)
    if not challenges:
        raise Unexpected(f"{answer} without a challenge")
    return credentials, {("SHA-256" if "SHA-256" in text.upper() else "MD5"): text for text in challenges}


def with_credentials(leg, credentials, text, password="alice-secret", user="alice", **options):
    value = digest(text, "INVITE", leg.target, user, password, **options)
    leg.send_invite(headers=(f"{credentials}: {value}",))


def goes_through(leg, vendor):
    other = vendor.incoming()
    connect(leg, other)
    for secret in (b"alice-secret", b"Authorization", b"response="):
        if any(secret in data for _, data, _ in vendor.heard):
            raise Unexpected(f"the vendor saw {secret}")
    end(leg, other)


@scenario("digest with MD5, answered by sipp (RFC 3665 3.3)")
def digest_by_sipp(stage):
    switch = stage.start_switch(**NOBODY_BY_ADDRESS)
    vendor = stage.sipp_vendor("uas-answers")
    stage.sipp_caller("uac-answers-the-challenge", switch, options=("-au", "alice", "-ap", "alice-secret")).finish()
    vendor.finish()


@scenario("digest with a wrong password, sent by sipp, is refused and no vendor hears of it")
def wrong_password(stage):
    switch = stage.start_switch(**NOBODY_BY_ADDRESS)
    vendor = stage.vendor()
    try:
        stage.sipp_caller("uac-answers-the-challenge", switch, options=("-au", "alice", "-ap", "wrong"), timeout=8).finish()
    except Unexpected:
        vendor.silent_for(0.3)
        return
    raise Unexpected("a wrong password was accepted")


@scenario("digest with SHA-256 (RFC 8760)")
def digest_sha256(stage):
    switch = stage.start_switch(**NOBODY_BY_ADDRESS)
    caller, vendor = stage.party(), stage.vendor()
    leg = caller.invite(switch, "15550001")
    credentials, challenges = challenge(leg)
    if set(challenges) != {"SHA-256", "MD5"}:
        raise Unexpected(f"not both algorithms are offered: {challenges}")
    with_credentials(leg, credentials, challenges["SHA-256"])
    goes_through(leg, vendor)


@scenario("credentials sent a second time, with the same nc, are refused")
def replayed_credentials(stage):
    switch = stage.start_switch(**NOBODY_BY_ADDRESS)
    caller, thief, vendor = stage.party(), stage.party(stage.address(7)), stage.vendor()
    leg = caller.invite(switch, "15550001")
    credentials, challenges = challenge(leg)
    value = digest(challenges["MD5"], "INVITE", leg.target, "alice", "alice-secret")
    leg.send_invite(headers=(f"{credentials}: {value}",))
    goes_through(leg, vendor)
    for party in (caller, thief):
        again = party.invite(switch, "15550001", headers=(f"{credentials}: {value}",))
        answer = again.final()
        if answer.status not in (401, 403, 407):
            raise Unexpected(f"replayed credentials got {answer}")
        again.ack(answer)
    vendor.silent_for(0.3, lambda message: message.method == "INVITE")


@scenario("a forged nonce is refused")
def forged_nonce(stage):
    switch = stage.start_switch(**NOBODY_BY_ADDRESS)
    caller, vendor = stage.party(), stage.vendor()
    forged = 'Digest realm="martlet", nonce="0123456789abcdef0123456789abcdef", qop="auth", algorithm=MD5'
    leg = caller.invite(switch, "15550001", headers=(
        "Authorization: " + digest(forged, "INVITE", "sip:15550001@x", "alice", "alice-secret"),))
    answer = leg.final()
    if answer.status not in (401, 407):
        raise Unexpected(f"a forged nonce got {answer}")
    leg.ack(answer)
    vendor.silent_for(0.3)


@scenario("an unknown user and a wrong password get the same answer, in the same time")
def no_user_oracle(stage):
    switch = stage.start_switch(**NOBODY_BY_ADDRESS)
    caller = stage.party()
    shapes, times = {}, {"alice": [], "nobody": []}
    for _ in range(4):  # ten wrong answers within a minute would be met with silence
        for user in times:
            leg = caller.invite(switch, "15550001")
            credentials, challenges = challenge(leg)
            began = time.monotonic()
            with_credentials(leg, credentials, challenges["MD5"], password="wrong", user=user)
            answer = leg.wait(range(200, 700), timeout=3)
            times[user].append(time.monotonic() - began)
            shapes.setdefault(user, (answer.status, [name for name, _ in answer.fields]))
            leg.ack(answer)
    if shapes["alice"] != shapes["nobody"]:
        raise Unexpected(f"the answers differ: {shapes}")
    difference = abs(statistics.median(times["alice"]) - statistics.median(times["nobody"]))
    if difference > 0.003:
        raise Unexpected(f"the median answers differ by {difference * 1000:.2f} ms")


@scenario("a flood of INVITEs without credentials never reaches a vendor, and a good call goes through after it", slow=True)
def flood_without_credentials(stage):
    switch = stage.start_switch(**NOBODY_BY_ADDRESS)
    stranger, vendor = stage.party(stage.address(66)), stage.vendor()
    stage.switch.answers(stage.address(8))
    before = stage.switch.resident_memory()
    leg = stranger.invite(switch, "15550001")
    leg.ack(leg.final())
    for number in range(stage.options.flood):
        leg.call_id = f"flood-{number}@{stranger.address}"
        leg.remote = "<sip:15550001@flood>"
        leg.send("INVITE", body=leg.offer)
        if number % 50 == 49:
            time.sleep(0.02)
            drain(stranger)
    time.sleep(0.5)
    drain(stranger)
    vendor.silent_for(0.5)
    if len(vendor.heard):
        raise Unexpected(f"{len(vendor.heard)} packets reached the vendor")
    if not stage.switch.answers(stage.address(8)):
        raise Unexpected("the switch answers no more")
    grown = stage.switch.resident_memory() - before
    if grown > 100 * 1024:
        raise Unexpected(f"the switch grew by {grown} KiB")
    caller = stage.party()
    good = caller.invite(switch, "15550001")
    credentials, challenges = challenge(good)
    with_credentials(good, credentials, challenges["MD5"])
    goes_through(good, vendor)


def drain(party):
    """Forgets what a party has heard so far."""
    while True:
        heard = len(party.heard)
        party.listen(0)
        if len(party.heard) == heard:
            break
    party.heard.clear()
    party.waiting.clear()
    party.seen.clear()


@scenario("an answer to a stranger is at most three times the size of the question")
def no_amplifier(stage):
    switch = stage.start_switch(**NOBODY_BY_ADDRESS)
    stranger = stage.party(stage.address(66))
    for method in ("INVITE", "OPTIONS", "REGISTER", "MESSAGE", "SUBSCRIBE"):
        request = (
            f"{method} sip:x@{switch[0]} SIP/2.0\r\nVia: SIP/2.0/UDP {stranger.address};branch=z9hG4bK{method}\r\n"
            f"From: <sip:a@b>;tag=1\r\nTo: <sip:x@b>\r\nCall-ID: small-{method}\r\nCSeq: 1 {method}\r\nMax-Forwards: 70\r\n\r\n"
        ).encode()
        heard = len(stranger.heard)
        stranger.send(request, switch)
        until = time.monotonic() + 0.4
        while time.monotonic() < until:
            stranger.listen(0.1)
        first = {}
        for _, data, _ in stranger.heard[heard:]:
            first.setdefault(data.split(b"\r\n")[0], len(data))
        if sum(first.values()) > 3 * len(request):
            raise Unexpected(f"{method} of {len(request)} bytes was answered with {first}")


@scenario("a callee that challenges our BYE learns nothing of any password (CVE-2021-41158)")
def no_digest_leak(stage):
    leg, other = stage.invited(connections={0: {"username": "martlet", "password": "vendor-secret"}})
    connect(leg, other)
    other.send("BYE")
    leg.receive("BYE")
    leg.reply(407, "Proxy Authentication Required", headers=('Proxy-Authenticate: Digest realm="martlet", nonce="n", qop="auth"',))
    leg.party.silent_for(0.6, lambda message: message.get("proxy-authorization") or message.get("authorization"))


@scenario("no password, hash, response or key is in the log at its loudest, in records, metrics, events or listings")
def secrets(stage):
    url = "http://hook-user:hook-secret@%s:9000/events" % stage.address(60)
    world = World(
        stage, {"incoming_call_url": url}, rules=[],
        configuration={"log": {"level": "trace"}, "webhooks": {"signing_key": SIGNING_KEY, "allow_private_addresses": True}})
    caller = stage.party()
    leg = caller.invite(world.endpoint, NUMBER, user="alice")
    credentials, challenges = challenge(leg)
    value = digest(challenges["MD5"], "INVITE", leg.target, "alice", "alice-secret")
    leg.send_invite(headers=(f"{credentials}: {value}",))
    leg.ack(leg.wait(200))
    realm = re.search(r'realm="([^"]*)"', challenges["MD5"]).group(1)
    wrong = caller.invite(world.endpoint, NUMBER, user="alice")
    credentials, challenges = challenge(wrong)
    with_credentials(wrong, credentials, challenges["MD5"], password="wrong-secret")
    wrong.ack(wrong.final())
    call, phone = world.answered(callbackUrl=url)
    REST(stage.switch, secret="wrong-secret").expect(401, "GET", "/calls")
    if Management(stage.switch).over_urllib().listAllCalls({"i_customer": 1}) == []:
        raise Unexpected("no call is listed")
    shown = stage.command("calls", "--json")[1]
    world.rest.post(f"/calls/{call}", {"state": "completed"})
    phone.leg.expect_hang_up()
    world.over(call, "NORMAL_CLEARING")
    leg.hang_up()
    told = json.dumps([world.receiver.events, world.rest.get(f"/calls/{call}"), world.rest.get("/applications")])
    metrics = urllib.request.urlopen("http://%s:8080/metrics" % stage.switch_address, timeout=10).read().decode()
    records = json.dumps([stage.expect_records(2), stage.switch.route_attempts()])
    log = pathlib.Path(stage.folder, "martlet.log").read_text(errors="replace")
    hashed = hashlib.md5(f"alice:{realm}:alice-secret".encode()).hexdigest()
    answered = re.search(r'response="([^"]*)"', value).group(1)
    basic = base64.b64encode(b"t-acme:s-acme").decode()
    for secret in ("alice-secret", "root-secret", "s-acme", "hook-secret", "wrong-secret", SIGNING_KEY[6:], hashed, answered, basic):
        for place, text in (("log", log), ("events", told), ("records", records), ("metrics", metrics), ("listing", shown)):
            if secret in text and not (place == "events" and secret == "hook-secret"):
                line = next(line for line in text.splitlines() if secret in line)
                raise Unexpected(f"{secret} is in the {place}: {line[:300]}")


@scenario("what belongs to another user is answered like what there is not, whatever is asked of it")
def foreign_objects(stage):
    world = World(stage)
    other = REST(stage.switch, user="u-other", token="t-other", secret="s-other")
    call, phone = world.answered(recordingEnabled=True)
    bridge = world.rest.create("/bridges", {})
    conference = world.rest.create("/conferences", {"from": "+" + NUMBER})
    asked = [
        ("GET", "/calls/{}", call, None), ("POST", "/calls/{}", call, {"state": "completed"}),
        ("POST", "/calls/{}/audio", call, {"sentence": "hello"}), ("POST", "/calls/{}/dtmf", call, {"dtmfOut": "1"}),
        ("POST", "/calls/{}/gather", call, {"maxDigits": 1}), ("GET", "/calls/{}/events", call, None),
        ("GET", "/calls/{}/recordings", call, None), ("GET", "/bridges/{}", bridge, None),
        ("POST", "/bridges/{}", bridge, {"callIds": []}), ("GET", "/conferences/{}", conference, None),
        ("POST", "/conferences/{}", conference, {"state": "completed"}),
        ("POST", "/conferences/{}/members", conference, {"callId": call}),
    ]
    for method, path, name, body in asked:
        unknown = name[:-3] + "xyz"
        found, nothing = (other.request(method, path.format(id), body) for id in (name, unknown))
        if found.status != 404 or found.status != nothing.status or found.body.replace(name.encode(), unknown.encode()) != nothing.body:
            raise Unexpected(f"{method} {path}: {found}, and of what is not there {nothing}")
    if world.rest.get(f"/calls/{call}")["state"] != "active":
        raise Unexpected("a stranger ended the call")
    world.rest.post(f"/calls/{call}", {"state": "completed"})
    phone.leg.expect_hang_up()
    world.over(call, "NORMAL_CLEARING")
