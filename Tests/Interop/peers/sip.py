"""A scriptable SIP party over UDP or TCP: it sends exactly what a scenario says, and remembers every byte it hears."""

import hashlib
import itertools
import re
import secrets
import select
import socket
import time

from peers import stamps

COMPACT = {
    "v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type",
    "k": "supported", "s": "subject", "e": "content-encoding", "o": "event", "u": "allow-events", "r": "refer-to",
    "b": "referred-by", "x": "session-expires",
}


class Unexpected(Exception):
    """What a scenario waited for did not come, or something else came instead."""


class Message:
    """One received message: its start line, its header fields in order, its body."""

    def __init__(self, data, source=None, at=0.0):
        self.data, self.source, self.at = data, source, at
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = re.sub(rb"\r\n[ \t]+", b" ", head).decode("utf-8", "surrogateescape").split("\r\n")
        self.start = lines[0]
        self.fields = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            self.fields.append((COMPACT.get(name, name), value.strip()))
        words = self.start.split(" ", 2)
        self.is_response = self.start.startswith("SIP/2.0 ")
        self.status = int(words[1]) if self.is_response else None
        self.method = self.cseq_method if self.is_response else words[0]

    def get(self, name, default=""):
        return next((value for field, value in self.fields if field == name.lower()), default)

    def all(self, name):
        return [value for field, value in self.fields if field == name.lower()]

    @property
    def cseq_number(self):
        return int(self.get("cseq").split()[0])

    @property
    def cseq_method(self):
        return self.get("cseq").split()[-1]

    @property
    def call_id(self):
        return self.get("call-id")

    @property
    def contact(self):
        match = re.search(r"<([^>]*)>", self.get("contact"))
        return match.group(1) if match else self.get("contact").split(";")[0]

    @property
    def key(self):
        """Equal for a message and its retransmissions."""
        branch = re.search(r"branch=([^;,\s]+)", self.get("via"))
        return (self.start, branch and branch.group(1), self.get("cseq"), self.call_id, self.get("to"))

    def __repr__(self):
        return f"{self.start!r} (CSeq {self.get('cseq')})"


def tag_of(value):
    match = re.search(r";\s*tag=([^;,\s]+)", value.rpartition(">")[2] or value)
    return match.group(1) if match else None


def sdp(address, port, version=1, direction="sendrecv", formats="0 101"):
    return (
        f"v=0\r\no=peer 4711 {version} IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP {formats}\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
        f"a=fmtp:101 0-16\r\na=ptime:20\r\na={direction}\r\n"
    ).encode()


def audio_endpoint(body):
    """(address, port) of the first audio stream that a session description names."""
    text = body.decode("latin-1")
    media = re.search(r"m=audio (\d+)[^\r]*\r\n((?:(?!m=).*\r\n?)*)", text)
    if not media:
        raise Unexpected(f"no audio in {text!r}")
    address = re.search(r"c=IN IP[46] (\S+)", media.group(2)) or re.search(r"c=IN IP[46] (\S+)", text)
    return address.group(1), int(media.group(1))


