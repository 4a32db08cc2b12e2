"""What applications send, judged by programs that were not written with them."""

import random
import threading

from harness import expect, scenario
from peers import audio, capture, judges
from peers.lossy import LossyPath
from peers.needs import need
from peers.phone import Phone, talk
from peers.sip import Unexpected
from scenarios.applications import APPLICATIONS, NUMBERS, hang_up
from scenarios.rest import World

ALPHABET = "123A456B789C*0#D"
LOW = {key: row for row, keys in zip((697, 770, 852, 941), ("123A", "456B", "789C", "*0#D")) for key in keys}
HIGH = {key: row for row, keys in zip((1209, 1336, 1477, 1633), ("147*", "2580", "369#", "ABCD")) for key in keys}


def captured(stage, name, phone):
    """The file with what a telephone has heard."""
    path = f"{stage.folder}/{name}.pcap"
    capture.write(path, phone.stream.captured)
    return path


def at_once(functions):
    """Runs them side by side; fails as the first of them does."""
    problems = []

    def run(function):
        try:
            function()
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=run, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]


@scenario("1,104 digits sent as events are read by tshark: each once, 100 ms long and apart, the end three times", slow=True)
def judges_events(stage):
    need("tshark")
    world = World(stage)
    dice = random.Random(4733)
    jobs = []
    for _ in range(12):
        call, phone = world.answered()
        jobs.append((call, phone, "".join(dice.choice(judges.DIGITS) for _ in range(92))))
    for call, phone, digits in jobs:
        world.rest.post(f"/calls/{call}/dtmf", {"dtmfOut": digits})
    talk([(phone, None) for _, phone, _ in jobs], 92 * 0.2 + 2)
    intervals = []
    for call, phone, digits in jobs:
        found = judges.events(captured(stage, call, phone))
        expect(judges.digits_of(found), digits, "the digits that tshark reads")
        expect_as_told(list(found.values()))
        intervals += [
            after.at - before.at for packets in found.values() for before, after in zip(packets, packets[1:])
        ]
        world.rest.post(f"/calls/{call}", {"state": "completed"})
        phone.leg.expect_hang_up()
    intervals.sort()
    median = intervals[len(intervals) // 2]
    if not 0.0195 <= median <= 0.0205:
        raise Unexpected(f"an update comes every {median * 1000:.2f} ms")


def expect_as_told(events):
    """Each event as RFC 4733 §2.5.1 has it, with seven packets for 100 ms, and 100 ms between them; a few packet times more
    where the player takes its next 32 digits."""
    last = None
    for number, packets in enumerate(events):
        expect([packet.duration for packet in packets], [160, 320, 480, 640, 800, 800, 800], "durations of an event")
        expect([packet.is_end for packet in packets], [False] * 4 + [True] * 3, "ends of an event")
        expect([packet.marker for packet in packets], [True] + [False] * 6, "markers of an event")
        first = packets[0]
        expect({packet.volume for packet in packets}, {10}, "the volume")
        expect(
            [packet.sequence for packet in packets], [(first.sequence + n) % 0x10000 for n in range(7)], "sequence numbers")
        since = None if last is None else (first.timestamp - last) % (1 << 32)
        if since not in (None, 1600) and not (number % 32 == 0 and 1600 < since < 3200):
            raise Unexpected(f"the event {number} begins {since} samples after the one before it")
        last = first.timestamp


@scenario("all sixteen keys sent as tones are heard by multimon-ng; sox finds 100 ms, the pairs, -9 and -11 dBm0", slow=True)
def judges_tones_of_keys(stage):
    need("sox", "multimon-ng")
    world = World(stage, configuration={"media": {"dtmf": "inband"}})
    call, phone = world.answered()
    phone.talk(0.2)
    phone.forget()
    world.rest.post(f"/calls/{call}/dtmf", {"dtmfOut": ALPHABET})
    phone.talk(len(ALPHABET) * 0.2 + 0.8)
    expect(phone.heard_digits(), [], "events beside the tones")
    path = f"{stage.folder}/keys.wav"
    audio.write_samples(path, phone.heard())
    expect(judges.keys_heard(path), ALPHABET, "the keys that multimon-ng hears")
    pieces = judges.sounds(path)
    expect(len(pieces), len(ALPHABET), "the sounds that sox cuts out")
    for key, piece in zip(ALPHABET, pieces):
        # sox hears a sound for as long as its window of 20 ms holds some of it.
        length = judges.length(piece) * 1000 - 20
        low, high = judges.level(piece, 600, 1050), judges.level(piece, 1100, 1750)
        hertz = judges.peaks(piece, 0.1)
        off = [abs(found / wanted - 1) for found, wanted in zip(hertz, (LOW[key], HIGH[key]))]
        if not (95 <= length <= 102 and abs(low + 11) < 0.7 and abs(high + 9) < 0.7 and max(off) < 0.015):
            raise Unexpected(f"{key}: {length:.1f} ms, {low:.1f} and {high:.1f} dBm0, {hertz} Hz")
    world.rest.post(f"/calls/{call}", {"state": "completed"})
    phone.leg.expect_hang_up()


@scenario("512 digits there and back over 5 % loss, 40 ms of jitter and doubles: none is lost, none is doubled", slow=True)
def judges_lossy(stage):
    need("tshark")
    switch = stage.start_switch(extra=APPLICATIONS)
    party, dice = stage.party(), random.Random(40)
    jobs = []
    for number in range(8):
        path = stage.keep(LossyPath(party.address, seed=5000 + number))
        phone = Phone.dialled(party, switch, NUMBERS["dtmf-echo"], path=path)
        jobs.append((phone, path, "".join(dice.choice("0123456789*ABCD") for _ in range(64))))

    def there_and_back(phone, digits):
        phone.talk(0.3)
        for start in range(0, len(digits), 32):
            phone.press(digits[start:start + 32], milliseconds=80)
            phone.talk(32 * 0.2 + 0.6)

    at_once([lambda phone=phone, digits=digits: there_and_back(phone, digits) for phone, _, digits in jobs])
    for number, (phone, path, digits) in enumerate(jobs):
        entered = f"{stage.folder}/entered-{number}.pcap"
        capture.write(entered, path.entered)
        expect(judges.digits_of(judges.events(entered)), digits, "what the switch has heard and sends")
        left = judges.events(captured(stage, f"left-{number}", phone))
        expect(judges.digits_of(left), digits, "what is left of it at the telephone")
        expect({max(packet.duration for packet in packets) for packets in left.values()}, {800}, "the length of each digit")
        if path.lost < 40:
            raise Unexpected(f"only {path.lost} packets were lost")
        hang_up(phone)


TONES = {
    "RINGBACK": ([440, 480], [2000, 4000]),
    "RINGBACK_EU": ([425], [1000, 4000]),
    "RINGBACK_UK": ([400, 450], [400, 200, 400, 2000]),
    "BUSY": ([480, 620], [500, 500]),
    "BUSY_EU": ([425], [500, 500]),
    "BUSY_UK": ([400], [375, 375]),
    "CONGESTION": ([480, 620], [250, 250]),
    "CONGESTION_EU": ([425], [250, 250]),
    "CONGESTION_UK": ([400], [400, 350, 225, 525]),
}


@scenario("ringing, busy and congestion of three countries have the frequencies and the rhythm of E.180, says sox", slow=True)
def judges_tones(stage):
    need("sox")
    extra = dict(APPLICATIONS)
    extra["applications"] = APPLICATIONS["applications"] + [
        {"id": f"a-{name}", "name": name, "builtin": "tone", "user": "u-1", "parameters": {"tone": name, "seconds": "9"}}
        for name in TONES
    ]
    extra["dids"] = APPLICATIONS["dids"] + [
        {"number": f"72{number:02}", "application": name} for number, name in enumerate(TONES)
    ]
    switch = stage.start_switch(extra=extra)
    party = stage.party()
    phones = {name: Phone.dialled(party, switch, f"72{number:02}") for number, name in enumerate(TONES)}
    talk([(phone, None) for phone in phones.values()], 8.5)
    for name, phone in phones.items():
        frequencies, wanted = TONES[name]
        path = f"{stage.folder}/{name}.wav"
        audio.write_samples(path, phone.heard())
        found = judges.peaks(judges.sounds(path)[0], wanted[0] / 1000, len(frequencies))
        if any(abs(one - other) > 3 for one, other in zip(found, frequencies)):
            raise Unexpected(f"{name}: {found} Hz, not {frequencies}")
        heard = judges.rhythm(phone.heard())[:-1]
        expected = (wanted * 40)[:len(heard)]
        if len(heard) < 2 or any(abs(one - other) > 10 for one, other in zip(heard, expected)):
            raise Unexpected(f"{name}: {heard} ms, not {expected}")
        hang_up(phone)
