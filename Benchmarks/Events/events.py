"""What telling calls to a webhook costs: calls to an application that is told, beside calls to one that is not, in one switch.

Both applications answer at once and do nothing else. The receivers run on the load's core: one answers every event, one
takes them and never answers."""

import collections
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import servers
import sipp_load

HERE = pathlib.Path(__file__).resolve().parent
TOLD, UNTOLD, DEAD = "7100", "7101", "7102"
ADDRESS, PORT, DEAD_PORT = "127.0.5.6", 8100, 8101
ORDER = ["incomingcall", "answer", "hangup"]
HOLD = 200
DELIVERING, WRITING = "NIO-ELT", "events"


class Receiver:
    """Takes events on the load's core; `seen` is what came since it was last asked."""

    def __init__(self, program, port, manner):
        self.folder = tempfile.mkdtemp(prefix="event-receiver-")
        self.path, self.read = f"{self.folder}/events", 0
        self.process = subprocess.Popen(
            ["taskset", "-c", servers.LOAD_CORE, program, ADDRESS, str(port), self.path, manner], stdout=subprocess.PIPE)
        if self.process.stdout.readline() != b"ready\n":
            raise RuntimeError("the receiver of events did not start")

    def seen(self, expected, seconds):
        """(id, event) of each request in order, once `expected` have come and no more come, or the time is over."""
        until, count = time.monotonic() + seconds, -1
        while True:
            time.sleep(0.3)
            with open(self.path, "rb") as file:
                file.seek(self.read)
                text = file.read()
            before, count = count, text.count(b"\n")
            if (count >= expected and count == before) or time.monotonic() > until:
                break
        whole = text[:text.rfind(b"\n") + 1]
        self.read += len(whole)
        return [(name, json.loads(body)) for name, _, body in (line.partition(b"\t") for line in whole.splitlines())]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def serving(program):
    """A switch with the three numbers; what the dead receiver does not take is tried again until the run is over."""
    folder = tempfile.mkdtemp(prefix="martlet-events-")
    provisioning = servers.provisioning()
    provisioning["users"] = [{"id": "u-bench", "customer": 2, "account": 3, "token": "t-bench", "secret": "s-bench"}]
    provisioning["applications"] = [
        {"id": "a-told", "user": "u-bench", "name": "told", "auto_answer": True, "incoming_call_url": f"http://{ADDRESS}:{PORT}/"},
        {"id": "a-untold", "user": "u-bench", "name": "untold", "auto_answer": True},
        {"id": "a-dead", "user": "u-bench", "name": "dead", "auto_answer": True, "incoming_call_url": f"http://{ADDRESS}:{DEAD_PORT}/"},
    ]
    provisioning["dids"] = [
        {"number": TOLD, "application": "a-told"}, {"number": UNTOLD, "application": "a-untold"}, {"number": DEAD, "application": "a-dead"},
    ]
    return servers.serving(program, folder, provisioning, webhooks={"allow_private_addresses": True, "retries": 10})


class Run:
    """Calls to one number: `cost` is CPU ms per completed call, with the delivery of its events, and `threads` the same of the
    threads of each name; `faults` says what is wrong."""

    def __init__(self, server, number, rate, calls, receiver=None):
        before, threads, began = server.cpu(), server.threads(), time.monotonic()
        callers = sipp_load.Callers(rate, calls, hold=HOLD, service=number)
        completed, failed, repeated = callers.finish()
        took = time.monotonic() - began
        self.faults = []
        if failed or completed != calls:
            self.faults.append(f"{calls - completed} calls failed")
        if repeated:
            self.faults.append(f"{repeated} messages repeated")
        if took > calls / rate * 1.1 + HOLD / 1000 + 2:
            self.faults.append(f"took {took:.1f} s")
        if receiver:
            self.faults += faults_of(receiver.seen(len(ORDER) * completed, 10), completed)
        else:
            time.sleep(1)
        self.cost = (server.cpu() - before) * 1000 / completed if completed else float("inf")
        self.completed = completed
        self.threads = collections.Counter(
            {name: (used - threads[name]) * 1000 / max(1, completed) for name, used in server.threads().items()})


def faults_of(events, calls):
    """What is wrong with the events of so many calls: missing, twice, out of order."""
    per_call, ids = collections.defaultdict(list), collections.Counter(name for name, _ in events)
    for _, event in events:
        per_call[event["callId"]].append(event["eventType"])
    twice = sum(count - 1 for count in ids.values())
    wrong = sum(order != ORDER for order in per_call.values())
    faults = []
    if len(events) != len(ORDER) * calls or len(per_call) != calls:
        faults.append(f"{len(events)} events of {len(per_call)} calls, not {len(ORDER) * calls} of {calls}")
    if twice:
        faults.append(f"{twice} events came twice")
    if wrong:
        faults.append(f"{wrong} calls out of order")
    return faults


