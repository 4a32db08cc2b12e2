"""The page for those who write their first program: what stands on it is run as it stands there."""

import json
import os
import pathlib
import re
import shlex
import socket
import subprocess
import sys
import time

from harness import expect, scenario
from peers.sip import Unexpected

PAGE = pathlib.Path(__file__).resolve().parents[3] / "Documentation" / "first-program.md"
LASTING = ("martlet serve", "python3 ", "martlet phone")
# Where those that last listen.
PORTS = {"serve": 8080, "program.py": 9000, "menu.py": 9001}


class Reader:
    """Somebody who does what the page says, with the addresses of the stage in place of the page's."""

    def __init__(self, stage):
        self.stage, self.running = stage, []
        stage.keep(self)
        page = PAGE.read_text().replace("127.0.0.1", stage.switch_address)
        files = re.findall(r"`([a-z]+\.[a-z]+)`[^`]*?:\n\n```(?:yaml|python)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
        expect([name for name, _ in files], ["martlet.yaml", "provisioning.yaml", "program.py", "menu.py"], "the files of the page")
        for name, text in files:
            self.path(name).write_text(text)
        commands = "".join(re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)).replace("\\\n", " ")
        self.commands = [shlex.split(line, comments=True) for line in commands.splitlines()]

    def path(self, name):
        return pathlib.Path(self.stage.folder, name)

    def run(self, command):
        """Runs a command of the page; what a finished one printed, or where a lasting one prints to."""
        words = [{"martlet": os.path.abspath(self.stage.program), "python3": sys.executable}.get(word, word) for word in command]
        if " ".join(command).startswith(LASTING):
            log = self.path(f"{len(self.running)}.log")
            with open(log, "w", encoding="utf-8") as output:
                self.running.append(subprocess.Popen(
                    words, cwd=self.stage.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT))
            self.wait_for(PORTS.get(command[1]))
            return log
        done = subprocess.run(
            words, cwd=self.stage.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
        if done.returncode:
            raise Unexpected(f"{command}: {done.returncode} {done.stdout} {done.stderr}")
        return done.stdout

    def wait_for(self, port):
        """Waits until somebody listens there, as a person waits who has another terminal to go to."""
        until = time.monotonic() + 20
        while port and time.monotonic() < until:
            try:
                socket.create_connection((self.stage.switch_address, port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        time.sleep(1.5)

    def stop(self):
        for process in reversed(self.running):
            process.terminate()
            try:
                process.wait(2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def expect_line(path, text, within=12):
    """A line with this text is written to the file in time."""
    until = time.monotonic() + within
    while text not in path.read_text():
        if time.monotonic() > until:
            raise Unexpected(f"no {text!r} in {path.name}: {path.read_text()[-600:]}")
        time.sleep(0.1)


@scenario("what the page about the first program says is done as it stands there, and does what it says", slow=True)
def first_program(stage):
    reader = Reader(stage)
    printed, logs = {}, {}
    for command in reader.commands:
        result = reader.run(command)
        if isinstance(result, pathlib.Path):
            logs[command[1]] = result
        else:
            printed.setdefault(" ".join(command[:2]), []).append(result)
        if command[0] == "curl" and "-d" in command:
            expect_line(logs["program.py"], '"reason": "max-digits", "digits": "17"')
            expect_line(logs["program.py"], '"tag": "job-81", "duration"')
    calls = [json.loads(line.splitlines()[-1]) for line in printed["martlet call"]]
    expect([(call["status"], call["ended_by"]) for call in calls], [(200, "remote")] * 2, "the calls")
    expect_line(logs["program.py"], '"reason": "max-digits", "digits": "42"')
    expect_line(logs["menu.py"], "'digits': '42'")
    listed = [json.loads(text) for text in printed["curl -u"]]
    expect((len(listed[0]), listed[1]), (3, []), "how many calls and which errors curl lists")
    expect("gather" in printed["martlet webhooks"][0], True, "the deliveries")
