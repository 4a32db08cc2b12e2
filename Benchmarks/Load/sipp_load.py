"""Load by sipp on core 1: callers at 127.0.5.2, callees at 127.0.5.3:5080."""

import csv
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from servers import LOAD_CORE

HERE = pathlib.Path(__file__).resolve().parent
COMMON = ["-nostdin", "-timer_resol", "1", "-buff_size", "4194304", "-trace_stat", "-fd", "1"]


def last_row(path):
    """The last row of a sipp statistics file, by column name."""
    try:
        rows = list(csv.reader(open(path), delimiter=";"))
        return dict(zip(rows[0], rows[-1]))
    except (OSError, IndexError):
        return {}


class Callees:
    """sipp answering at 127.0.5.3."""

    def __init__(self, port=5080):
        self.folder, self.repeated = tempfile.mkdtemp(prefix="sipp-callees-"), 0
        self.process = subprocess.Popen(
            ["nice", "-n", "-10", "taskset", "-c", LOAD_CORE, "sipp", "-sf", str(HERE / "callee.xml"), "-i", "127.0.5.3", "-p", str(port),
             "-mi", "127.0.5.3", "-l", "1000000", "-stf", f"{self.folder}/statistics.csv", *COMMON],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        time.sleep(0.7)

    def statistics(self):
        return last_row(f"{self.folder}/statistics.csv")

    def stop(self):
        self.process.send_signal(signal.SIGUSR1)
        try:
            self.process.wait(4)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.repeated = int(self.statistics().get("Retransmissions(C)") or 0)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Callers:
    """sipp calling from 127.0.5.2; each call is held for `hold` ms. All calls go to `service`, or to as many numbers from 1555 on."""

    def __init__(self, rate, calls, hold=0, port=5070, service=None):
        self.folder = tempfile.mkdtemp(prefix="sipp-callers-")
        self.rate, self.calls, self.hold = rate, calls, hold
        most = min(max(1000, int(rate * (hold / 1000 + 6)) + 100), calls + 100)
        scenario = (HERE / "caller.xml").read_text()
        if service:
            scenario = scenario.replace("[service][call_number]", "[service]")
        pathlib.Path(f"{self.folder}/caller.xml").write_text(scenario)
        self.process = subprocess.Popen(
            ["nice", "-n", "-10", "taskset", "-c", LOAD_CORE, "sipp", "127.0.5.1:5060", "-sf", "caller.xml", "-s", service or "1555",
             "-i", "127.0.5.2", "-p", str(port), "-mi", "127.0.5.2", "-r", str(rate), "-rp", "1000", "-m", str(calls), "-d", str(hold),
             "-l", str(most), "-stf", f"{self.folder}/statistics.csv", *COMMON],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )

    def finish(self):
        """Waits for the end; (completed, failed, retransmitted) calls."""
        try:
            self.process.wait(self.calls / self.rate + self.hold / 1000 + 45)
        except subprocess.TimeoutExpired:
            self.kill()
        counts = self.counts()
        shutil.rmtree(self.folder, ignore_errors=True)
        return counts

    def counts(self):
        row = last_row(f"{self.folder}/statistics.csv")
        return tuple(int(row.get(name) or 0) for name in ("SuccessfulCall(C)", "FailedCall(C)", "Retransmissions(C)"))

    def present(self):
        """Calls that were made and did not fail, while none of them has ended."""
        row = last_row(f"{self.folder}/statistics.csv")
        return int(row.get("CurrentCall") or 0)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def cost(server, rate, calls, port=5070, callees=True):
    """One run through a running server: (CPU ms per completed call, completed, failed, retransmitted)."""
    answering = Callees() if callees else None
    try:
        before = server.cpu()
        completed, failed, repeated = Callers(rate, calls, port=port).finish()
        time.sleep(0.6)
        spent = server.cpu() - before
        if answering:
            answering.stop()
            repeated += answering.repeated
            answering = None
    finally:
        if answering:
            answering.stop()
    return (spent * 1000 / completed if completed else float("inf")), completed, failed, repeated
