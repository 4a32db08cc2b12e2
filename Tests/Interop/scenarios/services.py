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
