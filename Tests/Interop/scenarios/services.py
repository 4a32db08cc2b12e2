"""Applications that are started from outside: over HTTP, by command, and what is told of their runs."""

import base64
import json
import pathlib
import time
import urllib.error
import urllib.parse
import urllib.request

from harness import scenario
from peers.sip import Unexpected

APPLICATIONS = {
    "applications": [
        {"id": "a-tone", "name": "reminder", "builtin": "tone", "account": 3, "password": "start-it"},
        {"id": "a-echo", "name": "echo", "builtin": "echo"},
    ],
}


def serving(stage):
    stage.start_switch(extra=APPLICATIONS, configuration={"log": {"application_records": f"{stage.folder}/records.log"}})


def dialling(stage, **configuration):
    """A switch whose application calls what it is started with: a busy line is the result 2."""
    stage.start_switch(command=stage.examples, configuration={
        "log": {"application_records": f"{stage.folder}/records.log", **configuration.pop("log", {})}, **configuration,
    }, extra={"applications": [{"id": "a-dialler", "name": "reminder", "builtin": "dialler", "account": 3, "password": "start-it"}]})


def records(stage):
    """The lines of all files of application records, oldest first."""
    files = sorted(pathlib.Path(stage.folder).glob("records.log*"), key=lambda path: -int(path.suffix[1:]) if path.suffix != ".log" else 0)
    return [line for file in files for line in file.read_text().splitlines()]


