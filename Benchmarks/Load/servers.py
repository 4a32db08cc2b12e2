"""The servers that are measured, each alone on core 0 and port 127.0.5.1:5060: Martlet, and Kamailio as the yardstick."""

import collections
import glob
import json
import os
import pathlib
import re
import resource
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TICK = os.sysconf("SC_CLK_TCK")
SERVER_CORE, LOAD_CORE = "0", "1"
ADDRESS = ("127.0.5.1", 5060)
DESCRIPTORS = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
SOCKETS_PER_RELAYED_CALL = 4
MEDIA_SOCKETS = DESCRIPTORS - max(256, DESCRIPTORS // 10)  # the switch keeps the rest for everything else


def all_descriptors():
    """Before a server starts: as many descriptors as this machine allows."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))


class Server:
    """A running server: its processes are what is accounted for."""

    def __init__(self, command, folder, wait_for=None):
        self.folder = folder
        self.log = open(f"{folder}/log", "wb")
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stderr=self.log, preexec_fn=all_descriptors,
            stdout=subprocess.PIPE if wait_for else self.log,
        )
        try:
            if wait_for:
                self.await_word(wait_for)
            else:
                self.await_answer()
        except Exception:
            self.stop()
            raise

    def await_word(self, word, seconds=240):
        until, text = time.monotonic() + seconds, b""
        while word not in text:
            readable, _, _ = select.select([self.process.stdout], [], [], max(0, until - time.monotonic()))
            more = os.read(self.process.stdout.fileno(), 4096) if readable else b""
            if not more:
                raise RuntimeError(f"the server did not start: {open(f'{self.folder}/log').read()[-2000:]}")
            text += more

    def await_answer(self, seconds=20):
        """Waits until an OPTIONS is answered."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.5.9", 0))
            probe.settimeout(0.3)
            port = probe.getsockname()[1]
            for turn in range(int(seconds / 0.3)):
                probe.sendto((
                    f"OPTIONS sip:127.0.5.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.5.9:{port};branch=z9hG4bKprobe{turn}\r\nFrom: <sip:a@b>;tag=1\r\n"
                    f"To: <sip:a@b>\r\nCall-ID: probe{turn}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 10\r\nContent-Length: 0\r\n\r\n"
                ).encode(), ADDRESS)
                try:
                    probe.recv(4096)
                    return
                except OSError:
                    time.sleep(0.1)
        raise RuntimeError(f"the server does not answer: {open(f'{self.folder}/log').read()[-2000:]}")

    def processes(self):
        """The process and all its descendants."""
        children = {}
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    fields = open(f"/proc/{name}/stat").read().rpartition(")")[2].split()
                    children.setdefault(int(fields[1]), []).append(int(name))
                except OSError:
                    continue
        found, waiting = [], [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            waiting += children.get(pid, [])
        return found

    def cpu(self):
        """User and system seconds of all processes so far."""
        total = 0
        for pid in self.processes():
            try:
                fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
                total += int(fields[11]) + int(fields[12])
            except OSError:
                continue
        return total / TICK

    def threads(self):
        """Seconds of CPU so far, to the nanosecond, of the threads of each name; those of NIO's loops have one name."""
        used = collections.Counter()
        for path in glob.glob(f"/proc/{self.process.pid}/task/*"):
            try:
                with open(f"{path}/comm") as name, open(f"{path}/schedstat") as figures:
                    used[re.sub("^NIO-ELT.*", "NIO-ELT", name.read().strip())] += int(figures.read().split()[0]) / 1e9
            except OSError:
                continue
        return used

    def memory(self):
        """Resident memory of all processes in KiB, shared pages shared out."""
        total = 0
        for pid in self.processes():
            try:
                for line in open(f"/proc/{pid}/smaps_rollup"):
                    if line.startswith("Pss:"):
                        total += int(line.split()[1])
            except OSError:
                continue
        return total

    def kill(self):
        """Ends the server without a farewell to the calls it has."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self):
        for attempt in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is not None:
                break
            self.process.send_signal(attempt)
            try:
                self.process.wait(15 if attempt != signal.SIGKILL else None)
            except subprocess.TimeoutExpired:
                continue
        if self.process.stdout:
            self.process.stdout.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def provisioning(accounts=1):
    """One account trusted by the callers' addresses and one vendor; beside them `accounts` - 1 others, each with a rule and a route."""
    others = range(10, 9 + accounts)
    return {
        "customers": [{"id": 1, "name": "root"}, {"id": 2, "parent": 1, "name": "bench"}],
        "accounts": [{"id": 3, "customer": 2, "authname": "bench", "voip_password": "bench", "routing_group": 1}] + [
            {"id": n, "customer": 2, "authname": f"account{n}", "voip_password": f"secret{n}", "routing_group": 1} for n in others
        ],
        "authentication_rules": [
            {"id": 1, "account": 3, "remote_ip": "127.0.5.2/32"}, {"id": 2, "account": 3, "remote_ip": "127.0.5.4/32"},
        ] + [
            {"id": n, "account": n, "remote_ip": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}/32"} for n in others
        ],
        "vendors": [{"id": 1, "name": "vendor"}],
        "connections": [{"id": 1, "vendor": 1, "name": "vendor", "destination": "sip:127.0.5.3:5080;transport=udp"}],
        "destination_sets": [{
            "id": 1, "name": "world", "routes": [{"prefix": "", "preference": 1}] + [{"prefix": f"9{n:07}"} for n in others],
        }],
        "routing_groups": [{
            "id": 1, "name": "default", "policy": "preference",
            "members": [{"connection": 1, "destination_set": 1, "preference": 1, "weight": 1}],
        }],
    }


def serving(program, folder, provisioning, wrapper=(), **changes):
    """Martlet with its store and files in a folder; `changes` replace whole sections of the configuration."""
    with open(f"{folder}/provisioning.yaml", "w") as file:
        json.dump(provisioning, file)
    with open(f"{folder}/martlet.yaml", "w") as file:
        json.dump({
            "sip": {"listen": ["udp:127.0.5.1:5060"]},
            "media": {"address": "127.0.5.1", "ports": "10000-19999", "silence_timeout": "0s", "files": folder},
            "http": {"listen": ["http:127.0.5.1:8080"], "trusted_hosts": ["127.0.0.0/8"]},
            "store": f"sqlite:{folder}/martlet.db",
            "limits": {"calls": 200000},
            "drain_timeout": "0s",
            "log": {"level": "warning"},
            "provisioning": [f"{folder}/provisioning.yaml"],
            **changes,
        }, file)
    command = ["taskset", "-c", SERVER_CORE, *wrapper, str(program), "serve", "--config", f"{folder}/martlet.yaml"]
    return Server(command, folder, wait_for=b"martlet ready")


def martlet(program, accounts=1, media="direct", wrapper=(), workers=1):
    """Martlet with authentication by address, routing and call records on disk."""
    ports = {"mode": media, "address": "127.0.5.1", "ports": "10000-59999", "silence_timeout": "0s"}
    folder = tempfile.mkdtemp(prefix="martlet-bench-")
    return serving(program, folder, provisioning(accounts), wrapper, media=ports, workers=workers)


def kamailio():
    """Kamailio as a stateful proxy with dialogs, one worker."""
    folder = tempfile.mkdtemp(prefix="kamailio-bench-")
    modules = (glob.glob("/usr/lib/*/kamailio/modules/") + ["/usr/lib/kamailio/modules/"])[0]
    (pathlib.Path(folder) / "kamailio.cfg").write_text((HERE / "kamailio-proxy.cfg").read_text().replace("MODULES", modules))
    command = [
        "taskset", "-c", SERVER_CORE, "kamailio", "-DD", "-f", f"{folder}/kamailio.cfg", "-b", "4194304", "-m", "2048", "-M", "32",
        "-x", "tlsf", "-Y", folder, "-P", f"{folder}/pid",
    ]
    return Server(command, folder)
