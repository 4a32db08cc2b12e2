"""Tones written to WAVE files and found again in recordings, by Goertzel's algorithm."""

import array
import math
import subprocess
import sys
import wave

RATE = 8000


def encode_law(sample):
    """One µ-law byte of a 16-bit sample (ITU-T G.711)."""
    size, sign = min(abs(sample), 32635) + 132, 0x80 if sample < 0 else 0
    exponent = max(0, size.bit_length() - 8)
    return ~(sign | exponent << 4 | size >> exponent + 3 & 0x0F) & 0xFF


def decode_law(byte):
    """The 16-bit sample of a µ-law byte."""
    byte = ~byte & 0xFF
    size = ((byte & 0x0F) << 3 | 0x84) << (byte >> 4 & 7)
    return 132 - size if byte & 0x80 else size - 132


def decode_a_law(byte):
    """The 16-bit sample of an A-law byte."""
    byte ^= 0x55
    exponent, size = byte >> 4 & 7, (byte & 0x0F) << 4 | 8
    size = size if exponent == 0 else (size + 256) << exponent - 1
    return size if byte & 0x80 else -size


DECODED = [decode_law(byte) for byte in range(256)]


def tone_frame(number, frequency, amplitude=8000):
    """The 20 ms µ-law frame of this number of a tone that began at the first; silence for the frequency None."""
    if frequency is None:
        return b"\xff" * 160
    turn = 2 * math.pi * frequency / RATE
    return bytes(encode_law(int(amplitude * math.sin(turn * n))) for n in range(number * 160, number * 160 + 160))


def windows_of(samples, frequency, milliseconds=100, rate=RATE):
    """How many windows hold little but `frequency`, of how many with any sound in them."""
    hits, _, loud = windows_with_tone(samples, rate, frequency, frequency, milliseconds)
    return hits, loud


def write_tone(path, frequency, seconds=20.0, amplitude=8000):
    """A 16-bit mono WAVE file of one tone at 8 kHz."""
    write_samples(path, (int(amplitude * math.sin(2 * math.pi * frequency * n / RATE)) for n in range(int(seconds * RATE))))


def write_samples(path, samples):
    """A 16-bit mono WAVE file at 8 kHz."""
    samples = array.array("h", samples)
    if sys.byteorder == "big":
        samples.byteswap()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def spoken(text, path, voice="en-us", rate=150):
    """What espeak-ng makes of a text, as 16-bit samples at 8 kHz; the file at `path` is left behind."""
    subprocess.run(
        ["espeak-ng", "-v", voice, "-s", str(rate), "-w", str(path), text], stdin=subprocess.DEVNULL, capture_output=True,
        timeout=30, check=True)
    samples, given = read_samples(path)
    step = given / RATE
    result = []
    for n in range(int(len(samples) / step) - 1):
        # The mean of what lies between two samples keeps most of what 8 kHz cannot hold out of them.
        part = samples[int(n * step):int((n + 1) * step) + 1]
        result.append(sum(part) // len(part))
    return result


def read_samples(path):
    """(samples, rate) of the first channel of a WAVE file, 16-bit or G.711; a header left open by a killed recorder is tolerated."""
    with open(path, "rb") as file:
        data = file.read()
    form = int.from_bytes(data[20:22], "little")
    rate, channels = int.from_bytes(data[24:28], "little"), int.from_bytes(data[22:24], "little")
    start = data.index(b"data") + 8
    if form in (6, 7):
        decode = decode_a_law if form == 6 else decode_law
        return array.array("h", (decode(byte) for byte in data[start::max(1, channels)])), rate
    samples = array.array("h", data[start:start + (len(data) - start) // 2 * 2])
    return samples[::max(1, channels)], rate


def power(samples, rate, frequency):
    """The share, from 0 to 1, of the signal's energy that lies at `frequency`."""
    energy = sum(sample * sample for sample in samples)
    if not samples or energy == 0:
        return 0.0
    coefficient = 2 * math.cos(2 * math.pi * frequency / rate)
    before, last = 0.0, 0.0
    for sample in samples:
        before, last = last, sample + coefficient * last - before
    found = before * before + last * last - coefficient * before * last
    return 2 * found / (len(samples) * energy)


def windows_with_tone(samples, rate, frequency, other, milliseconds=100):
    """How many windows hold `frequency` and how many hold `other`, of how many with any sound in them."""
    size = rate * milliseconds // 1000
    loud = hits = wrong = 0
    for start in range(0, len(samples) - size, size):
        window = samples[start:start + size]
        if sum(abs(sample) for sample in window) / size < 300:
            continue
        loud += 1
        hits += power(window, rate, frequency) > 0.8
        wrong += power(window, rate, other) > 0.2
    return hits, wrong, loud
