"""Audio through the relay: what is heard, what is counted, and what a stranger can do."""

import itertools
import time

from harness import scenario
from peers import audio
from peers.baresip import ADDRESS, Baresip
from peers.rtp import Flood, Stream
from peers.sip import Unexpected, audio_endpoint, end, sdp

# baresip's RTP ports are a thousand above these, for every address; each pair of phones has a hundred for itself.
PORTS = itertools.count(12000, 100)


class Talk:
    """One call with an RTP stream at each end: `near` of the caller, `far` of the vendor."""

    def __init__(self, stage, switch, caller, vendor, number="15550001", near_port=0):
        self.near, self.far = Stream(caller.address, near_port), Stream(vendor.address)
        self.leg = caller.invite(switch, number, body=sdp(caller.address, self.near.port))
        self.other = vendor.incoming()
        self.to_far = audio_endpoint(self.other.invite.body)
        self.other.reply(200, "OK", body=sdp(vendor.address, self.far.port))
        answer = self.leg.wait(200)
        self.to_near = audio_endpoint(answer.body)
        self.leg.ack(answer)
        self.other.receive("ACK")

    def speak(self, packets, gap=0.02):
        """Both ends send so many packets."""
        for _ in range(packets):
            self.near.send(self.to_near)
            self.far.send(self.to_far)
            time.sleep(gap)
            self.near.drain()
            self.far.drain()

    def end(self):
        self.leg.hang_up()
        self.other.expect_hang_up()
        self.near.close()
        self.far.close()