class Party:
    """One UDP address that speaks SIP. `heard` holds every datagram, whatever became of it."""

    def __init__(self, address, port=5060, buffer=4 << 20):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        stamps.ask(self.socket)
        self.socket.bind((address, port))
        self.address, self.port = address, port
        self.heard, self.waiting, self.seen = [], [], set()
        self.duplicates = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data, to):
        self.socket.sendto(data if isinstance(data, bytes) else data.encode("utf-8", "surrogateescape"), to)

    def listen(self, seconds):
        """Hears whatever comes for so long; nothing of it is consumed."""
        until = time.monotonic() + seconds
        while True:
            left = until - time.monotonic()
            readable, _, _ = select.select([self.socket], [], [], max(0, left))
            if readable:
                data, source, at = stamps.receive(self.socket)
                self.heard.append((at, data, source))
                if data.strip(b"\r\n\0"):
                    message = Message(data, source, at)
                    message.duplicate = message.key in self.seen
                    self.duplicates += message.duplicate
                    self.seen.add(message.key)
                    self.waiting.append(message)
                    return
            if left <= 0:
                return

    def listen_for(self, seconds):
        """Hears everything that comes for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.listen(until - time.monotonic())

    def expect(self, what, call_id=None, timeout=5.0, duplicates=False, cseq=None):
        """The next message that `what` describes: a method, a status, a range of them, or a function of the message.

        Retransmissions are passed over unless asked for."""
        if callable(what):
            fits = what
        elif isinstance(what, str):
            def fits(message):
                return not message.is_response and message.method == what
        else:
            wanted = {what} if isinstance(what, int) else set(what)

            def fits(message):
                return message.is_response and message.status in wanted

        until = time.monotonic() + timeout
        while True:
            for message in self.waiting:
                if message.duplicate and not duplicates:
                    continue
                if call_id is not None and message.call_id != call_id:
                    continue
                if cseq is not None and message.get("cseq").split()[-1] != cseq:
                    continue
                if fits(message):
                    self.waiting.remove(message)
                    return message
            left = until - time.monotonic()
            if left <= 0:
                came = [message for message in self.waiting if not message.duplicate]
                raise Unexpected(f"{self.address} waited {timeout} s for {what}; heard {came}")
            self.listen(left)

    def silent_for(self, seconds, what=None):
        """Fails when something comes that `what` describes: by default anything but 100 Trying, repeated or not."""
        try:
            message = self.expect(what or (lambda message: message.status != 100), timeout=seconds, duplicates=True)
        except Unexpected:
            return
        raise Unexpected(f"{self.address} heard {message} where nothing should have come")

    def incoming(self, timeout=5.0):
        """The next INVITE that opens a call, as a leg."""
        invite = self.expect(lambda m: m.method == "INVITE" and not m.is_response and not tag_of(m.get("to")), timeout=timeout)
        return Leg.answering(self, invite)

    def invite(self, switch, number, **options):
        """Sends an INVITE for `number` to the switch and returns the leg."""
        leg = Leg.calling(self, switch, number, options.pop("user", "2025550100"))
        leg.send_invite(**options)
        return leg


class Leg:
    """One side of one dialog, at a `Party`. Requests and answers are sent only when the scenario says so."""

    numbers = itertools.count(1)

    def __init__(self, party):
        self.party = party
        self.tag = secrets.token_hex(4)
        self.cseq = 0
        self.routes = []
        self.invite = None
        self.media_port = 30000 + 2 * (next(Leg.numbers) % 10000)

    @classmethod
    def calling(cls, party, switch, number, user):
        leg = cls(party)
        leg.switch, leg.number = switch, number
        leg.call_id = f"{secrets.token_hex(8)}@{party.address}"
        leg.target = f"sip:{number}@{switch[0]}:{switch[1]}"
        leg.local = f'"Caller" <sip:{user}@{party.address}>;tag={leg.tag}'
        leg.remote = f"<sip:{number}@{switch[0]}>"
        return leg

    @classmethod
    def answering(cls, party, invite):
        leg = cls(party)
        leg.switch, leg.call_id, leg.target = invite.source, invite.call_id, invite.contact
        leg.local, leg.remote = invite.get("to") + f";tag={leg.tag}", invite.get("from")
        leg.routes = invite.all("record-route")
        leg.received = leg.invite = invite
        return leg

    @property
    def contact(self):
        return f"<sip:peer@{self.party.address}:{self.party.port}>"

    def description(self, **options):
        return sdp(self.party.address, options.pop("port", self.media_port), **options)

    def request(self, method, body=b"", headers=(), cseq=None, branch=None, content_type="application/sdp", local=None):
        """The bytes of a request of this leg."""
        if cseq is None:
            self.cseq += 1
            cseq = self.cseq
        self.branch = branch or "z9hG4bK" + secrets.token_hex(8)
        lines = [
            f"{method} {self.target} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.party.address}:{self.party.port};branch={self.branch};rport",
            "Max-Forwards: 70",
            *(f"Route: {route}" for route in self.routes),
            f"From: {local or self.local}",
            f"To: {self.remote}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {cseq} {method}",
            f"Contact: {self.contact}",
            *headers,
        ]
        if body:
            lines.append(f"Content-Type: {content_type}")
        lines += [f"Content-Length: {len(body)}", "", ""]
        return "\r\n".join(lines).encode("utf-8", "surrogateescape") + body

    def send(self, method, **options):
        self.party.send(self.request(method, **options), self.switch)

    def send_invite(self, body=None, headers=(), **options):
        body = self.description() if body is None else body
        self.offer = body
        self.send("INVITE", body=body, headers=headers, **options)
        self.invite_branch, self.invite_cseq, self.invite_target = self.branch, self.cseq, self.target

    def wait(self, what, timeout=5.0, cseq="INVITE", **options):
        """The next response that fits; a success or a redirection teaches the leg its remote tag and target."""
        answer = self.party.expect(what, call_id=self.call_id, timeout=timeout, cseq=cseq, **options)
        if answer.is_response and answer.method == "INVITE" and tag_of(answer.get("to")):
            self.remote_with_tag = answer.get("to")
            if answer.status < 300:
                self.remote = answer.get("to")
                self.routes = answer.all("record-route")[::-1] or self.routes
                self.confirmed_target = answer.contact or self.target
        return answer

    def final(self, timeout=8.0):
        return self.wait(range(200, 700), timeout=timeout)

    def ack(self, answer, body=b""):
        """Acknowledges a final answer to the last INVITE, as RFC 3261 §13.2.2.4 or §17.1.1.3 say."""
        if answer.status < 300:
            self.target = self.confirmed_target
            self.party.send(self.request("ACK", body=body, cseq=answer.cseq_number), self.switch)
            return
        remote, target, routes = self.remote, self.target, self.routes
        self.remote, self.target, self.routes = answer.get("to"), self.invite_target, []
        self.party.send(self.request("ACK", cseq=answer.cseq_number, branch=self.invite_branch), self.switch)
        self.remote, self.target, self.routes = remote, target, routes

    def cancel(self):
        target, routes = self.target, self.routes
        self.target, self.routes = self.invite_target, []
        remote = self.remote
        self.remote = re.sub(r";tag=[^;]*", "", remote)
        self.party.send(self.request("CANCEL", cseq=self.invite_cseq, branch=self.invite_branch), self.switch)
        self.target, self.routes, self.remote = target, routes, remote

    def reply(self, status, reason="Whatever", body=b"", headers=(), to=None, contact=None):
        """Answers `to`, by default the request received last."""
        request = to or self.received
        fields = []
        for name, value in request.fields:
            if name == "via":
                fields.append(f"Via: {value}")
            elif name == "record-route" and request.method == "INVITE":
                fields.append(f"Record-Route: {value}")
        answered_to = request.get("to")
        if not tag_of(answered_to) and status > 100:
            answered_to += f";tag={self.tag}"
        fields += [
            f"From: {request.get('from')}", f"To: {answered_to}", f"Call-ID: {request.call_id}",
            f"CSeq: {request.get('cseq')}", f"Contact: {contact or self.contact}", *headers,
        ]
        if body:
            fields.append("Content-Type: application/sdp")
        fields += [f"Content-Length: {len(body)}", "", ""]
        head = "\r\n".join([f"SIP/2.0 {status} {reason}", *fields]).encode("utf-8", "surrogateescape")
        self.party.send(head + body, request.source)

    def receive(self, method, timeout=5.0, **options):
        """The next request of this call."""
        self.received = self.party.expect(method, call_id=self.call_id, timeout=timeout, **options)
        if method == "INVITE":
            self.target = self.received.contact
        return self.received

    def answer(self, ringing=True):
        """Rings and answers with a description; returns when the ACK has come."""
        if ringing:
            self.reply(180, "Ringing")
        self.reply(200, "OK", body=self.description())
        return self.receive("ACK")

    def hang_up(self, timeout=5.0):
        self.send("BYE")
        return self.wait(range(200, 700), cseq="BYE", timeout=timeout)

    def expect_cancel(self, timeout=5.0):
        """The call is given up before it was answered: CANCEL, 487, ACK."""
        cancel = self.receive("CANCEL", timeout=timeout)
        self.reply(200, "OK")
        self.reply(487, "Request Terminated", to=self.invite)
        self.receive("ACK")
        return cancel

    def expect_hang_up(self, timeout=5.0):
        bye = self.receive("BYE", timeout=timeout)
        self.reply(200, "OK")
        return bye


def established(caller, callee, switch, number="15550001", **options):
    """A call through the switch, answered and acknowledged: (caller's leg, callee's leg)."""
    leg = caller.invite(switch, number, **options)
    other = callee.incoming()
    other.reply(180, "Ringing")
    leg.wait(180)
    connect(leg, other)
    return leg, other


def connect(leg, other):
    """The callee answers, and the caller acknowledges."""
    other.reply(200, "OK", body=other.description())
    leg.ack(leg.wait(200))
    other.receive("ACK")


def end(leg, other):
    """The caller hangs up, and everything is over at both ends."""
    answer = leg.hang_up()
    if answer.status != 200:
        raise Unexpected(f"BYE was answered {answer}")
    other.expect_hang_up()


def digest(challenge, method, uri, user, password, count=1, cnonce=None, extra=""):
    """The value of an Authorization field that answers `challenge` (RFC 7616, RFC 8760)."""
    fields = dict(re.findall(r'(\w+)\s*=\s*"?([^",]+)"?', challenge))
    algorithm = fields.get("algorithm", "MD5")
    hashed = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm.upper()]

    def h(text):
        return hashed(text.encode()).hexdigest()

    cnonce = cnonce or secrets.token_hex(8)
    a1, a2 = h(f"{user}:{fields['realm']}:{password}"), h(f"{method}:{uri}")
    value = f'Digest username="{user}", realm="{fields["realm"]}", nonce="{fields["nonce"]}", uri="{uri}"'
    if "qop" in fields:
        nc = f"{count:08x}"
        answer = h(f"{a1}:{fields['nonce']}:{nc}:{cnonce}:auth:{a2}")
        value += f', qop=auth, nc={nc}, cnonce="{cnonce}"'
    else:
        answer = h(f"{a1}:{fields['nonce']}:{a2}")
    value += f', response="{answer}", algorithm={algorithm}'
    if "opaque" in fields:
        value += f', opaque="{fields["opaque"]}"'
    return value + extra
