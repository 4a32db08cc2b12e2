"""What channels of voice applications cost: 500 that play, pacing of 800, a conference, memory, and the end of 1,000 at once.

All calls reach the shipped application `front-desk` (or `conference`), which plays a long WAV file; RTP comes in from
127.0.5.4 while it plays. The server runs on core 0, everything else on core 1."""

import contextlib
import datetime
import os
import re
import socket
import statistics
import subprocess
import tempfile
import time

import servers

HERE, PROMPT, ROOM = "127.0.5.4", "7003", "7008"
FIRST_PORT = 20000


def mulaw_prompt(path, seconds):
    """A WAV file of µ-law at 8 kHz: noise-like bytes, so that no digit is heard in it."""
    audio = bytes((i * 2654435761 >> 16) & 0x7F | 0x40 for i in range(8000)) * seconds
    head = b"WAVEfmt " + (18).to_bytes(4, "little") + bytes([7, 0, 1, 0]) + (8000).to_bytes(4, "little") * 2
    head += bytes([1, 0, 8, 0, 0, 0]) + b"data" + len(audio).to_bytes(4, "little")
    with open(path, "wb") as file:
        file.write(b"RIFF" + (len(head) + len(audio)).to_bytes(4, "little") + head + audio)
    # Files that were written a moment ago are not held for other calls.
    os.utime(path, (time.time() - 3600,) * 2)


def serving(program, parameters=(), prompt=600):
    """A switch whose two numbers lead to front-desk, with these parameters, and to conference."""
    folder = tempfile.mkdtemp(prefix="martlet-channels-")
    mulaw_prompt(f"{folder}/front-desk.wav", prompt)
    provisioning = servers.provisioning()
    provisioning["applications"] = [
        {"id": "desk", "name": "desk", "builtin": "front-desk", "parameters": dict(parameters)},
        {"id": "room", "name": "room", "builtin": "conference"},
    ]
    provisioning["dids"] = [{"number": PROMPT, "application": "desk"}, {"number": ROOM, "application": "room"}]
    return servers.serving(program, folder, provisioning, http={"listen": []}, log={"level": "notice"})


class Channels:
    """Answered calls to a number; `lines` is what the RTP load needs of them."""

    def __init__(self, party, number, count, first=0):
        from peers.sip import audio_endpoint, sdp

        self.legs, self.lines = [], []
        for i in range(first, first + count):
            port = FIRST_PORT + 2 * i
            leg = party.invite(servers.ADDRESS, number, user=f"1{i:06}", body=sdp(HERE, port))
            answer = leg.wait(200, timeout=10)
            leg.ack(answer)
            address, remote = audio_endpoint(answer.body)
            self.legs.append(leg)
            self.lines.append(f"{HERE} {port} {address} {remote}")


class Load:
    """RTP on the lines of channels, from start to stop."""

    def __init__(self, program, folder, lines, seconds, speakers):
        path = f"{folder}/streams"
        with open(path, "w") as file:
            file.write("".join(f"{line}\n" for line in lines))
        self.process = subprocess.Popen(
            ["nice", "-n", "-10", "taskset", "-c", servers.LOAD_CORE, program, path, str(seconds), str(speakers)], stdout=subprocess.PIPE, text=True)

    def result(self):
        found = dict(re.findall(r"(\w+)=([\d.]+)", self.process.communicate()[0]))
        return {name: float(value) for name, value in found.items()}


def under_load(server, channels, load, seconds, speakers=0):
    """(CPU of the server in cores, what the load says) while RTP comes in."""
    running = Load(load, server.folder, channels.lines, seconds + 2, speakers)
    time.sleep(1)
    before, began = server.cpu(), time.monotonic()
    time.sleep(seconds)
    spent, lasted = server.cpu() - before, time.monotonic() - began
    return spent / lasted, running.result()


@contextlib.contextmanager
def calling(program, number, count, parameters=()):
    """A server with so many channels."""
    from peers.sip import Party

    with serving(program, parameters) as server, Party(HERE, 5075) as party:
        yield server, party, Channels(party, number, count)


def cpu_per_channel(settings, load, seconds, count, parameters):
    with calling(settings.program, PROMPT, count, parameters) as (server, _, channels):
        cores, heard = under_load(server, channels, load, seconds)
    return cores / count * 100, heard


