"""The measures, one function each. A function takes the settings of the run and returns rows of the table."""

import functools
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import operators
import servers
import sipp_load

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "Interop"))


class Row:
    """One line of the table. `verdict` is decided by what is required and wanted, both as (comparison, number)."""

    def __init__(self, measure, required, wanted, value, shown, note=""):
        self.measure, self.required, self.wanted, self.shown, self.note = measure, required, wanted, shown, note
        if value is None:
            self.verdict = "not measured"
        elif required and not holds(value, required):
            self.verdict = "MISSED"
        elif wanted and not holds(value, wanted):
            self.verdict = "required met"
        else:
            self.verdict = "wanted met" if wanted else "met" if required else "–"


def holds(value, bound):
    comparison, number = bound
    return value <= number if comparison == "≤" else value >= number


def cost_per_call(settings):
    """CPU per completed call beside the yardstick's, alternating in one run; medians."""
    rows = []
    for rate in (500, 2000, 4000):
        calls = rate * 10 if settings.full else max(2500, rate * 2)
        figures = {"martlet": [], "kamailio": []}
        failures = repeats = 0
        for _ in range(3):
            for name, start in (("martlet", settings.martlet), ("kamailio", servers.kamailio)):
                with start() as server:
                    sipp_load.cost(server, rate, min(calls, rate))
                    spent, _, failed, repeated = sipp_load.cost(server, rate, calls)
                    figures[name].append(spent)
                    if name == "martlet":
                        failures, repeats = failures + failed, repeats + repeated
        ours, theirs = (statistics.median(figures[name]) for name in ("martlet", "kamailio"))
        rows.append(Row(
            f"CPU per call at {rate}/s, against Kamailio's proxy", ("≤", 1.6), ("≤", 1.0), ours / theirs,
            f"{ours:.3f} ms, Kamailio {theirs:.3f} ms: {ours / theirs:.2f}×", f"{failures} failed, {repeats} repeated" if failures or repeats else "",
        ))
    return rows


def instructions(settings):
    """User instructions per call: two runs of different length under callgrind, so that the start cancels out."""
    folder = tempfile.mkdtemp(prefix="martlet-callgrind-")
    stripped = f"{folder}/martlet"
    shutil.copy(settings.program, stripped)
    subprocess.run(["strip", "--strip-debug", stripped], check=True)
    shim = f"{folder}/pause_shim.so"
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", shim, str(HERE / "pause_shim.c")], check=True)
    few, many = (200, 2200) if settings.full else (100, 1100)
    totals = {}
    for calls in (few, many):
        output = f"{folder}/{calls}.out"
        wrapper = ("env", f"LD_PRELOAD={shim}", "valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={output}")
        with servers.martlet(stripped, wrapper=wrapper) as server:
            _, completed, failed, _ = sipp_load.cost(server, 40, calls)
            if completed != calls:
                return [Row("user instructions per call", ("≤", 300_000), ("≤", 150_000), None, f"{failed} of {calls} calls failed")]
            time.sleep(1)
        totals[calls] = sum(int(number) for number in re.findall(r"^(?:totals|summary): (\d+)", open(output).read(), re.M)[:1])
    shutil.rmtree(folder)
    each = (totals[many] - totals[few]) / (many - few)
    return [Row("user instructions per call", ("≤", 300_000), ("≤", 150_000), each, f"{each:,.0f}")]


def highest_rate(settings):
    """The highest rate held for 30 s with no call failed and no message sent twice."""
    seconds = 30 if settings.full else 10
    best, stopped = 0, "the last step"
    finer = (6500, 7500) if settings.full else ()
    for rate in sorted((3000, 4000, 5000, 6000, 7000, 8000, 9000, 10000, *finer)):
        with settings.martlet() as server:
            sipp_load.cost(server, 1000, 2000)
            began = time.monotonic()
            spent, completed, failed, repeated = sipp_load.cost(server, rate, rate * seconds)
            took = time.monotonic() - began - 2
        busy = spent * completed / 1000 / took if completed else 0
        late = took > seconds * 1.1 + 2
        if failed or repeated or completed < rate * seconds or late:
            stopped = f"at {rate}: {failed} failed, {repeated} repeated, {took:.0f} s, the server's core {busy:.0%} busy"
            break
        best = rate
    return [Row(f"calls/s for {seconds} s, none failed, none repeated", ("≥", 4000), ("≥", 8000), best, f"{best}", stopped)]


