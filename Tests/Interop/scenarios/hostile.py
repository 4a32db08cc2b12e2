"""Inputs that mean harm, while a call is in progress that must not notice."""

import os
import pathlib
import random
import socket
import subprocess
import sys
import time

from harness import scenario
from peers.needs import Skipped
from peers.sip import Unexpected, established

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
# Taken out of the environment: the switch and its commands take every MARTLET_… for a key of their configuration.
MATERIAL = pathlib.Path(os.environ.pop("MARTLET_CONFORMANCE", ROOT.parent / "shared" / "conformance"))


class CallInProgress:
    """A call that is up while the trouble lasts; at the end it is re-INVITEd and ended, to show that it was not touched."""

    def __init__(self, stage, **options):
        self.stage, self.switch = stage, stage.start_switch(**options)
        self.leg, self.other = established(stage.party(), stage.vendor(), self.switch)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind:
            return
        if not self.stage.switch.is_running:
            raise Unexpected(f"the switch died: {self.stage.switch.last_words()}")
        if not self.stage.switch.answers(self.stage.address(9)):
            raise Unexpected("the switch answers no more")
        self.leg.send_invite(body=self.leg.description(version=2))
        self.other.receive("INVITE")
        self.other.reply(200, "OK", body=self.other.description(version=2))
        self.leg.ack(self.leg.wait(200))
        self.other.receive("ACK")
        if self.leg.hang_up().status != 200:
            raise Unexpected("the call did not survive")
        self.other.expect_hang_up()


def torture(stage, messages, *arguments):
    """The live torture run of the conformance material: every message must get an allowed answer."""
    tool = MATERIAL / "tools" / "torture_send.py"
    if not tool.exists():
        raise Skipped(f"no conformance material at {MATERIAL}: set MARTLET_CONFORMANCE")
    switch = stage.start_switch(routes={0: {"prefix": "999"}})
    expectations = MATERIAL / "torture" / (messages.partition("-")[0] + ".expect.tsv")
    result = subprocess.run(
        [sys.executable, str(tool), str(MATERIAL / "torture" / messages), "--to", f"{switch[0]}:{switch[1]}",
         "--src", stage.caller_address, "--expect", str(expectations), *arguments],
        capture_output=True, text=True, timeout=240,
    )
    lines = result.stdout.splitlines()
    failed = [line for line in lines if not line.endswith("\tpass") and line.split("\t")[0] != "test"]
    passed = sum(line.endswith("\tpass") for line in lines)
    wanted = 12 if "5118" in messages else 49
    if failed or passed < wanted:
        raise Unexpected(f"{passed} of {wanted}:\n" + "\n".join(failed) + result.stderr)


@scenario("the torture messages of RFC 4475 over UDP", slow=True)
def torture_udp(stage):
    torture(stage, "rfc4475")


@scenario("the torture messages of RFC 4475 over TCP", slow=True)
def torture_tcp(stage):
    torture(stage, "rfc4475", "--tcp")


@scenario("the IPv6 messages of RFC 5118 over UDP", slow=True)
def torture_ipv6(stage):
    torture(stage, "rfc5118-wire", "--uniq")


@scenario("random bytes, over UDP and TCP")
def random_bytes(stage):
    source = random.Random(4475)
    with CallInProgress(stage) as call, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as attacker:
        attacker.bind((stage.address(66), 0))
        for turn in range(2000):
            attacker.sendto(source.randbytes(source.randrange(1, 1400)), call.switch)
            if turn % 100 == 99:
                time.sleep(0.01)
        for _ in range(20):
            with connected(stage, call.switch) as stream:
                try:
                    stream.sendall(source.randbytes(4000))
                except OSError:
                    continue


@scenario("a good INVITE with single bytes changed, five hundred times")
def changed_bytes(stage):
    source = random.Random(3261)
    with CallInProgress(stage) as call, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as attacker:
        attacker.bind((stage.address(66), 0))
        good = call.leg.request("INVITE", body=call.leg.offer, cseq=1)
        for turn in range(500):
            bad = bytearray(good)
            for _ in range(source.randrange(1, 4)):
                bad[source.randrange(len(bad))] = source.randrange(256)
            attacker.sendto(bytes(bad), call.switch)
            if turn % 50 == 49:
                time.sleep(0.02)


def connected(stage, switch, last=66):
    stream = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    stream.bind((stage.address(last), 0))
    stream.settimeout(3)
    stream.connect(switch)
    return stream


def padded(switch, head, fill):
    return (
        f"OPTIONS sip:{switch[0]} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5999;branch=z9hG4bK{time.monotonic_ns()}\r\n{head}"
        "From: <sip:a@b>;tag=1\r\nTo: <sip:b@c>\r\nCall-ID: large\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n"
    ).encode() + fill + b"Content-Length: 0\r\n\r\n"


