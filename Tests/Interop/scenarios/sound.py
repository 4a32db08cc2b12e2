"""What networks, strangers and crashes do to the sound of applications."""

import heapq
import math
import pathlib
import random
import shutil
import struct
import subprocess
import time

from harness import scenario
from peers.audio import encode_law, power
from peers.phone import DIGITS, FRAME, Phone
from peers.rtp import Stream
from peers.sip import Unexpected
from scenarios.applications import (
    APPLICATIONS, NUMBERS, dial, expect_connected, expect_recorded, expect_tone, hang_up, voicemails)

LOSS, JITTER = 0.05, 0.04


def press_badly(phone, digits, dice):
    """Digits as events over a network that loses one packet in twenty and delays each by up to 40 ms, so that they overtake
    one another."""
    stream, began = phone.stream, time.monotonic() + 0.05
    queue = []
    for number, digit in enumerate(digits):
        timestamp = (stream.timestamp + number * 1600) & 0xFFFFFFFF
        for step in range(1, 8):
            event = struct.pack("!BBH", DIGITS.index(digit), (0x80 if step >= 5 else 0) | 10, min(step, 5) * 160)
            kind = 101 | (0x80 if step == 1 else 0)
            head = struct.pack("!BBHII", 0x80, kind, stream.sequence, timestamp, stream.ssrc)
            stream.sequence = (stream.sequence + 1) & 0xFFFF
            if dice.random() >= LOSS:
                due = began + number * 0.2 + step * 0.02 + dice.random() * JITTER
                heapq.heappush(queue, (due, head + event))
    stream.timestamp = (stream.timestamp + len(digits) * 1600) & 0xFFFFFFFF
    while queue:
        due, packet = heapq.heappop(queue)
        time.sleep(max(0.0, due - time.monotonic()))
        stream.socket.sendto(packet, phone.target)
    phone.talk(0.2)


@scenario("digits arrive whole, once and in order, both ways, over 5 % loss and 40 ms of jitter", slow=True)
def sound_lossy_digits(stage):
    dice = random.Random(7)
    phone = dial(stage, "dtmf-echo")
    phone.talk(0.2)
    for digits in ("1223334444*0987ABCD", "5550100555010055501005550100"):
        phone.forget()
        press_badly(phone, digits + "#", dice)
        phone.talk(len(digits) * 0.22 + 0.8)
        # The way back loses as many: what is left of each digit must still tell it, and how long it was.
        left = [
            (digit, [payload for payload in payloads if dice.random() >= LOSS]) for digit, payloads in phone.heard_digits()
        ]
        if "".join(digit for digit, payloads in left if payloads) != digits:
            raise Unexpected(f"{digits} came back as {[digit for digit, _ in left]}")
        if any(not any(payload[1] & 0x80 for payload in payloads) for _, payloads in left):
            raise Unexpected("the three ends of a digit were all lost")
    hang_up(phone)


@scenario("strangers, foreign payloads, stumps, jumps and endless events do not disturb a call with an application")
def sound_hostile(stage):
    phone = dial(stage, "echo")
    phone.talk(0.5, 440)
    dice = random.Random(9)
    stranger = Stream(phone.leg.party.address)
    stream, target = phone.stream, phone.target
    for _ in range(200):
        stranger.send(target, dice.randbytes(160))
        stream.socket.sendto(dice.randbytes(1), target)
        stream.socket.sendto(dice.randbytes(dice.randrange(1500)), target)
        head = struct.pack(
            "!BBHII", 0x80, dice.choice([3, 13, 72, 96, 127]), dice.randrange(0x10000), dice.getrandbits(32), stream.ssrc)
        stream.socket.sendto(head + dice.randbytes(80), target)
    event = struct.pack("!BBH", 5, 10, 400)
    stream.send(target, event, 101)
    stream.timestamp = (stream.timestamp - 100_000) & 0xFFFFFFFF
    stream.sequence = (stream.sequence + 30_000) & 0xFFFF
    phone.talk(0.5, 700)
    phone.forget()
    phone.talk(1.5, 700)
    expect_tone("echo", phone.heard()[1600:], 700, 10)
    stranger.drain()
    if stranger.heard:
        raise Unexpected("the stranger hears the call")
    expect_connected(stage, "echo")
    stranger.close()
    hang_up(phone)


@scenario("a recording cut off by kill -9 is a file that can be played, and the switch starts again beside it")
def sound_killed(stage):
    phone = dial(stage, "voicemail")
    phone.talk(0.6)
    phone.talk(3, 660)
    stage.switch.kill()
    files = voicemails(stage)
    if len(files) != 1:
        raise Unexpected(f"the files are {files}")
    # Half a second may be lost: it is written that often.
    expect_recorded(files[0], 660, 22)
    if shutil.which("sox"):
        judged = subprocess.run(["sox", str(files[0]), "-n", "stat"], capture_output=True, text=True, timeout=20)
        if judged.returncode or "WARN" in judged.stderr:
            raise Unexpected(f"sox says {judged.stderr}")
    stage.switch.start()
    phone.leg.party.waiting.clear()
    again = Phone.dialled(phone.leg.party, stage.switch.endpoint, "7007")
    again.talk(0.3)
    hang_up(again)
    if not pathlib.Path(files[0]).exists():
        raise Unexpected("the recording is gone")


LOW, HIGH = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
KEYPAD = ("123A", "456B", "789C", "*0#D")


def keys_in(samples):
    """The digits whose two tones are heard, each for 40 ms at least and once."""
    digits, last, run = "", None, 0
    for start in range(0, len(samples) - 160, 160):
        window = samples[start:start + 160]
        key = None
        if sum(abs(sample) for sample in window) / 160 > 300:
            low = max(LOW, key=lambda frequency: power(window, 8000, frequency))
            high = max(HIGH, key=lambda frequency: power(window, 8000, frequency))
            if power(window, 8000, low) > 0.2 and power(window, 8000, high) > 0.2:
                key = KEYPAD[LOW.index(low)][HIGH.index(high)]
        run = run + 1 if key == last else 1
        last = key
        if key and run == 2:
            digits += key
    return digits


def press_tones(phone, digits):
    """Digits as tones in the audio, 80 ms each, with as much silence between them."""
    for digit in digits:
        row = next(number for number, keys in enumerate(KEYPAD) if digit in keys)
        low, high = LOW[row], HIGH[KEYPAD[row].index(digit)]
        for number in range(8):
            frame = b"\xff" * 160
            if number < 4:
                frame = bytes(
                    encode_law(int(5000 * (math.sin(2 * math.pi * low * n / 8000) + math.sin(2 * math.pi * high * n / 8000))))
                    for n in range(number * 160, number * 160 + 160))
            phone.stream.send(phone.target, frame)
            phone.stream.drain()
            time.sleep(FRAME)


@scenario("with media.dtmf inband digits are tones, heard and sent", slow=True)
def sound_inband_digits(stage):
    switch = stage.start_switch(extra=APPLICATIONS, configuration={"media": {"dtmf": "inband"}})
    phone = Phone.dialled(stage.party(), switch, NUMBERS["dtmf-echo"])
    phone.talk(0.3)
    phone.forget()
    press_tones(phone, "17*0D95#")
    phone.talk(2.2)
    if phone.heard_digits():
        raise Unexpected("events were sent")
    heard = keys_in(phone.heard())
    if heard != "17*0D95":
        raise Unexpected(f"17*0D95 came back as {heard}")
    hang_up(phone)