def memory(settings):
    """Resident memory per held call: the slope between two numbers of calls, half a minute after the last was set up."""
    rows = []
    relayed = min(10_000, servers.MEDIA_SOCKETS // servers.SOCKETS_PER_RELAYED_CALL)
    for title, media, low, high in (
        ("relay off", "direct", 2000, 10000), ("relay on", "relay", relayed // 4, relayed),
    ):
        limits = (("≤", 10), ("≤", 5)) if media == "direct" else (("≤", 30), ("≤", 15))
        found = {}
        with settings.martlet(media=media) as server, sipp_load.Callees():
            for calls in (low, high):
                settle = 36 if settings.full else 12
                rate = 1000
                callers = sipp_load.Callers(rate, calls, hold=int(calls / rate * 1000) + settle * 1000 + 4000)
                time.sleep(calls / rate + settle)
                found[calls] = server.memory()
                completed, failed, _ = callers.finish()
                if failed or completed != calls:
                    rows.append(Row(f"memory per held call, {title}", *limits, None, f"{failed} of {calls} calls failed"))
                    break
            else:
                slope = (found[high] - found[low]) / (high - low)
                limit = f"; {servers.DESCRIPTORS} descriptors allowed, {servers.SOCKETS_PER_RELAYED_CALL} a call" if media == "relay" else ""
                rows.append(Row(f"memory per held call, {title}", *limits, slope, f"{slope:.2f} KiB", f"{low} to {high} calls{limit}"))
    return rows


def latency(settings):
    """Set-up time of an unloaded server, one call at a time."""
    found = {}
    for name, start in (("martlet", settings.martlet), ("kamailio", servers.kamailio)):
        with start():
            result = subprocess.run(
                ["taskset", "-c", servers.LOAD_CORE, sys.executable, str(HERE / "latency.py"), str(1000 if settings.full else 300)],
                capture_output=True, text=True, check=True,
            )
            found[name] = json.loads(result.stdout)
    ours, theirs = found["martlet"], found["kamailio"]
    if not ours["calls"]:
        return [Row("set-up time, p50", ("≤", 0.45), ("≤", 0.3), None, f"{ours['failed']} calls failed")]
    return [Row(
        "set-up time, p50", ("≤", 0.45), ("≤", 0.3), ours["p50"], f"{ours['p50']:.3f} ms, p99 {ours['p99']:.3f} ms",
        f"Kamailio {theirs['p50']:.3f} ms" + (f"; {ours['failed']} failed" if ours["failed"] else ""),
    )]


def compiled(folder, name, sources=HERE):
    output = f"{folder}/{name}"
    subprocess.run(["gcc", "-O2", "-o", output, str(sources / f"{name}.c")], check=True)
    return output


def rtp(load, folder, lines, seconds):
    """Sends RTP over `lines`; (sent, received)."""
    path = f"{folder}/streams"
    pathlib.Path(path).write_text("".join(f"{line}\n" for line in lines))
    result = subprocess.run(["taskset", "-c", servers.LOAD_CORE, load, path, str(seconds)], capture_output=True, text=True, check=True)
    return tuple(int(number) for number in re.findall(r"(?:sent|received)=(\d+)", result.stdout))


def relay(settings):
    """CPU per packet in and out, beside a bare loop of recvfrom and sendto."""
    from peers.sip import Party, audio_endpoint, sdp

    rows = []
    folder = tempfile.mkdtemp(prefix="martlet-relay-")
    load, floor = compiled(folder, "rtp_load"), compiled(folder, "relay_floor")
    seconds = 20 if settings.full else 8
    for calls in (200, 500):
        with Floor(floor, calls) as bare:
            lines = [f"127.0.5.4 {40000 + 2 * i} 127.0.5.1 {20000 + 2 * i}" for i in range(calls)]
            lines += [f"127.0.5.3 {40000 + 2 * i} 127.0.5.1 {30000 + 2 * i}" for i in range(calls)]
            before = bare.cpu()
            _, received = rtp(load, folder, lines, seconds)
            least = (bare.cpu() - before) / max(1, received) * 1e6
        with settings.martlet(media="relay") as server, Party("127.0.5.4", 5075) as caller, Party("127.0.5.3", 5080) as callee:
            lines, legs = [], []
            for i in range(calls):
                port = 40000 + 2 * i
                leg = caller.invite(servers.ADDRESS, f"1555{i:04}", body=sdp("127.0.5.4", port))
                other = callee.incoming()
                there = audio_endpoint(other.invite.body)
                other.reply(200, "OK", body=sdp("127.0.5.3", port))
                answer = leg.wait(200)
                here = audio_endpoint(answer.body)
                leg.ack(answer)
                other.receive("ACK")
                legs.append(leg)
                lines += [f"127.0.5.4 {port} {here[0]} {here[1]}", f"127.0.5.3 {port} {there[0]} {there[1]}"]
            rtp(load, folder, lines, 2)
            before = server.cpu()
            sent, received = rtp(load, folder, lines, seconds)
            ours = (server.cpu() - before) / max(1, received) * 1e6
        lost = 1 - received / max(1, sent)
        rows.append(Row(
            f"relay CPU per packet, {calls} calls, against the bare loop", ("≤", 1.25), ("≤", 1.05), ours / least,
            f"{ours:.1f} µs, bare loop {least:.1f} µs: {ours / least:.2f}×", f"{lost:.2%} lost" if lost > 0.0005 else "",
        ))
    shutil.rmtree(folder)
    return rows


class Floor(servers.Server):
    """The bare relay loop; it answers no SIP, so it is given half a second to bind."""

    def __init__(self, program, calls):
        super().__init__(["taskset", "-c", servers.SERVER_CORE, program, str(calls)], tempfile.mkdtemp(prefix="relay-floor-"))

    def await_answer(self, seconds=20):
        time.sleep(0.5)


def growth(settings):
    """Cost per call while many others are held, and with many accounts and routes: the fewest are measured first and last."""
    held = functools.partial(cost_while_held, settings)
    provisioned = functools.partial(cost_with_accounts, settings)
    return [
        growth_row("cost per call with {} calls held", held, (100, 10_000, 50_000)),
        growth_row("cost per call with {} accounts and routes", provisioned, (10, 10_000, 100_000)),
    ]


def several_costs(server, callees):
    """CPU per call of three runs; raises where calls fail."""
    figures, calls = [], 2500
    for _ in range(3):
        spent, completed, failed, _ = sipp_load.cost(server, 1000, calls, callees=callees)
        if failed or completed != calls:
            raise RuntimeError(f"{failed} of {calls} calls failed")
        figures.append(spent)
    return figures


def cost_while_held(settings, held):
    rate = 2000
    with settings.martlet() as server, sipp_load.Callees():
        holding = sipp_load.Callers(rate, held, hold=3_600_000, port=5071)
        try:
            until = time.monotonic() + held / rate + 30
            while holding.present() < held and time.monotonic() < until:
                time.sleep(1)
            # Until every one has been answered and its transactions are forgotten.
            time.sleep(6)
            figures = several_costs(server, callees=False)
            if holding.present() != held:
                raise RuntimeError(f"{holding.present()} of {held} calls were held")
            return figures
        finally:
            holding.kill()
            server.kill()


def cost_with_accounts(settings, accounts):
    with settings.martlet(accounts=accounts) as server:
        sipp_load.cost(server, 1000, 1000)
        return several_costs(server, callees=True)


def growth_row(title, measure, sizes):
    """The dearest size beside the smallest, which is measured again at the end, for machines that slow down meanwhile."""
    title = title.format(" / ".join(f"{size:,}" for size in sizes))
    costs = {size: [] for size in sizes}
    try:
        for size in (*sizes, sizes[0]):
            costs[size] += measure(size)
    except (RuntimeError, OSError) as error:
        return Row(title, ("≤", 1.3), ("≤", 1.0), None, f"with {size:,}: {error}")
    figures = [statistics.median(costs[size]) for size in sizes]
    ratio = max(figures) / figures[0]
    return Row(title, ("≤", 1.3), ("≤", 1.0), ratio, " / ".join(f"{figure:.3f}" for figure in figures) + f" ms: {ratio:.2f}×")


def micro(program, *arguments, package="Micro"):
    """What a program of a package of Benchmarks prints; raises with the end of its complaints where it fails."""
    package = ["--package-path", str(ROOT / "Benchmarks" / package), "-c", "release"]
    result = subprocess.run(["swift", "run", *package, program, *arguments], capture_output=True, text=True, timeout=900)
    if result.returncode:
        raise RuntimeError(f"{program}: {(result.stdout + result.stderr)[-300:]}")
    return result.stdout


def parse(settings):
    """Time to parse one INVITE of about 1,000 bytes."""
    figure = int(re.search(r"parse, all fields[^\n]*? (\d+) ns", micro("MicroBenchmarks")).group(1))
    return [Row("parsing an INVITE", ("≤", 2000), ("≤", 1000), figure, f"{figure:,} ns")]


def simulation(settings):
    """Simulated calls per second of real time on one core."""
    printed = micro("SimulationRuns", "0", "200" if settings.full else "20")
    figure = int(re.search(r"polite calls with direct media: (\d+) calls/s", printed).group(1))
    return [Row("simulated calls/s", ("≥", 1000), ("≥", 5000), figure, f"{figure:,}")]


def simulated_applications(settings):
    """Simulated calls to an application with prompt, digit and audio per second of real time on one core."""
    printed = micro("ApplicationCalls", "5000" if settings.full else "1000", package="Applications")
    figure = int(re.search(r"digit and audio: (\d+) calls/s", printed).group(1))
    return [Row("simulated application calls/s", ("≥", 500), ("≥", 2000), figure, f"{figure:,}")]


def operating(settings):
    """What counting, listing and ending 10,000 calls costs, and what new calls notice of it."""
    calls = 10_000
    found = operators.measure(settings.martlet, calls)
    alone, listing, ending = found["alone"], found["listing"], found["ending"]
    failed = alone["failed"] + listing["failed"] + ending["failed"]
    count = found["count_many"] / found["count_few"]
    rate = found["ended"] / found["end"]
    exact = found["ended"] >= calls and found["records"] == found["ended"] and found["hung_up"] == calls and not failed
    return [
        Row(f"counting calls per account, 100 / {calls:,} calls up", ("≤", 1.5), ("≤", 1.1), count,
            f"{found['count_few'] * 1000:.2f} / {found['count_many'] * 1000:.2f} ms: {count:.2f}×"),
        Row(f"listAllCalls of {calls:,} calls, against Python's xmlrpc.client writing the same", ("≥", 1), None,
            found["python"] / found["list"], f"{calls / found['list']:,.0f} calls/s, Python {calls / found['python']:,.0f} calls/s",
            f"{found['answer'] / 1e6:.1f} MB in {found['list'] * 1000:.0f} ms; control socket {found['control'] * 1000:.0f} ms"),
        Row("most memory during listAllCalls, against the answer's size", ("≤", 3), None, found["growth"] / found["answer"],
            f"{found['growth'] / found['answer']:.2f}×"),
        Row("set-up p99 during listAllCalls without pause, against without", ("≤", 2), None, listing["p99"] / alone["p99"],
            f"{listing['p99']:.2f} / {alone['p99']:.2f} ms", f"p50 {listing['p50']:.2f} / {alone['p50']:.2f} ms, {found['listings']} listings"),
        Row(f"ending {calls:,} calls of a customer, calls/s", ("≥", 2000), None, rate if exact else None, f"{rate:,.0f}/s",
            f"{found['ended']} ended, {found['records']} records, {found['hung_up']} callers heard BYE, {found['left']} left, {failed} new calls failed"),
        Row("set-up p99 while calls are ended, against without", ("≤", 4), None, ending["p99"] / alone["p99"],
            f"{ending['p99']:.2f} / {alone['p99']:.2f} ms", f"p50 {ending['p50']:.2f} ms"),
    ]


def application_channels(settings):
    """What channels of voice applications cost (Benchmarks/Channels)."""
    import channels

    return channels.rows(settings, Row, functools.partial(compiled, tempfile.mkdtemp(prefix="martlet-channels-")))


def call_events(settings):
    """What telling calls to a webhook costs (Benchmarks/Events)."""
    import events

    return events.rows(settings, Row, functools.partial(compiled, tempfile.mkdtemp(prefix="martlet-events-")))


ALL = {
    "cost": cost_per_call, "instructions": instructions, "rate": highest_rate, "memory": memory, "latency": latency, "relay": relay,
    "growth": growth, "parse": parse, "simulation": simulation, "applications": simulated_applications,
    "operators": operating, "channels": application_channels, "events": call_events,
}
