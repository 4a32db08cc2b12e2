"""Programs that were not written with the switch and say what they make of what it sends: tshark, multimon-ng, sox."""

import collections
import itertools
import pathlib
import re
import subprocess

from peers.sip import Unexpected

DIGITS = "0123456789*#ABCD"

Packet = collections.namedtuple("Packet", "at source sequence timestamp marker code is_end volume duration")


def run(command, data=None):
    """What a program prints, on both outputs."""
    done = subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    if done.returncode:
        raise Unexpected(f"{command[0]} ended with {done.returncode}: {done.stdout[-600:]}")
    return done.stdout


def event_packets(path):
    """The telephone events of a capture as tshark reads them, in the order of the capture."""
    names = (
        "frame.time_epoch", "rtp.ssrc", "rtp.seq", "rtp.timestamp", "rtp.marker", "rtpevent.event_id",
        "rtpevent.end_of_event", "rtpevent.volume", "rtpevent.duration")
    command = ["tshark", "-n", "-r", str(path), "-o", "rtp.heuristic_rtp:TRUE", "-d", "rtp.pt==101,rtpevent"]
    command += ["-Y", "rtpevent", "-T", "fields", *itertools.chain(*(("-e", name) for name in names))]
    lines = [
        line.split("\t") for line in run(command).decode(errors="replace").splitlines() if line.count("\t") == len(names) - 1
    ]
    return [
        Packet(float(at), source, int(sequence), int(timestamp), marker in ("1", "True"), int(code), end in ("1", "True"),
               int(volume), int(duration))
        for at, source, sequence, timestamp, marker, code, end, volume, duration in lines
    ]


def events(path):
    """The packets of each telephone event of a capture, keyed by source, timestamp and code, in the order of appearance."""
    found = {}
    for packet in event_packets(path):
        found.setdefault((packet.source, packet.timestamp, packet.code), []).append(packet)
    return found


def digits_of(found):
    """The digits of events, in the order of their timestamps, from the first that came."""
    first = next(iter(found))[1] if found else 0
    return "".join(DIGITS[code] for _, _, code in sorted(found, key=lambda key: (key[1] - first + (1 << 31)) % (1 << 32)))


def keys_heard(path):
    """The digits that multimon-ng hears in a WAVE file."""
    raw = run(["sox", str(path), "-t", "raw", "-r", "22050", "-e", "signed", "-b", "16", "-c", "1", "-"])
    said = run(["multimon-ng", "-q", "-t", "raw", "-c", "-a", "DTMF", "-"], raw).decode()
    return "".join(re.findall(r"DTMF: (.)", said))


def sounds(path):
    """The pieces of a WAVE file between silences of 30 ms, as files that sox cuts."""
    path = pathlib.Path(path)
    run(["sox", str(path), str(path.with_suffix(".part.wav")),
         "silence", "1", "0.003", "0.3%", "1", "0.03", "0.3%", ":", "newfile", ":", "restart"])
    pieces = sorted(path.parent.glob(f"{path.stem}.part*.wav"))
    return [piece for piece in pieces if length(piece) > 0.005]


def length(path):
    """Seconds of a WAVE file, as sox counts them."""
    return float(run(["soxi", "-D", str(path)]))


def level(path, low, high, start=0.03, seconds=0.04):
    """The level in dBm0 of what a WAVE file holds between two frequencies, for so long from `start` on."""
    said = run(["sox", str(path), "-n", "sinc", "-a", "60", "-t", "120", f"{low}-{high}",
                "trim", f"{start}", f"{seconds}", "stats"])
    # A sine that fills the samples has −3.01 dB here; in µ-law that would be +3.17 dBm0 (ITU-T G.711 table 2a).
    return float(re.search(rb"RMS lev dB\s+(\S+)", said).group(1)) + 3.01 + 3.17


def peaks(path, seconds, count=2):
    """The frequencies in hertz, lowest first, where sox's spectrum of the first seconds of a WAVE file is highest."""
    said = run(["sox", str(path), "-n", "trim", "0", f"{seconds}", "stat", "-freq"]).decode(errors="replace")
    spectrum = collections.Counter()
    for line in said.splitlines():
        fields = line.split()
        if len(fields) == 2 and re.fullmatch(r"[0-9.]+", fields[0]) and re.fullmatch(r"[0-9.e+-]+", fields[1]):
            spectrum[float(fields[0])] += float(fields[1])
    chosen = []
    for frequency, _ in spectrum.most_common():
        if all(abs(frequency - other) > 15 for other in chosen):
            chosen.append(frequency)
        if len(chosen) == count:
            break
    return sorted(chosen)


def rhythm(samples, rate=8000):
    """How long sound and silence last in turn, in milliseconds, from the first sound on: steps of 5 ms."""
    size = rate // 200
    loud = [max(map(abs, samples[n:n + size])) > 200 for n in range(0, len(samples) - size, size)]
    lengths = [(key, 5 * len(list(group))) for key, group in itertools.groupby(loud)]
    while lengths and not lengths[0][0]:
        lengths.pop(0)
    return [length for _, length in lengths]
