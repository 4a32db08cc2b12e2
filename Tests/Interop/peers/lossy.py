"""A network between a telephone and the switch that loses, delays, reorders and doubles packets, each time in the same way."""

import heapq
import itertools
import random
import select
import threading
import time

from peers import stamps
from peers.rtp import bound


class LossyPath(threading.Thread):
    """Carries datagrams between a telephone and the switch, each way with dice of its own, until stopped.

    Of all packets the share `loss` disappears and the share `doubled` comes twice; each is late by `delay` and up to `jitter`
    seconds more, so that they overtake one another. The switch sees it at `port`; `entered` holds what the switch has sent,
    as `capture.write` takes it."""

    def __init__(self, address, seed, loss=0.05, jitter=0.04, doubled=0.02, delay=0.0, port=0):
        super().__init__(daemon=True)
        self.loss, self.jitter, self.doubled, self.delay = loss, jitter, doubled, delay
        self.inner, self.outer = bound(address), bound(address, port)
        self.dice = {self.inner: random.Random(seed), self.outer: random.Random(seed + 1)}
        self.targets, self.entered = {}, []
        self.lost = 0
        self.over = threading.Event()

    @property
    def announced(self):
        """The endpoint that the telephone names to the switch as its own."""
        return self.outer.getsockname()

    def connect(self, telephone, switch):
        """Begins to carry between two endpoints; returns the one to which the telephone must send."""
        self.targets = {self.inner: (self.outer, switch), self.outer: (self.inner, telephone)}
        self.start()
        return self.inner.getsockname()

    def run(self):
        queue, numbers = [], itertools.count()
        while not self.over.is_set():
            wait = min(0.05, max(0.0, queue[0][0] - time.monotonic())) if queue else 0.05
            for ready in select.select([self.inner, self.outer], [], [], wait)[0]:
                self._take(ready, queue, numbers)
            while queue and queue[0][0] <= time.monotonic():
                _, _, carrier, target, data = heapq.heappop(queue)
                carrier.sendto(data, target)

    def _take(self, ready, queue, numbers):
        data, source, at = stamps.receive(ready)
        if ready is self.outer:
            self.entered.append((at, source, self.announced, data))
        dice = self.dice[ready]
        lost, doubled = dice.random() < self.loss, dice.random() < self.doubled
        delays = [dice.random() * self.jitter, dice.random() * self.jitter]
        self.lost += lost
        for delay in delays[:0 if lost else 1 + doubled]:
            heapq.heappush(queue, (at + self.delay + delay, next(numbers), *self.targets[ready], data))

    def stop(self):
        self.over.set()
        if self.is_alive():
            self.join()
        self.inner.close()
        self.outer.close()
