#!/usr/bin/env python3
"""Set-up time: one call after another from 127.0.5.4, answered at once at 127.0.5.3:5080.

usage: latency.py CALLS [--caller]. With --caller somebody else answers. Prints the INVITE-to-200 times as JSON: p50, p90, p99 in milliseconds, and how many failed."""

import json
import multiprocessing
import re
import socket
import sys
import time

SWITCH, CALLER, CALLEE = ("127.0.5.1", 5060), ("127.0.5.4", 5075), ("127.0.5.3", 5080)
COPIED = re.compile(r"(?mi)^(?:Via|From|Call-ID|CSeq|Record-Route): .*\r\n")


def description(address, port):
    return (
        f"v=0\r\no=x 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0 8 101\r\n"
        "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
        "a=ptime:20\r\na=sendrecv\r\n"
    )


def callee():
    """Answers every INVITE with 180 and 200 at once, every BYE with 200."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(CALLEE)
    body, count = description(CALLEE[0], 7000), 0
    while True:
        data, source = listener.recvfrom(65535)
        text = data.decode()
        method = text.split(" ", 1)[0]
        if method not in ("INVITE", "BYE"):
            continue
        to = re.search(r"(?mi)^To: (.*)\r\n", text).group(1)
        if ";tag=" not in to:
            count += 1
            to += f";tag=callee{count}"
        head = "".join(COPIED.findall(text)) + f"To: {to}\r\nContact: <sip:callee@{CALLEE[0]}:{CALLEE[1]}>\r\n"
        if method == "INVITE":
            listener.sendto(f"SIP/2.0 180 Ringing\r\n{head}Content-Length: 0\r\n\r\n".encode(), source)
            listener.sendto(
                f"SIP/2.0 200 OK\r\n{head}Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode(),
                source,
            )
        else:
            listener.sendto(f"SIP/2.0 200 OK\r\n{head}Content-Length: 0\r\n\r\n".encode(), source)


class Caller:
    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(CALLER)
        self.socket.settimeout(2)
        self.run = int(time.time())

    def request(self, number, method, cseq, target, to, routes="", body=""):
        return (
            f"{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP {CALLER[0]}:{CALLER[1]};branch=z9hG4bK{self.run}x{number}{method}\r\n{routes}"
            f'From: "Alice" <sip:alice@{CALLER[0]}>;tag=caller{number}\r\nTo: {to}\r\nCall-ID: {self.run}-{number}@{CALLER[0]}\r\n'
            f"CSeq: {cseq} {method}\r\nContact: <sip:alice@{CALLER[0]}:{CALLER[1]}>\r\nMax-Forwards: 70\r\n"
            + ("Content-Type: application/sdp\r\n" if body else "") + f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def final(self, number, cseq):
        while True:
            text = self.socket.recv(65535).decode()
            mine = f"{self.run}-{number}@" in text and re.search(rf"(?mi)^CSeq: {cseq}\r", text)
            if mine and not text.startswith("SIP/2.0 1"):
                return text

    def call(self, number):
        """One call; its INVITE-to-200 time in milliseconds, None when it failed."""
        target = f"sip:15550001@{SWITCH[0]}:{SWITCH[1]}"
        began = time.perf_counter()
        self.socket.sendto(self.request(number, "INVITE", 1, target, f"<{target}>", body=description(CALLER[0], 6000)), SWITCH)
        answer = self.final(number, "1 INVITE")
        took = (time.perf_counter() - began) * 1000
        if not answer.startswith("SIP/2.0 200"):
            return None
        to = re.search(r"(?mi)^To: (.*?)\r", answer).group(1)
        contact = re.search(r"(?mi)^Contact:.*?<(.*?)>", answer).group(1)
        routes = "".join(f"Route: {route}\r\n" for route in reversed(re.findall(r"(?mi)^Record-Route: (.*?)\r", answer)))
        self.socket.sendto(self.request(number, "ACK", 1, contact, to, routes), SWITCH)
        time.sleep(0.01)
        self.socket.sendto(self.request(number, "BYE", 2, contact, to, routes), SWITCH)
        self.final(number, "2 BYE")
        time.sleep(0.01)
        return took


def main():
    answering = multiprocessing.Process(target=callee, daemon=True)
    if "--caller" not in sys.argv:
        answering.start()
        time.sleep(0.3)
    caller, times, failed = Caller(), [], 0
    for number in range(int(sys.argv[1])):
        try:
            took = caller.call(number)
        except OSError:
            took = None
        if took is None:
            failed += 1
        else:
            times.append(took)
    if answering.is_alive():
        answering.terminate()
    times.sort()
    quantile = {f"p{q}": times[min(len(times) - 1, len(times) * q // 100)] if times else None for q in (50, 90, 99)}
    print(json.dumps({**quantile, "calls": len(times), "failed": failed}))


if __name__ == "__main__":
    main()
