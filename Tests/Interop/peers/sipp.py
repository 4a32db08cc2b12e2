"""Runs sipp with a scenario of this folder at one end of the switch."""

import glob
import pathlib
import re
import signal
import subprocess
import time

from .needs import need
from .sip import Unexpected

SCENARIOS = pathlib.Path(__file__).resolve().parent.parent / "sipp"


class Sipp:
    """One sipp process. `plays` is the raw PCMU audio that its scenario plays as tone.raw, if it plays any."""

    def __init__(self, folder, scenario, address, port, remote=None, calls=1, rate=None, timeout=20, number="15550001",
                 plays=None, options=()):
        need("sipp")
        self.scenario, self.timeout = scenario, timeout
        self.folder = pathlib.Path(folder) / f"sipp-{scenario}-{port}-{address}"
        self.folder.mkdir()
        if plays:
            (self.folder / "tone.raw").write_bytes(plays)
        command = ["sipp", "-nostdin", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", address, "-p", str(port), "-mi", address]
        command += ["-m", str(calls), "-timeout", f"{timeout}s", "-timeout_error", "-trace_err", "-s", number]
        if rate:
            command += ["-r", str(rate)]
        if remote:
            command.append(f"{remote[0]}:{remote[1]}")
        command += list(options)
        with open(self.folder / "output", "wb") as output:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )

    def finish(self):
        """Waits for sipp's verdict; a failed call raises with what sipp says about it."""
        try:
            code = self.process.wait(self.timeout + 5)
        except subprocess.TimeoutExpired:
            self.stop()
            raise Unexpected(f"{self.scenario}: sipp did not end") from None
        if code != 0:
            raise Unexpected(f"{self.scenario}: sipp ended with {code}: {self.errors()}")

    def packets(self):
        """The RTP packets that sipp says it has sent and echoed so far, as (sent, echoed); it needs -trace_screen."""
        self.process.send_signal(signal.SIGUSR2)
        time.sleep(0.1)
        text = "".join(path.read_text(errors="replace") for path in self.folder.glob("*_screen.log"))
        counts = [re.findall(rf"(\d+) Total {what}", text) for what in ("RTP pckts sent", "echo RTP pckts 1st stream")]
        return tuple(max(map(int, count), default=0) for count in counts)

    def errors(self):
        text = "".join(open(name, errors="replace").read() for name in glob.glob(f"{self.folder}/*_errors.log"))
        return text.replace("The following events occurred:", "").strip()[:1500]

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
