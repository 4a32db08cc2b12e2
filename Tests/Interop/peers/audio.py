"""Tones written to WAVE files and found again in recordings, by Goertzel's algorithm."""

import array
import math
import sys
import wave

RATE = 8000


def write_tone(path, frequency, seconds=20.0, amplitude=8000):
    """A 16-bit mono WAVE file of one tone at 8 kHz."""
    samples = array.array("h", (
        int(amplitude * math.sin(2 * math.pi * frequency * n / RATE)) for n in range(int(seconds * RATE))
    ))
    if sys.byteorder == "big":
        samples.byteswap()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def read_samples(path):
    """(samples, rate) of the first channel of a 16-bit WAVE file; a header left open by a killed recorder is tolerated."""
    with open(path, "rb") as file:
        data = file.read()
    rate, channels = int.from_bytes(data[24:28], "little"), int.from_bytes(data[22:24], "little")
    start = data.index(b"data") + 8
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
