"""What every scenario stands on: a stage of loopback addresses of its own, and on it the switch and the other parties."""

import os
import shutil
import subprocess
import tempfile
import time

from peers.needs import Skipped
from peers.sip import Party, Unexpected, established
from peers.sipp import Sipp
from peers.switch import Switch, provisioning

SCENARIOS = []


def scenario(sentence, direct=False, slow=False):
    """Registers a function of one stage as the scenario `sentence`.

    `direct`: it also makes sense with no switch between the parties. `slow`: it takes more than 10 s, so it starts first."""

    def register(function):
        SCENARIOS.append(Scenario(sentence, function, direct, slow))
        return function

    return register


def expect(found, wanted, what):
    """Fails with both values where they differ."""
    if found != wanted:
        raise Unexpected(f"{what}: {found!r}, not {wanted!r}")


class Scenario:
    def __init__(self, sentence, function, direct, slow):
        self.sentence, self.function, self.direct, self.slow = sentence, function, direct, slow
        self.name = function.__name__.replace("_", "-")
        self.group = function.__module__.rpartition(".")[2]


class Stage:
    """The addresses 127.<network>.<number>.x, a temporary folder, and everything started there, stopped at the end."""

    def __init__(self, number, program, options):
        # 254 scenarios to a network, the next ones in the network after it.
        self.prefix = f"127.{options.network + number // 254}.{1 + number % 254}"
        self.program, self.options = program, options
        self.folder = tempfile.mkdtemp(prefix="martlet-interop-")
        self.switch_address = f"{self.prefix}.1"
        self.caller_address = f"{self.prefix}.2"
        self.vendors = [(f"{self.prefix}.{11 + n}", 5080) for n in range(8)]
        self.started, self.switch = [], None

    def __enter__(self):
        return self

    def start_switch(self, vendors=1, configuration=None, caller=None, command=None, **changes):
        """Starts the switch with so many vendor connections; returns the endpoint to call. `command` is another program's,
        which takes the configuration as its last argument."""
        if self.program is None:
            return self.vendors[0]
        document = provisioning(self.vendors[:vendors], caller or self.caller_address, **changes)
        command = command or [self.program, "serve", "--config"]
        self.switch = Switch(command, self.folder, self.switch_address, configuration or {}, document)
        return self.switch.endpoint

    @property
    def examples(self):
        """The command of the switch with all examples, which lies beside the other one."""
        program = os.path.join(os.path.dirname(self.program), "examples")
        if not os.access(program, os.X_OK):
            raise Skipped(f"no {program}: build it first")
        return [program]

    def party(self, address=None, port=5060):
        return self.keep(Party(address or self.caller_address, port))

    def vendor(self, number=0):
        """The party behind the connection `number`, counted from 0."""
        return self.keep(Party(*self.vendors[number]))

    def invited(self, **options):
        """A call with `start_switch(**options)` up to the INVITE at the first vendor: (caller's leg, callee's leg)."""
        switch = self.start_switch(**options)
        caller, vendor = self.party(), self.vendor()
        leg = caller.invite(switch, "15550001")
        return leg, vendor.incoming()

    def connected(self, **options):
        """A call with `start_switch(**options)`, answered and acknowledged: (caller's leg, callee's leg)."""
        switch = self.start_switch(**options)
        return established(self.party(), self.vendor(), switch)

    def address(self, last):
        return f"{self.prefix}.{last}"

    def sipp_caller(self, name, remote, port=5060, **options):
        return self.keep(Sipp(self.folder, name, self.caller_address, port, remote, **options))

    def sipp_vendor(self, name, number=0, **options):
        party = self.keep(Sipp(self.folder, name, *self.vendors[number], **options))
        time.sleep(0.3)
        return party

    def pair(self, caller, callee, calls=1, configuration=None, **options):
        """One call between two sipp scenarios, through the switch or directly; both must succeed."""
        switch = self.start_switch(configuration=configuration)
        vendor = self.sipp_vendor(callee, calls=calls)
        party = self.sipp_caller(caller, switch, calls=calls, **options)
        try:
            party.finish()
        except Unexpected as error:
            vendor.stop()
            raise Unexpected(f"{error} | {callee}: {vendor.errors()}") from None
        vendor.finish()
        if self.switch:
            self.expect_records(calls)

    def expect_records(self, count, within=3):
        """The call detail records, of which there must be exactly `count` within so many seconds."""
        until, records = time.monotonic() + within, []
        while len(records) < count and time.monotonic() < until:
            time.sleep(0.05)
            records = self.switch.call_records()
        if len(records) != count:
            raise Unexpected(f"{len(records)} call detail records, not {count}")
        return records

    def command(self, *arguments, limit=30):
        """Runs a command of martlet to its end in the folder of the stage: (exit status, standard output, standard error)."""
        done = subprocess.run(
            [os.path.abspath(self.program), *arguments], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=limit)
        return done.returncode, done.stdout, done.stderr

    def keep(self, started):
        self.started.append(started)
        return started

    def __exit__(self, kind, *_):
        complaint = None
        for started in reversed(self.started):
            if isinstance(started, Party):
                started.socket.close()
            else:
                complaint = started.stop() or complaint
        if self.switch:
            complaint = self.switch.stop() or complaint
        if self.options.keep:
            print(f"    kept {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
        if complaint and (kind is None or kind is Unexpected):
            raise Unexpected(complaint)
