"""Starts a real switch with a configuration of its own, and stops it again."""

import json
import os
import re
import select
import signal
import socket
import sqlite3
import subprocess
import time

READY_WITHIN = 30.0


def merged(base, changes):
    """`base` with `changes` laid over it, dictionaries key by key."""
    result = dict(base)
    for key, value in changes.items():
        deeper = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if deeper else value
    return result


def provisioning(vendors, caller, account=None, connections=None, routes=None, policy="preference", rules=None, extra=None):
    """One customer, one account trusted by the caller's address, and one connection per vendor, tried in order.

    `connections` and `routes` hold changes by the vendor's number, counted from 0."""
    connections, routes = connections or {}, routes or {}
    rules = [{"id": 1, "account": 3, "remote_ip": f"{caller}/32"}] if rules is None else rules
    document = {
        "customers": [
            {"id": 1, "name": "root", "web_login": "root", "api_password": "root-secret", "api_access": True},
            {"id": 2, "parent": 1, "name": "acme"},
        ],
        "accounts": [
            {"id": 3, "customer": 2, "authname": "alice", "voip_password": "alice-secret", "routing_group": 1, **(account or {})}
        ],
        "authentication_rules": rules,
        "vendors": [{"id": 1, "name": "carrier"}],
        "connections": [
            {"id": n + 1, "vendor": 1, "name": f"carrier-{n + 1}", "destination": f"sip:{address}:{port};transport=udp",
             **connections.get(n, {})}
            for n, (address, port) in enumerate(vendors)
        ],
        "destination_sets": [
            {"id": n + 1, "name": f"set-{n + 1}", "routes": [{"prefix": "", "preference": 1, **routes.get(n, {})}]}
            for n in range(len(vendors))
        ],
        "routing_groups": [
            {"id": 1, "name": "default", "policy": policy,
             "members": [
                 {"connection": n + 1, "destination_set": n + 1, "preference": len(vendors) - n, "weight": 1}
                 for n in range(len(vendors))
             ]}
        ],
    }
    return merged(document, extra or {})


class Switch:
    """One process `martlet serve` on one loopback address, in one folder of its own."""

    def __init__(self, command, folder, address, configuration, provisioning, port=5060):
        self.command, self.program = command, command[0]
        self.folder, self.endpoint = folder, (address, port)
        # JSON is YAML: nothing else is needed to write both files.
        with open(f"{folder}/provisioning.yaml", "w") as file:
            json.dump(provisioning, file, indent=1)
        settings = merged(
            {
                "sip": {"listen": [f"udp:{address}:{port}", f"tcp:{address}:{port}"]},
                "media": {"address": address, "ports": "20000-20999", "files": f"{folder}/media"},
                "http": {"listen": [f"http:{address}:8080"]},
                "store": f"sqlite:{folder}/martlet.db",
                "provisioning": [f"{folder}/provisioning.yaml"],
                "drain_timeout": "1s",
                "workers": 1,
            },
            configuration,
        )
        with open(f"{folder}/martlet.yaml", "w") as file:
            json.dump(settings, file, indent=1)
        self.log = open(f"{folder}/martlet.log", "wb")
        self.start()

    def await_ready(self):
        until, line = time.monotonic() + READY_WITHIN, b""
        while b"martlet ready" not in line:
            readable, _, _ = select.select([self.process.stdout], [], [], max(0, until - time.monotonic()))
            more = os.read(self.process.stdout.fileno(), 4096) if readable else b""
            if not more:
                raise RuntimeError(f"the switch did not become ready: {line.decode()} {self.last_words()}")
            line += more

    def last_words(self, count=12):
        with open(f"{self.folder}/martlet.log", errors="replace") as file:
            return "\n".join(file.read().splitlines()[-count:])

    @property
    def is_running(self):
        return self.process.poll() is None

    def resident_memory(self):
        """Resident memory in KiB."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"VmRSS:\s*(\d+)", file.read()).group(1))

    def descriptors(self):
        """How many files and sockets it has open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def processor_time(self):
        """Seconds of processor time that it has used."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def answers(self, source):
        """True when an OPTIONS sent from the address `source` is answered within 2 s."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((source, 0))
            port = probe.getsockname()[1]
            request = (
                f"OPTIONS sip:{self.endpoint[0]} SIP/2.0\r\nVia: SIP/2.0/UDP {source}:{port};branch=z9hG4bKprobe{port}{time.monotonic_ns()}\r\n"
                f"Max-Forwards: 70\r\nFrom: <sip:probe@{source}>;tag=p{port}\r\nTo: <sip:{self.endpoint[0]}>\r\n"
                f"Call-ID: probe{port}-{time.monotonic_ns()}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
            ).encode()
            for _ in range(4):
                probe.sendto(request, self.endpoint)
                if select.select([probe], [], [], 0.5)[0]:
                    return probe.recv(4096).startswith(b"SIP/2.0 ")
        return False

    def rows(self, query):
        """What a query of the store finds, as dictionaries."""
        connection = sqlite3.connect(f"file:{self.folder}/martlet.db?mode=ro", uri=True)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(query)]
        finally:
            connection.close()

    def call_records(self):
        """The call detail records, oldest first."""
        return self.rows("SELECT * FROM call_detail_records ORDER BY id")

    def route_attempts(self):
        """The route attempts of all call detail records, in their order."""
        return self.rows("SELECT * FROM route_attempts ORDER BY record, position")

    def kill(self):
        """Ends the process without a word, as a crash of the machine would."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def start(self):
        """Starts the process; returns when every listener is bound."""
        self.process = subprocess.Popen(
            [*self.command, f"{self.folder}/martlet.yaml"],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log,
        )
        try:
            self.await_ready()
        except Exception:
            self.stop()
            raise

    def stop(self):
        """Ends the process; returns what was wrong with the way it ended, or None."""
        crashed = not self.is_running and self.process.returncode != 0
        if self.is_running:
            self.process.send_signal(signal.SIGTERM)
            time.sleep(0.05)
            if self.is_running:
                self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                self.log.close()
                return "the switch did not stop within 5 s of its second SIGTERM"
        self.process.stdout.close()
        self.log.close()
        if crashed or self.process.returncode < 0 and self.process.returncode != -signal.SIGTERM:
            return f"the switch died with {self.process.returncode}: {self.last_words()}"
        return None