@scenario("both parties hear each other through the relay, and only the switch's address is in their descriptions")
def relay(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    talk = Talk(stage, switch, caller, vendor)
    for endpoint in (talk.to_near, talk.to_far):
        if endpoint[0] != switch[0] or endpoint[1] % 2:
            raise Unexpected(f"a description names {endpoint}")
    talk.speak(50)
    time.sleep(0.1)
    talk.near.drain()
    talk.far.drain()
    if talk.near.heard.get(talk.far.ssrc, 0) < 49 or talk.far.heard.get(talk.near.ssrc, 0) < 49:
        raise Unexpected(f"of 50 packets each way {talk.near.heard} and {talk.far.heard} came through")
    talk.end()


@scenario("a hundred calls at once with media: every packet of each call reaches its own far end, none another's", slow=True)
def hundred_calls(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    talks = [Talk(stage, switch, caller, vendor, f"1555{n:04}") for n in range(100)]
    turns = 20
    for _ in range(turns):
        for talk in talks:
            talk.near.send(talk.to_near)
            talk.far.send(talk.to_far)
        time.sleep(0.1)
        for talk in talks:
            talk.near.drain()
            talk.far.drain()
    time.sleep(0.3)
    arrived = 0
    for talk in talks:
        talk.near.drain()
        talk.far.drain()
        if set(talk.near.heard) - {talk.far.ssrc} or set(talk.far.heard) - {talk.near.ssrc}:
            raise Unexpected("a packet reached another call")
        arrived += talk.near.heard.get(talk.far.ssrc, 0) + talk.far.heard.get(talk.near.ssrc, 0)
        if not talk.near.heard or not talk.far.heard:
            raise Unexpected("a call heard nothing")
    if arrived < 2 * turns * len(talks) * 0.995:
        raise Unexpected(f"{arrived} of {2 * turns * len(talks)} packets arrived")
    for talk in talks:
        talk.end()


@scenario("a stranger who floods the ports before and during the call is heard by nobody and hears nothing")
def stranger(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    talk = Talk(stage, switch, caller, vendor)
    floods = [Flood(stage.address(66), talk.to_near), Flood(stage.address(67), talk.to_far)]
    time.sleep(0.5)
    try:
        talk.speak(100)
    finally:
        for flood in floods:
            flood.stop()
    talk.near.drain()
    talk.far.drain()
    strangers = {flood.stream.ssrc for flood in floods}
    if strangers & set(talk.near.heard) or strangers & set(talk.far.heard):
        raise Unexpected(f"a stranger was heard: near {talk.near.heard}, far {talk.far.heard}, strangers {strangers}")
    if any(flood.stream.heard for flood in floods):
        raise Unexpected("a stranger heard the call")
    if talk.near.heard.get(talk.far.ssrc, 0) < 95 or talk.far.heard.get(talk.near.ssrc, 0) < 95:
        raise Unexpected(f"the flood drowned the call: {talk.near.heard} {talk.far.heard}")
    talk.end()


@scenario("a party whose packets come from another port than it announced is answered where it sends from")
def behind_translation(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    talk = Talk(stage, switch, caller, vendor)
    announced, talk.near = talk.near, Stream(caller.address)
    talk.speak(50)
    if talk.near.heard.get(talk.far.ssrc, 0) < 30:
        raise Unexpected(f"the caller heard {talk.near.heard} at the port it sends from")
    announced.close()
    talk.end()


@scenario("a re-INVITE opens the relay for a new address, and the old one is cut off")
def moved(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    talk = Talk(stage, switch, caller, vendor)
    talk.speak(20)
    old, talk.near = talk.near, Stream(caller.address)
    talk.leg.send_invite(body=sdp(caller.address, talk.near.port, version=2))
    talk.other.receive("INVITE")
    talk.other.reply(200, "OK", body=sdp(vendor.address, talk.far.port, version=1))
    talk.leg.ack(talk.leg.wait(200))
    talk.other.receive("ACK")
    talk.speak(30)
    old.drain()
    before = dict(old.heard)
    talk.speak(30)
    old.drain()
    if old.heard != before:
        raise Unexpected(f"the old address still hears the call: {before} then {old.heard}")
    if talk.near.heard.get(talk.far.ssrc, 0) < 40:
        raise Unexpected(f"the new address heard {talk.near.heard}")
    old.close()
    talk.end()


@scenario("RTCP passes on the next odd port")
def rtcp(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    near_control = Stream(caller.address, 41001)
    talk = Talk(stage, switch, caller, vendor, near_port=41000)
    far_control = Stream(vendor.address, talk.far.port + 1)
    talk.speak(10)
    report = bytes([0x80, 201, 0, 1]) + talk.far.ssrc.to_bytes(4, "big") + bytes(8)
    for _ in range(5):
        far_control.socket.sendto(report, (talk.to_far[0], talk.to_far[1] + 1))
        near_control.socket.sendto(report, (talk.to_near[0], talk.to_near[1] + 1))
        time.sleep(0.02)
    near_control.drain()
    far_control.drain()
    if not near_control.heard or not far_control.heard:
        raise Unexpected("RTCP did not pass")
    near_control.close()
    far_control.close()
    talk.end()


@scenario("silence_timeout ends an answered call that both parties left without a word")
def silence(stage):
    switch = stage.start_switch(configuration={"media": {"silence_timeout": "2s"}})
    caller, vendor = stage.party(), stage.vendor()
    talk = Talk(stage, switch, caller, vendor)
    talk.speak(20)
    talk.leg.expect_hang_up(timeout=6)
    talk.other.expect_hang_up()


@scenario("a call on hold is not ended by silence_timeout")
def silence_on_hold(stage):
    switch = stage.start_switch(configuration={"media": {"silence_timeout": "2s"}})
    caller, vendor = stage.party(), stage.vendor()
    talk = Talk(stage, switch, caller, vendor)
    talk.speak(20)
    talk.leg.send_invite(body=sdp(caller.address, talk.near.port, version=2, direction="inactive"))
    talk.other.receive("INVITE")
    talk.other.reply(200, "OK", body=sdp(vendor.address, talk.far.port, version=2, direction="inactive"))
    talk.leg.ack(talk.leg.wait(200))
    talk.other.receive("ACK")
    caller.silent_for(4, lambda message: message.method == "BYE")
    talk.end()


@scenario("early media is heard before the answer")
def early_media_is_heard(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    near, far = Stream(caller.address), Stream(vendor.address)
    leg = caller.invite(switch, "15550001", body=sdp(caller.address, near.port))
    other = vendor.incoming()
    to_far = audio_endpoint(other.invite.body)
    other.reply(183, "Session Progress", body=sdp(vendor.address, far.port))
    leg.wait(183)
    for _ in range(25):
        far.send(to_far)
        time.sleep(0.02)
    near.drain()
    if near.heard.get(far.ssrc, 0) < 20:
        raise Unexpected(f"before the answer the caller heard {near.heard}")
    other.reply(200, "OK", body=sdp(vendor.address, far.port))
    leg.ack(leg.wait(200))
    other.receive("ACK")
    end(leg, other)


def two_baresips(stage, login=None, **options):
    """One baresip calls another through a switch with `options`; each must hear the other's tone and not its own."""
    low, high = f"{stage.folder}/440.wav", f"{stage.folder}/1000.wav"
    audio.write_tone(low, 440)
    audio.write_tone(high, 1000)
    port = next(PORTS) + 10 * stage.options.network
    stage.vendors[0] = (ADDRESS, port)
    switch = stage.start_switch(caller=ADDRESS, **options)
    callee = stage.keep(Baresip(stage.folder, "15550001", port, plays=high, seconds=9))
    time.sleep(0.5)
    dialled = f"sip:15550001@{switch[0]}:{switch[1]}"
    caller = stage.keep(Baresip(stage.folder, "caller", port + 40, plays=low, dials=dialled, login=login, seconds=6))
    caller.finish()
    callee.finish()
    for phone, wanted, own in ((caller, 1000, 440), (callee, 440, 1000)):
        if not phone.recording():
            raise Unexpected(f"nothing was recorded: {phone.said()[-600:]}")
        samples, rate = audio.read_samples(phone.recording())
        hits, wrong, loud = audio.windows_with_tone(samples, rate, wanted, own)
        if hits < 20 or wrong or hits < loud * 0.95:
            raise Unexpected(f"of {loud} windows with sound {hits} held {wanted} Hz and {wrong} held {own} Hz")


@scenario("two baresips hear each other's tone, 440 Hz one way and 1000 Hz the other", direct=True)
def baresip_to_baresip(stage):
    two_baresips(stage)


@scenario("a baresip that knows MD5 only is let in by digest where nothing else is offered (RFC 8760 2.6)")
def baresip_with_digest(stage):
    two_baresips(stage, login=("alice", "alice-secret"), rules=[], configuration={"sip": {"digest_algorithms": ["MD5"]}})
    if stage.expect_records(1)[0]["i_account"] != 3:
        raise Unexpected("the record names another account")
