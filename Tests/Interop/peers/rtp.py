"""RTP by hand: streams that count what they send and hear."""

import random
import select
import socket
import struct
import threading

from peers import stamps


def bound(address, port=0):
    """A UDP socket with room for a second of audio, whose datagrams are stamped."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    stamps.ask(made)
    made.bind((address, port))
    return made


class Stream:
    """One UDP port that sends numbered 20 ms G.711 packets and counts those it hears, by sender's SSRC.

    `packets` holds what was heard in its order: payload type, timestamp, payload; `captured` the whole datagrams, as
    `capture.write` takes them."""

    def __init__(self, address, port=0, ssrc=None):
        self.socket = bound(address, port)
        self.address, self.port = self.socket.getsockname()
        self.ssrc = ssrc or random.getrandbits(32)
        self.sequence, self.timestamp = random.randrange(0xFFFF), random.getrandbits(32)
        self.sent, self.heard = 0, {}
        self.payloads = {}
        self.packets, self.captured = [], []

    def send(self, to, payload=b"\xd5" * 160, payload_type=0, timestamp=None):
        """Sends one packet; with a timestamp of its own where that is given. The top bit of `payload_type` is the marker."""
        stamp = self.timestamp if timestamp is None else timestamp
        head = struct.pack("!BBHII", 0x80, payload_type, self.sequence, stamp, self.ssrc)
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.timestamp = (self.timestamp + 160) & 0xFFFFFFFF
        self.socket.sendto(head + payload, to)
        self.sent += 1

    def drain(self):
        """Counts what has come so far."""
        while select.select([self.socket], [], [], 0)[0]:
            data, source, at = stamps.receive(self.socket)
            self.captured.append((at, source, (self.address, self.port), data))
            if len(data) >= 12:
                ssrc = struct.unpack("!I", data[8:12])[0]
                self.heard[ssrc] = self.heard.get(ssrc, 0) + 1
                self.payloads.setdefault(ssrc, []).append(data[12:])
                self.packets.append((data[1] & 0x7F, struct.unpack("!I", data[4:8])[0], data[12:]))

    def close(self):
        self.socket.close()


class Flood(threading.Thread):
    """Sends packets with random contents to an endpoint until stopped: an attacker who guesses ports."""

    def __init__(self, address, to, per_second=500):
        super().__init__(daemon=True)
        self.stream, self.to, self.pause = Stream(address), to, 1 / per_second
        self.over = threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(self.pause):
            self.stream.send(self.to, random.randbytes(160))

    def stop(self):
        self.over.set()
        self.join()
        self.stream.drain()
        self.stream.close()