def memory(settings, load, few, many):
    """KiB per channel that plays, hears digits in three ways and is recorded while RTP comes in: the slope between two numbers."""
    from peers.sip import Party

    with serving(settings.program, {"tones": "true", "record": "calls"}) as server, Party(HERE, 5075) as party:
        lines = Channels(party, PROMPT, few).lines
        low = heard_memory(server, load, lines)
        lines += Channels(party, PROMPT, many - few, first=few).lines
        return (heard_memory(server, load, lines) - low) / (many - few)


def heard_memory(server, load, lines):
    """KiB of the server while RTP comes in on these lines."""
    running = Load(load, server.folder, lines, 4, 0)
    time.sleep(3)
    resident = server.memory()
    running.result()
    return resident


def endings(settings, count):
    """Milliseconds from each BYE to the end of its handler, sorted."""
    with calling(settings.program, PROMPT, count) as (server, party, channels), contextlib.ExitStack() as phones:
        # The ports of telephones are open: at closed ones the kernel would answer every packet with ICMP on the server's core.
        for line in channels.lines:
            address, port = line.split()[:2]
            phones.enter_context(socket.socket(type=socket.SOCK_DGRAM)).bind((address, int(port)))
        time.sleep(1)
        sent = {}
        for i, leg in enumerate(channels.legs):
            bye = leg.request("BYE")
            sent[f"1{i:06}"] = time.time()
            party.send(bye, leg.switch)
        until, ended = time.monotonic() + 20, {}
        while len(ended) < count and time.monotonic() < until:
            time.sleep(0.5)
            for line in open(f"{server.folder}/log", errors="replace"):
                if "application ended" in line and (caller := re.search(r"\[(1\d{6})\]", line)):
                    moment = datetime.datetime.fromisoformat(line.split()[0].replace("Z", "+00:00"))
                    ended[caller.group(1)] = moment.timestamp()
    return sorted((ended[caller] - sent[caller]) * 1000 for caller in ended)


def rows(settings, row, compiled):
    """The rows of the table; 500 and 800 channels need as many calls of the shipped applications."""
    load = compiled("rtp_load")
    seconds = 20 if settings.full else 8
    found = []
    for title, parameters, limits in (
        ("playing a WAV file", (), (("≤", 0.12), ("≤", 0.05))),
        ("the same with digits heard in the audio", {"tones": "true"}, (("≤", 0.16), ("≤", 0.08))),
    ):
        cost, heard = cpu_per_channel(settings, load, seconds, 500, parameters)
        lost = 1 - heard["received"] / max(1, heard["sent"])
        found.append(row(
            f"CPU per channel {title}, RTP coming in, 500 channels", *limits, cost, f"{cost:.3f} % of a core",
            f"gap p99 {heard['gap_p99']:.1f} ms" + (f", {lost:.1%} lost" if abs(lost) > 0.02 else "")))
    paced = []
    for count in (800, 1500):
        with calling(settings.program, PROMPT, count) as (server, _, channels):
            cores, heard = under_load(server, channels, load, seconds)
        paced.append((count, heard["gap_p99"], cores))
        if heard["gap_p99"] > 22:
            break
    kept = max((count for count, gap, _ in paced if gap <= 22), default=0)
    found.append(row(
        "channels on one core paced at 20 ms with p99 ≤ 22 ms", ("≥", 800), ("≥", 1500), kept, f"{kept}",
        ", ".join(f"{count}: {gap:.1f} ms, {cores:.0%} of the core" for count, gap, cores in paced)))
    with calling(settings.program, ROOM, 40) as (server, _, channels):
        time.sleep(1)
        cores, heard = under_load(server, channels, load, seconds, speakers=3)
    found.append(row(
        "conference of 40 parties, three speaking, CPU", ("≤", 10), ("≤", 4), cores * 100, f"{cores:.1%} of a core",
        f"gap p99 {heard['gap_p99']:.1f} ms"))
    each = memory(settings, load, 100, 500)
    found.append(row("memory per channel with player, recorder and detector", ("≤", 40), ("≤", 15), each, f"{each:.1f} KiB"))
    times = endings(settings, 1000)
    p99 = times[len(times) * 99 // 100] if len(times) == 1000 else None
    found.append(row(
        "hang-up of 1,000 calls during play: BYE to the end of the handler, p99", ("≤", 60), ("≤", 25), p99,
        f"{p99:.0f} ms" if p99 else "", f"p50 {statistics.median(times):.0f} ms" if times else "none ended"))
    return found
