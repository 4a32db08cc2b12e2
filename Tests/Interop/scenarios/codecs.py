"""Codecs beyond G.711, with baresip, which has them from the same libraries but its own RTP and SDP."""

import itertools
import struct
import time

from harness import scenario
from peers import audio
from peers.baresip import ADDRESS, Baresip
from peers.phone import Phone
from peers.rtp import Stream
from peers.sip import Unexpected, audio_endpoint
from scenarios.applications import APPLICATIONS, NUMBERS, expect_tone, hang_up

# baresip's RTP ports are a thousand above these, for every address.
PORTS = itertools.count(15000, 60)
ALL = {"media": {"codecs": ["opus", "G722", "L16", "PCMU", "PCMA"]}}


def baresip(stage, switch, application, codecs, tone=None, seconds=5):
    """A baresip that knows `codecs` and dials an application, playing a tone of so many hertz."""
    plays = f"{stage.folder}/{tone or 0}.wav"
    audio.write_tone(plays, tone or 440, amplitude=8000 if tone else 0)
    port = next(PORTS) + 10 * stage.options.network
    dials = f"sip:{NUMBERS[application]}@{switch[0]}:{switch[1]}"
    name = "".join(letter for letter in codecs if letter.isalnum())
    return stage.keep(Baresip(stage.folder, name, port, plays=plays, dials=dials, seconds=seconds, codecs=codecs))


def expect_heard(phone, frequency, other, windows):
    """baresip has heard a tone, and not another one, for so many windows of 100 ms."""
    if not phone.recording():
        raise Unexpected(f"nothing was recorded: {phone.said()[-600:]}")
    samples, rate = audio.read_samples(phone.recording())
    hits, wrong, loud = audio.windows_with_tone(samples, rate, frequency, other)
    if hits < windows or wrong > 2:
        raise Unexpected(f"of {loud} windows with sound {hits} held {frequency} Hz and {wrong} held {other} Hz")


@scenario("the tone of 1000 Hz is heard by baresip in Opus, in G.722 and in linear audio", slow=True)
def codecs_played(stage):
    switch = stage.start_switch(caller=ADDRESS, extra=APPLICATIONS, configuration=ALL)
    phones = [
        baresip(stage, switch, "tone", codecs) for codecs in ("opus/48000/2", "g722/16000/1", "L16/16000/1", "L16/8000/1")
    ]
    for phone in phones:
        phone.finish()
        expect_heard(phone, 1000, 440, 25)


@scenario("what baresip says in Opus and in G.722 comes back to it through echo", slow=True)
def codecs_echoed(stage):
    switch = stage.start_switch(caller=ADDRESS, extra=APPLICATIONS, configuration=ALL)
    phones = [baresip(stage, switch, "echo", codecs, tone=440) for codecs in ("opus/48000/2", "g722/16000/1")]
    for phone in phones:
        phone.finish()
        expect_heard(phone, 440, 1000, 25)


@scenario("baresip with Opus and a telephone with PCMU hear each other in one conference", slow=True)
def codecs_conference(stage):
    switch = stage.start_switch(caller=ADDRESS, extra=APPLICATIONS, configuration=ALL)
    far = baresip(stage, switch, "conference", "opus/48000/2", tone=440, seconds=6)
    near = Phone.dialled(stage.party(ADDRESS, 5900 + stage.options.network), switch, NUMBERS["conference"])
    near.talk(4, 1000)
    expect_tone("the telephone", near.heard()[8000:], 440, 20)
    hang_up(near)
    far.finish()
    expect_heard(far, 1000, 440, 20)


def described(stage, codecs, formats):
    """A caller whose offer has `formats` (lines) is answered: (leg, stream, answer's lines)."""
    switch = stage.start_switch(extra=APPLICATIONS, configuration={"media": {"codecs": codecs}})
    party = stage.party()
    stream = Stream(party.address)
    numbers = " ".join(dict.fromkeys(line.split()[0] for line in formats))
    lines = [
        "v=0", f"o=- 1 1 IN IP4 {party.address}", "s=-", f"c=IN IP4 {party.address}", "t=0 0",
        f"m=audio {stream.port} RTP/AVP {numbers}",
    ] + [f"a={line.split(None, 1)[1].replace(':', ':' + line.split()[0] + ' ', 1)}" for line in formats if " " in line]
    leg = party.invite(switch, NUMBERS["dtmf-echo"], body="".join(f"{line}\r\n" for line in lines).encode())
    answer = leg.final()
    leg.ack(answer)
    return leg, stream, answer


@scenario("an answer keeps the caller's numbers, and says of Opus what we want, not what the caller wants")
def codecs_answered(stage):
    leg, _, answer = described(
        stage, ["opus", "G722", "L16", "PCMU"],
        ["97 rtpmap:G7221/16000", "99 rtpmap:opus/48000/2", "99 fmtp:stereo=1;maxaveragebitrate=510000", "9",
         "100 rtpmap:L16/44100/2", "102 rtpmap:L16/16000", "110 rtpmap:telephone-event/48000",
         "121 rtpmap:telephone-event/8000", "8"],
    )
    text = answer.body.decode()
    line = next(line for line in text.splitlines() if line.startswith("m=audio"))
    if line.split()[3:] != ["99", "9", "102", "110", "121"]:
        raise Unexpected(f"the answer has {line}")
    if "a=fmtp:99 useinbandfec=1" not in text or "stereo=1" in text or "a=rtpmap:99 opus/48000/2" not in text:
        raise Unexpected(f"the answer is {text}")
    leg.hang_up()


@scenario("digits beside Opus are counted at 48 kHz, both ways")
def codecs_digits(stage):
    leg, stream, answer = described(
        stage, ["opus"], ["99 rtpmap:opus/48000/2", "110 rtpmap:telephone-event/48000"])
    target = audio_endpoint(answer.body)
    for code in (4, 2, 11):
        began = stream.timestamp
        for step in range(1, 8):
            end = 0x80 if step >= 5 else 0
            event = struct.pack("!BBH", code, end | 10, min(step, 5) * 960)
            stream.send(target, event, 110 | (0x80 if step == 1 else 0), timestamp=began)
            time.sleep(0.02)
        stream.timestamp = (began + 48 * 250) & 0xFFFFFFFF
        time.sleep(0.06)
    time.sleep(1.2)
    stream.drain()
    heard = {}
    for kind, timestamp, payload in stream.packets:
        if kind == 110:
            heard.setdefault(timestamp, []).append((payload[0], int.from_bytes(payload[2:4], "big")))
    digits = [(events[-1][0], events[-1][1]) for events in heard.values()]
    if digits != [(4, 4800), (2, 4800)]:
        raise Unexpected(f"the digits came back as {digits}")
    leg.hang_up()