@scenario("the largest datagram, one header of 60,000 bytes, and 2,000 headers")
def oversized(stage):
    with CallInProgress(stage) as call, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as attacker:
        attacker.bind((stage.address(66), 0))
        for data in (
            b"A" * 65507,
            padded(call.switch, "", b"X-Large: " + b"a" * 60000 + b"\r\n"),
            padded(call.switch, "", b"".join(b"X-%d: b\r\n" % n for n in range(2000))),
            padded(call.switch, "", b"Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKx\r\n" * 1000),
            padded(call.switch, "", b"Accept: " + b"a/b," * 10000 + b"a/b\r\n"),
            padded(call.switch, "", b"Contact: " + b"<" * 30000 + b"\r\n"),
        ):
            for _ in range(20):
                attacker.sendto(data, call.switch)
        with connected(stage, call.switch) as stream:
            try:
                for _ in range(200):
                    stream.sendall(b"X" * 65536)
            except OSError:
                return


@scenario("TCP one byte at a time: the message is understood, and others are not held up")
def one_byte_at_a_time(stage):
    with CallInProgress(stage) as call, connected(stage, call.switch) as stream:
        for byte in padded(call.switch, "", b"").replace(b"SIP/2.0/UDP", b"SIP/2.0/TCP"):
            stream.sendall(bytes([byte]))
            time.sleep(0.005)
        if not stream.recv(4096).startswith(b"SIP/2.0 "):
            raise Unexpected("a message that came byte by byte was not answered")


@scenario("a TCP connection that dribbles one byte a second is closed within 35 s", slow=True)
def dribble(stage):
    with CallInProgress(stage) as call, connected(stage, call.switch) as stream:
        stream.settimeout(1)
        began = time.monotonic()
        data = b"OPTIONS sip:x SIP/2.0\r\nSubject: " + b"a" * 100
        for byte in data:
            try:
                stream.sendall(bytes([byte]))
                if stream.recv(100) == b"":
                    break
            except TimeoutError:
                pass
            except OSError:
                break
            if time.monotonic() - began > 35:
                raise Unexpected("still open after 35 s")


@scenario("three hundred idle TCP connections of one address do not keep another address out")
def idle_connections(stage):
    with CallInProgress(stage) as call:
        idle = []
        try:
            for _ in range(300):
                try:
                    idle.append(connected(stage, call.switch))
                except OSError:
                    break
            with connected(stage, call.switch, last=67) as stream:
                stream.sendall(padded(call.switch, "", b"").replace(b"SIP/2.0/UDP", b"SIP/2.0/TCP"))
                if not stream.recv(4096).startswith(b"SIP/2.0 "):
                    raise Unexpected("a newcomer on TCP was not answered")
        finally:
            for stream in idle:
                stream.close()


@scenario("answers to nothing, ACKs and CANCELs out of the blue")
def out_of_the_blue(stage):
    with CallInProgress(stage) as call, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as attacker:
        attacker.bind((stage.address(66), 0))
        source = random.Random(17)
        for turn in range(300):
            branch = f"z9hG4bK{source.getrandbits(64):016x}"
            if turn % 3 == 0:
                start, method = f"SIP/2.0 {source.choice([100, 180, 200, 401, 486, 503, 699])} What", "INVITE"
            else:
                method = source.choice(["ACK", "CANCEL", "BYE", "PRACK", "UPDATE", "REFER", "NOTIFY", "NONSENSE"])
                start = f"{method} sip:15550001@{call.switch[0]} SIP/2.0"
            attacker.sendto((
                f"{start}\r\nVia: SIP/2.0/UDP {stage.address(66)}:5060;branch={branch}\r\nFrom: <sip:a@b>;tag=1\r\n"
                f"To: <sip:b@c>;tag=2\r\nCall-ID: {branch}\r\nCSeq: 1 {method}\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
            ).encode(), call.switch)


@scenario("a Contact at port 0, at a broadcast address or unroutable does not take the port down")
def unreachable_contacts(stage):
    with CallInProgress(stage) as call:
        attacker = stage.party(stage.caller_address, 5062)
        for target in ("127.0.0.1:0", "255.255.255.255:5060", "224.0.0.1:5060", "240.0.0.1:5060", "[::1]:5060", "nowhere.invalid"):
            leg = attacker.invite(call.switch, "15550001", headers=())
            other = call.other.party.incoming()
            other.reply(200, "OK", body=other.description(), contact=f"<sip:x@{target}>")
            answer = leg.wait(range(200, 700))
            leg.ack(answer)
            if answer.status == 200:
                leg.send("BYE")
            time.sleep(0.1)


@scenario("two failing 183 and a BYE in between do not crash anything (CVE-2021-21375)")
def broken_early_media(stage):
    with CallInProgress(stage) as call:
        attacker = stage.party(stage.caller_address, 5062)
        leg = attacker.invite(call.switch, "15550001")
        other = call.other.party.incoming()
        for body in (b"v=0\r\nm=audio", b"\0\xff not a description", b"v=0\r\n" * 3000):
            other.reply(183, "Session Progress", body=body)
        other.reply(200, "OK", body=b"m=audio 99999999 RTP/AVP\r\nc=IN IP4 999.1.1.1\r\n")
        answer = leg.final(timeout=10)
        leg.ack(answer)
        if answer.status == 200:
            leg.send("BYE")