def rows(settings, row, compiled):
    """The rows of the table."""
    program = compiled("event_receiver", HERE)
    seconds = 10 if settings.full else 4
    found = []
    with Receiver(program, PORT, "answer") as receiver, Receiver(program, DEAD_PORT, "mute") as dead:
        best, stopped = 0, ""
        for rate in (1000, 800, 600, 400, 300, 200, 100):
            with serving(settings.program) as server:
                Run(server, TOLD, 100, 200, receiver)
                run = Run(server, TOLD, rate, rate * seconds, receiver)
            if not run.faults:
                best = rate
                break
            stopped = f"at {rate}: {', '.join(run.faults)}"
            receiver.seen(10**9, 5)
        found.append(row(
            "calls/s told to a webhook, every event once and in order", ("≥", 1000), None, best, f"{best}", stopped))
        with serving(settings.program) as server:
            found += [*costs(server, row, receiver, max(100, best // 2)), *dead_receiver(server, row, receiver, dead, max(100, best // 2))]
    return found


def costs(server, row, receiver, rate):
    """CPU per call with delivery beside the same without, in balanced pairs: each is as often first, for the store grows
    meanwhile. A single pair may differ by a tenth either way; so the figure is the median of the pairs. Beside it stands what
    does not depend on pairs: the CPU that the thread that delivers takes for a told call, and the one that writes events takes
    more than for an untold one."""
    calls, told, untold, faults = rate * 2, [], [], []
    Run(server, UNTOLD, rate, rate)
    Run(server, TOLD, rate, rate, receiver)
    pair = ((untold, UNTOLD, None), (told, TOLD, receiver))
    for turn in range(12):
        for runs, number, listening in pair if turn % 2 else pair[::-1]:
            runs.append(Run(server, number, rate, calls, listening))
            faults += runs[-1].faults
    ratios = sorted((with_events.cost / without.cost - 1) * 100 for with_events, without in zip(told, untold))
    bare = statistics.median(run.cost for run in untold)
    threads = {
        name: statistics.median(run.threads[name] for run in told) - statistics.median(run.threads[name] for run in untold)
        for name in (DELIVERING, WRITING)
    }
    own = sum(threads.values())
    requests = sum(run.completed for run in told) * len(ORDER)
    quarter = len(ratios) // 4
    return [
        row(f"CPU that delivery adds to a call at {rate}/s, %", ("≤", 10), None, statistics.median(ratios),
            f"{statistics.median(ratios):+.0f} % of {bare:.3f} ms",
            ", ".join(faults) or f"median of {len(ratios)} pairs, half of them {ratios[quarter]:+.0f} to {ratios[-1 - quarter]:+.0f} %; "
            f"{requests:,} requests"),
        row("the same, by the threads that deliver and write events, %", ("≤", 10), None, own / bare * 100,
            f"{own / bare * 100:+.1f} %: {own * 1000:.0f} µs",
            f"delivering {threads[DELIVERING] * 1000:.0f} µs, writing {threads[WRITING] * 1000:+.0f} µs; "
            f"{own * 1000 / len(ORDER):.1f} µs a request"),
    ]


def dead_receiver(server, row, receiver, dead, rate):
    """Memory that 10,000 events take whose receiver never answers, and calls of others meanwhile."""
    calls = 10_000 // len(ORDER) + 1
    Run(server, TOLD, rate, calls, receiver)
    fresh = server.memory()
    alone = [Run(server, TOLD, rate, calls, receiver) for _ in range(2)]
    time.sleep(3)
    before = server.memory()
    delivered = (before - fresh) / 1024
    queued = Run(server, DEAD, rate, calls)
    time.sleep(1)
    grown = (server.memory() - before) / 1024
    meanwhile = [Run(server, TOLD, rate, calls, receiver) for _ in range(2)]
    taken = len(dead.seen(0, 1))
    faults = queued.faults + [fault for run in meanwhile for fault in run.faults]
    then, now = (sum(run.cost for run in runs) / len(runs) for runs in (alone, meanwhile))
    return [
        row(f"memory of {queued.completed * len(ORDER):,} events queued for a dead receiver, MiB", ("≤", 64), None, grown,
            f"{grown:.1f} MiB", f"the same calls delivered: {delivered:.1f} MiB; {taken} requests made to it"),
        row("CPU per call of others while they are queued, against before", ("≤", 1.1), None,
            None if faults else now / then, f"{now:.3f} ms, before {then:.3f} ms: {now / then:.2f}×", ", ".join(faults)),
    ]
