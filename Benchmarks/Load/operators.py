"""What operators cost while 10,000 calls are up: counting, listing, ending, and what new calls notice of it."""

import http.client
import json
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
import xmlrpc.client

import servers
import sipp_load

CUSTOMER = 2
PROBE_CALLS = 400


class Control:
    """The control socket of a running server: one line of JSON each way."""

    def __init__(self, server):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(120)
        self.socket.connect(f"{server.folder}/martlet.sock")

    def ask(self, **request):
        """The answer as bytes, and the seconds that it took."""
        began = time.perf_counter()
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        parts = []
        while True:
            parts.append(self.socket.recv(1 << 20))
            if not parts[-1]:
                raise RuntimeError("the server closed the control socket")
            if parts[-1].endswith(b"\n"):
                return b"".join(parts), time.perf_counter() - began

    def accounts(self):
        """Calls of the customer's accounts: (total, connected)."""
        answer = json.loads(self.ask(command="accounts", id=str(CUSTOMER))[0])
        return sum(row["total"] for row in answer["accounts"]), sum(row["connected"] for row in answer["accounts"])

    def median(self, count, **request):
        return statistics.median(self.ask(**request)[1] for _ in range(count))


class Programs:
    """The XML-RPC interface of a running server, in trusted mode."""

    def __init__(self):
        self.connection = http.client.HTTPConnection("127.0.5.1", 8080, timeout=120)

    def call(self, method, **members):
        """The body of the answer, and the seconds that it took."""
        body = xmlrpc.client.dumps((members,), method)
        began = time.perf_counter()
        self.connection.request("POST", "/xmlapi/xmlapi", body, {"Content-Type": "text/xml"})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method}: HTTP {answer.status}")
        return text, time.perf_counter() - began

    def median(self, count, method, **members):
        return statistics.median(self.call(method, **members)[1] for _ in range(count))


def in_python(text, count):
    """Seconds that Python's standard library takes to write the same answer."""
    answer, _ = xmlrpc.client.loads(text)
    times = []
    for _ in range(count):
        began = time.perf_counter()
        xmlrpc.client.dumps(answer, methodresponse=True, allow_none=True).encode()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def probe():
    """Starts to place one call after another."""
    return subprocess.Popen(
        ["nice", "-n", "-10", "taskset", "-c", servers.LOAD_CORE, sys.executable, str(sipp_load.HERE / "latency.py"), str(PROBE_CALLS), "--caller"],
        stdout=subprocess.PIPE,
    )


def result(process):
    return json.loads(process.communicate()[0])


def fill(control, more, total):
    """Holds `more` calls, so that `total` are up."""
    callers = sipp_load.Callers(2000, more, hold=3_600_000, port=5071 + total % 7)
    until = time.monotonic() + more / 2000 + 20
    while control.accounts()[1] < total:
        if time.monotonic() > until:
            raise RuntimeError(f"only {control.accounts()} of {total} calls are up")
        time.sleep(0.2)
    return callers


def measure(start, calls):
    """All figures of one run, by name."""
    figures, holding = {}, []
    with start() as server, sipp_load.Callees():
        control, programs = Control(server), Programs()
        holding.append(fill(control, 100, 100))
        figures["count_few"] = programs.median(300, "getAccountCallStatsCustomer", i_customer=CUSTOMER)
        holding.append(fill(control, calls - 100, calls))
        time.sleep(2)
        figures["count_many"] = programs.median(300, "getAccountCallStatsCustomer", i_customer=CUSTOMER)
        figures["control"] = control.median(5, command="calls")
        figures["list"] = programs.median(7, "listAllCalls", i_customer=1)
        before = peak(server)
        answer, _ = programs.call("listAllCalls", i_customer=1)
        figures["python"] = in_python(answer, 3)
        figures["answer"], figures["growth"] = len(answer), peak(server, anew=False) - before
        figures["alone"] = result(probe())
        probing, listings = probe(), 0
        while probing.poll() is None:
            programs.call("listAllCalls", i_customer=1)
            listings += 1
        figures["listings"], figures["listing"] = listings, result(probing)
        probing = probe()
        time.sleep(1)
        answer, figures["end"] = control.ask(command="disconnect_customer", id=str(CUSTOMER))
        figures["ended"] = json.loads(answer)["count"]
        figures["ending"] = result(probing)
        database = sqlite3.connect(f"file:{server.folder}/martlet.db?mode=ro", uri=True)
        until = time.monotonic() + 10
        while (found := records(database)) < figures["ended"] and time.monotonic() < until:
            time.sleep(0.2)
        database.close()
        figures["records"], figures["left"] = found, control.accounts()[0]
        for callers in holding:
            callers.kill()
        figures["hung_up"] = sum(callers.counts()[1] for callers in holding)
    return figures


def peak(server, anew=True):
    """The most memory in bytes that the server had resident at once, `anew` from now on."""
    if anew:
        with open(f"/proc/{server.process.pid}/clear_refs", "w") as file:
            file.write("5")
    with open(f"/proc/{server.process.pid}/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:"))


def records(database):
    """Records of calls that were ended from outside."""
    for table, in database.execute("select name from sqlite_master where type = 'table'").fetchall():
        columns = [row[1] for row in database.execute(f"pragma table_info('{table}')")]
        if "ended_by" in columns:
            return database.execute(f"select count(*) from '{table}' where ended_by = 'api'").fetchone()[0]
    return 0
