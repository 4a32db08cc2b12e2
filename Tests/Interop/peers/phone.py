"""A telephone that talks: one SIP party in one call, whose 20 ms packets carry a tone, silence or a digit's events."""

import struct
import time

from peers.audio import DECODED, encode_law, tone_frame
from peers.rtp import Stream
from peers.sip import Unexpected, audio_endpoint, sdp

FRAME = 0.02
DIGITS = "0123456789*#ABCD"


class Phone:
    """What a call sends and hears; the call is placed by `dialled` or taken by `taken`."""

    def __init__(self, leg, stream):
        self.leg, self.stream = leg, stream
        self.frames, self.target, self.mark = 0, None, 0

    @classmethod
    def dialled(cls, party, switch, number, user="2025550100", path=None):
        """A call that is answered and acknowledged; `path` is a `LossyPath` that its audio takes."""
        stream = Stream(party.address)
        announced = path.announced if path else (stream.address, stream.port)
        leg = party.invite(switch, number, user=user, body=sdp(*announced))
        answer = leg.final()
        leg.ack(answer)
        if answer.status != 200:
            raise Unexpected(f"{number} was answered {answer}")
        phone = cls(leg, stream)
        phone.target = audio_endpoint(answer.body)
        if path:
            phone.target = path.connect((stream.address, stream.port), phone.target)
        return phone

    @classmethod
    def taken(cls, leg):
        """Answers the call of a leg that rings."""
        stream = Stream(leg.party.address)
        leg.reply(200, "OK", body=sdp(leg.party.address, stream.port))
        phone = cls(leg, stream)
        phone.target = audio_endpoint(leg.invite.body)
        leg.receive("ACK")
        return phone

    def tick(self, tone=None):
        """Sends one frame of a tone, or of silence, and hears what has come."""
        self.stream.send(self.target, tone_frame(self.frames, tone))
        self.frames += 1
        self.stream.drain()

    def talk(self, seconds, tone=None, until=None):
        """Talks so long, or until `until` is true; how long it was."""
        return talk([(self, tone)], seconds, until)

    def say(self, samples, until=None):
        """Says 16-bit samples at 8 kHz, or until `until` is true."""
        due = time.monotonic()
        for start in range(0, len(samples) - 159, 160):
            if until and until():
                return
            self.stream.send(self.target, bytes(encode_law(sample) for sample in samples[start:start + 160]))
            self.stream.drain()
            due += FRAME
            time.sleep(max(0, due - time.monotonic()))

    def press(self, digits, milliseconds=100):
        """Sends digits as events (RFC 4733): an update each 20 ms, the last one three times, 60 ms of silence after it."""
        for digit in digits:
            began = self.stream.timestamp
            code, count = DIGITS.index(digit), milliseconds // 20
            for step in range(1, count + 3):
                end = 0x80 if step >= count else 0
                event = struct.pack("!BBH", code, end | 10, min(step, count) * 160)
                kind = 101 | (0x80 if step == 1 else 0)
                self.stream.send(self.target, event, kind, timestamp=began)
                if step < count:
                    time.sleep(FRAME)
            self.talk(0.06)

    def forget(self):
        """Lets what was heard so far count no more."""
        self.stream.drain()
        self.mark = len(self.stream.packets)

    def heard(self):
        """The samples that have come since `forget`."""
        packets = self.stream.packets[self.mark:]
        return [DECODED[byte] for kind, _, payload in packets if kind == 0 for byte in payload]

    def heard_digits(self):
        """The digits that have come as events since `forget`, and how many packets each had."""
        events = {}
        for kind, timestamp, payload in self.stream.packets[self.mark:]:
            if kind == 101:
                events.setdefault(timestamp, []).append(payload)
        return [(DIGITS[payloads[0][0]], payloads) for payloads in events.values()]

    def has_heard_bye(self):
        self.leg.party.listen(0)
        return any(message.method == "BYE" for message in self.leg.party.waiting if not message.is_response)


def talk(phones, seconds, until=None):
    """Several telephones talk at once, each (phone, tone); how long it was."""
    began = due = time.monotonic()
    while due < began + seconds and not (until and until()):
        for phone, tone in phones:
            phone.tick(tone)
        due += FRAME
        time.sleep(max(0, due - time.monotonic()))
    return time.monotonic() - began