def ask(stage, path, user="1-2-0/acme/reminder", password="start-it", form=None, **query):
    """The status of an answer, and its JSON."""
    url = f"http://{stage.switch.endpoint[0]}:8080{path}"
    if query:
        url += "?" + urllib.parse.urlencode(query)
    body = urllib.parse.urlencode(form).encode() if form else None
    request = urllib.request.Request(url, data=body)
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    request.add_header("Authorization", f"Basic {token}")
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def settled(stage, runs):
    """The runs when all of them have ended."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        status, found = ask(stage, "/application_status", ids=",".join(runs))
        if status == 200 and all(run["is_finished"] for run in found):
            return found
        time.sleep(0.05)
    raise Unexpected(f"the runs are {found}")


@scenario("a service is started over HTTP once for each piece of its parameters, its runs are told, and each has a line")
def service_start(stage):
    serving(stage)
    status, runs = ask(stage, "/service_start", outbound_parameters="one,two,three", delimiter=",", count="7")
    if status != 200 or len(runs) != 3 or len(set(runs)) != 3:
        raise Unexpected(f"{status} {runs}")
    found = settled(stage, runs)
    if [run["id"] for run in found] != runs or {run["status"] for run in found} != {"COMPLETED"}:
        raise Unexpected(f"the runs are {found}")
    if [run["outbound_parameters"] for run in found] != ["one", "two", "three"]:
        raise Unexpected(f"the parameters are {found}")
    status, more = ask(stage, "/services/start", form={"outbound_parameters": "x y", "count": "2"})
    if status != 200 or len(more) != 2:
        raise Unexpected(f"{status} {more}")
    settled(stage, more)
    lines = pathlib.Path(stage.folder, "records.log").read_text().splitlines()
    if len(lines) != 5 or not all(" outbound tone " in line and " NA [] [" in line for line in lines):
        raise Unexpected("the records are\n" + "\n".join(lines))
    if not lines[-1].endswith(" -1 NA [] [x y]"):
        raise Unexpected(f"the last record is {lines[-1]}")


@scenario("who does not know a service's password, its name or its owner starts nothing, and wrong parameters neither")
def service_refused(stage):
    serving(stage)
    for user, password in [
        ("1-2-0/acme/reminder", "wrong"), ("1-2-0/acme/echo", "start-it"), ("1-2-0/other/reminder", "start-it"),
        ("1-2-0/acme/none", "start-it"), ("reminder", "start-it"), ("1-2-0/acme/echo", ""),
    ]:
        status, answer = ask(stage, "/service_start", user=user, password=password)
        if status != 401 or "error" not in answer:
            raise Unexpected(f"{user} got {status} {answer}")
    for query in [
        {"outbound_parameters": "a^b"}, {"outbound_parameters": "a|b"}, {"outbound_parameters": "t\u00e4"},
        {"outbound_parameters": "a\tb"}, {"count": "0"}, {"count": "many"}, {"outbound_parameters": "a,b", "delimiter": ",;"},
    ]:
        status, answer = ask(stage, "/service_start", **query)
        if status != 400 or "error" not in answer:
            raise Unexpected(f"{query} got {status} {answer}")
    status, found = ask(stage, "/application_status")
    if status != 200 or found:
        raise Unexpected(f"something was started: {found}")
    status, found = ask(stage, "/application_status", ids="9.9")
    if found[0]["status"] != "UNKNOWN":
        raise Unexpected(f"a run that nobody knows is {found}")


@scenario("a thousand runs at once call sipp, which is busy: each has its result and its line, in files of 20 kB", slow=True)
def service_thousand(stage):
    dialling(stage, log={"application_records_size": 20_000, "application_records_files": 50},
             media={"ports": "20000-24999"})
    stage.sipp_vendor("uas-is-busy", calls=1000, timeout=60)
    numbers = [f"1555{number:04}" for number in range(1000)]
    status, runs = ask(stage, "/service_start", form={"outbound_parameters": ";".join(numbers), "delimiter": ";"})
    if status != 200 or len(set(runs)) != 1000:
        raise Unexpected(f"{status} {len(runs)} runs")
    # Not sipp's verdict: it counts an ACK that its socket had no room for as missing.
    until, found = time.monotonic() + 30, []
    while not found or not all(run["is_finished"] for run in found):
        if time.monotonic() > until:
            raise Unexpected(f"{sum(run['is_finished'] for run in found)} of 1000 runs have ended")
        time.sleep(0.2)
        _, found = ask(stage, "/application_status", form={"ids": ",".join(runs)})
    ways = {(run["status"], run["detail"]) for run in found}
    busy = sum(run["detail"] == "2" for run in found)
    # A thousand INVITEs at once are more than sipp's socket has room for: some answers come when nobody waits for them.
    if not ways <= {("COMPLETED", "2"), ("COMPLETED", "3")} or busy < 900:
        raise Unexpected(f"the runs ended as {ways}, {busy} of them busy")
    if [run["outbound_parameters"] for run in found] != numbers:
        raise Unexpected("the runs have other numbers")
    time.sleep(0.5)
    lines = records(stage)
    if len(lines) != 1000 or {line.split(" [")[-1].rstrip("]") for line in lines} != set(numbers):
        raise Unexpected(f"there are {len(lines)} records")
    if any(path.stat().st_size > 20_000 for path in pathlib.Path(stage.folder).glob("records.log*")):
        raise Unexpected("a file of records is larger than it may be")


@scenario("a run that calls is RUNNING, is CANCELLED by its id and by its service, and its call is given up")
def service_cancelled(stage):
    dialling(stage)
    vendor = stage.vendor()
    _, runs = ask(stage, "/service_start", outbound_parameters="15550001,15550002,15550003", delimiter=",")
    legs = [vendor.incoming() for _ in runs]
    for leg in legs:
        leg.reply(180, "Ringing")
    _, found = ask(stage, "/application_status", ids=",".join(runs))
    if {run["status"] for run in found} != {"RUNNING"} or any(run["is_finished"] for run in found):
        raise Unexpected(f"the runs are {found}")
    if ask(stage, "/service_status")[1]["running"] != 3 or ask(stage, "/queue_length")[1] != {"queue_length": 0}:
        raise Unexpected(f"the service is {ask(stage, '/service_status')}")
    if ask(stage, "/service_cancel", ids=runs[0])[1] != {"cancelled": 1}:
        raise Unexpected("the run was not cancelled")
    if ask(stage, "/service_cancel")[1] != {"cancelled": 2}:
        raise Unexpected("the others were not cancelled")
    for leg in legs:
        leg.expect_cancel()
    if {run["status"] for run in settled(stage, runs)} != {"CANCELLED"}:
        raise Unexpected(f"the runs are {settled(stage, runs)}")
    if ask(stage, "/service_cancel", ids=runs[0])[1] != {"cancelled": 0}:
        raise Unexpected("a run was cancelled twice")


@scenario("commands list applications, start one and tell its runs; what cannot be started is told and fails")
def service_commands(stage):
    serving(stage)
    status, told, wrong = stage.command("applications")
    if status != 0 or "reminder" not in told:
        raise Unexpected(f"{status} {told}{wrong}")
    status, told, wrong = stage.command("applications", "start", "reminder", "--parameters", "1;2", "--delimiter", ";")
    runs = told.split()
    if status != 0 or len(runs) != 2:
        raise Unexpected(f"{status} {told}{wrong}")
    settled(stage, runs)
    status, told, wrong = stage.command("applications", "status", *runs, "--json")
    if status != 0 or [run["status"] for run in json.loads(told)] != ["COMPLETED", "COMPLETED"]:
        raise Unexpected(f"{status} {told}{wrong}")
    for arguments in [["start", "none"], ["start", "echo"], ["cancel", "9.9"]]:
        status, told, wrong = stage.command("applications", *arguments)
        if status != 1 or not wrong.startswith("martlet:"):
            raise Unexpected(f"{arguments}: {status} {told}{wrong}")
    status, told, wrong = stage.command("conferences")
    if status != 0 or "No conferences" not in told:
        raise Unexpected(f"{status} {told}{wrong}")
