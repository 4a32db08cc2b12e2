"""Runs sipp with a scenario of this folder at one end of the switch."""

import glob
import pathlib
import subprocess

from .sip import Unexpected

SCENARIOS = pathlib.Path(__file__).resolve().parent.parent / "sipp"


class Sipp:
    """One sipp process. `role` names it in the folder of the stage."""

    def __init__(self, folder, scenario, address, port, remote=None, calls=1, rate=None, timeout=20, number="15550001", options=()):
        self.scenario, self.timeout = scenario, timeout
        self.folder = pathlib.Path(folder) / f"sipp-{scenario}-{port}-{address}"
        self.folder.mkdir()
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

    def errors(self):
        text = "".join(open(name, errors="replace").read() for name in glob.glob(f"{self.folder}/*_errors.log"))
        return text.replace("The following events occurred:", "").strip()[:1500]

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
