"""The commands that need no switch beside them: the demonstration, and the test phone against sipp."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.request

from harness import scenario
from peers.needs import Skipped, need
from peers.sip import Unexpected


def program(stage):
    if stage.program is None:
        raise Skipped("there is no martlet to run")
    return os.path.abspath(stage.program)


def run(stage, *arguments, **options):
    """Runs a command of martlet to its end: (exit status, standard output)."""
    program(stage)
    return stage.command(*arguments, **options)[:2]


def sipp(stage, *arguments):
    return subprocess.Popen(
        ["sipp", "-nostdin", *arguments], cwd=stage.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@scenario("the demonstration tells its calls, every step holds, and it takes less than 15 s")
def demonstration(stage):
    began = time.monotonic()
    status, story = run(stage, "demo", "--once", "--listen", f"udp:{stage.switch_address}:5060")
    if status != 0 or "WRONG" in story:
        raise Unexpected(f"exit status {status}:\n{story}")
    if time.monotonic() - began > 15:
        raise Unexpected(f"it took {time.monotonic() - began:.1f} s")


def call_demo(stage):
    """A call to the demonstration's carrier that lasts until somebody else ends it."""
    return subprocess.Popen(
        [program(stage), "call", f"sip:442055501@{stage.switch_address}:5060", "--username", "alice", "--password", "alice-secret",
         "--duration", "60s", "--json"],
        cwd=stage.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )


def paste(stage, command, wanted):
    """Runs a command as a shell does that it is pasted into, again until its output holds `wanted`; the output."""
    for _ in range(50):
        done = subprocess.run(["sh", "-c", command], cwd=stage.folder, capture_output=True, text=True, timeout=20)
        if wanted in done.stdout:
            return done.stdout
        time.sleep(0.1)
    raise Unexpected(f"{command!r} never said {wanted!r}: {done.stdout[-800:]} {done.stderr[-800:]}")


def expect_ended_by_switch(phone):
    report = json.loads(phone.communicate(timeout=20)[0])
    if report["status"] != 200 or report["ended_by"] != "remote":
        raise Unexpected(f"the call was not answered and ended by the switch: {report}")


@scenario("what the demonstration prints for XML-RPC works when it is pasted: curl sees a call and ends it, and so does Python")
def demonstration_pasted(stage):
    need("curl")
    demo = stage.keep(Demonstration(program(stage), stage))
    curls = re.findall(r"^ *(curl .*?</methodCall>')", demo.story, re.MULTILINE | re.DOTALL)
    script = re.search(r"^ *(python3 .*)$", demo.story, re.MULTILINE)
    if len(curls) != 2 or not script:
        raise Unexpected(f"the story has {len(curls)} curl lines and {script}:\n{demo.story}")
    wide = [line for line in demo.story.splitlines() if len(line) > 100]
    if wide:
        raise Unexpected(f"lines of the story are wider than 100 columns: {wide}")
    phone = call_demo(stage)
    listing = paste(stage, curls[0], "<string>Connected</string>")
    number = re.search(r"<name>ID</name>\s*<value><string>(\d+)</string>", listing).group(1)
    paste(stage, curls[1].replace("<value>ID<", f"<value>{number}<"), "<string>OK</string>")
    expect_ended_by_switch(phone)
    phone = call_demo(stage)
    paste(stage, curls[0], "<string>Connected</string>")
    paste(stage, script.group(1), "442055501 Connected OK")
    expect_ended_by_switch(phone)
    if demo.interrupt() != 0:
        raise Unexpected("the demonstration did not end with 0 on Ctrl-C")


class Demonstration:
    """`martlet demo` after its story, serving."""

    def __init__(self, path, stage):
        self.process = subprocess.Popen(
            [path, "demo", "--listen", f"udp:{stage.switch_address}:5060"], cwd=stage.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        self.story = ""
        for line in self.process.stdout:
            self.story += line
            if "softphone" in line and "server" in line:
                return
        raise Unexpected(f"the demonstration ended:\n{self.story}")

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(15)

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@scenario("martlet call talks to sipp, hears its own tone come back, and says so in JSON")
def phone_calls_sipp(stage):
    address, port = stage.vendors[0]
    callee = sipp(stage, "-sn", "uas", "-i", address, "-mi", address, "-p", str(port), "-m", "1", "-rtp_echo")
    time.sleep(0.5)
    status, line = run(
        stage, "call", f"sip:echo@{address}:{port}", "--listen", f"udp:{stage.caller_address}:5060", "--tone", "440",
        "--duration", "1s", "--json",
    )
    report = json.loads(line)
    if status != 0 or report["status"] != 200 or report["ended_by"] != "local":
        raise Unexpected(f"exit status {status}: {report}")
    if [tone["hz"] for tone in report["tones"]] != [440]:
        raise Unexpected(f"heard {report['tones']}")
    if callee.wait(10) != 0:
        raise Unexpected(f"sipp ended with {callee.returncode}")


@scenario("martlet phone answers sipp's calls and ends with them; one that refuses is a failed call for sipp")
def phone_answers_sipp(stage):
    address, port = stage.vendors[0]
    for options, verdict in ([], 0), (["--reject", "486"], 1):
        phone = subprocess.Popen(
            [program(stage), "phone", "--listen", f"udp:{address}:{port}", "--calls", "3", "--json", *options],
            cwd=stage.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        time.sleep(0.5)
        caller = sipp(
            stage, "-sn", "uac", f"{address}:{port}", "-i", stage.caller_address, "-mi", stage.caller_address, "-p", "5060",
            "-m", "3", "-r", "10", "-d", "200",
        )
        if caller.wait(15) != verdict:
            raise Unexpected(f"sipp ended with {caller.returncode}")
        output, _ = phone.communicate(timeout=10)
        reports = [json.loads(line) for line in output.splitlines()]
        wanted = [(200, "remote")] * 3 if verdict == 0 else [(486, "local")] * 3
        if phone.returncode != 0 or [(report["status"], report["ended_by"]) for report in reports] != wanted:
            raise Unexpected(f"exit status {phone.returncode}: {reports}")


@scenario("the page at / needs nothing from elsewhere, and every address that it links to answers")
def first_page(stage):
    stage.start_switch()
    base = f"http://{stage.switch_address}:8080"
    with urllib.request.urlopen(f"{base}/", timeout=10) as answer:
        kind, page = answer.headers["Content-Type"], answer.read().decode()
    links = re.findall(r'href="([^"]*)"', page)
    if kind != "text/html; charset=utf-8" or len(links) < 4 or "<script" in page or "//" in page:
        raise Unexpected(f"{kind} with {links}: {page}")
    for link in links:
        with urllib.request.urlopen(base + link, timeout=10) as answer:
            if not answer.read():
                raise Unexpected(f"{link} is empty")
