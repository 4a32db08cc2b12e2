#!/usr/bin/env python3
"""Runs the switch against programs and parties that were not written with it, and prints one line per scenario.

usage: run.py [--martlet PATH] [--only NAME[,NAME]] [--jobs N] [--direct] [--list] [--keep] [--flood N]

Each scenario has a switch and loopback addresses of its own, so scenarios run side by side. With --direct there is no
switch: the parties of the scenarios that allow it meet each other, which shows that the scenarios themselves are right."""

import argparse
import concurrent.futures
import importlib
import os
import pathlib
import socket
import sys
import threading
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

# What install-sdks put there, after what the machine has itself.
sys.path.append(str(pathlib.Path(__file__).resolve().parent / ".sdk/packages"))

import harness  # noqa: E402
from peers.needs import Skipped  # noqa: E402
from peers.sip import Unexpected  # noqa: E402

GROUPS = [
    "flows", "races", "failover", "authentication", "hiding", "hostile", "limits", "timers", "impaired", "records", "store", "media", "talk", "commands",
    "xmlrpc", "xmlrpc_provisioning",
    "origination", "applications", "documents", "conferences", "services", "farends", "transfers", "codecs", "sound", "judges", "bxml", "bxml_rules", "events", "described", "clients", "first_program",
    "rest", "rest_rows", "rest_haste", "rest_races", "rest_lists", "causes", "clocks", "webhooks", "receivers",
]


def own_network():
    """The second number of the loopback addresses of this run, so that two runs on one machine do not meet: (number, lock)."""
    for number in (40, 60, 80, 100, 120):
        lock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            lock.bind((f"127.{number}.255.254", 5060))
            return number, lock
        except OSError:
            lock.close()
    sys.exit("five runs of the suite at once are enough")


def perform(number, scenario, options):
    """Runs one scenario: (verdict, seconds, what went wrong)."""
    began = time.monotonic()
    try:
        with harness.Stage(number, None if options.direct else options.martlet, options) as stage:
            scenario.function(stage)
        verdict, problem = "pass", None
    except Skipped as reason:
        verdict, problem = "skip", str(reason)
    except Unexpected as error:
        verdict, problem = "FAIL", str(error)
    except Exception:
        verdict, problem = "FAIL", traceback.format_exc(limit=6)
    return verdict, time.monotonic() - began, problem


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    root = pathlib.Path(__file__).resolve().parent.parent.parent
    parser.add_argument("--martlet", default=str(root / ".build/debug/martlet"))
    parser.add_argument("--only", default="", help="names of scenarios or groups, joined by commas")
    parser.add_argument("--jobs", type=int, default=6)
    parser.add_argument("--direct", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--keep", action="store_true", help="keep the folders of the scenarios")
    parser.add_argument("--flood", type=int, default=2000, help="how many requests the flood sends")
    options = parser.parse_args()
    options.martlet = os.path.abspath(options.martlet)  # a switch is started in a folder of its own
    for group in GROUPS:
        importlib.import_module(f"scenarios.{group}")
    chosen = [name for name in options.only.split(",") if name]
    scenarios = [
        scenario for scenario in harness.SCENARIOS
        if (not chosen or scenario.name in chosen or scenario.group in chosen) and (scenario.direct or not options.direct)
    ]
    if options.list:
        for scenario in scenarios:
            print(f"{scenario.group}/{scenario.name}: {scenario.sentence}")
        return 0
    if not options.direct and not os.access(options.martlet, os.X_OK):
        print(f"no switch to run at {options.martlet}: build it first")
        print("0 passed, 1 failed")
        return 1

    options.network, lock = own_network()
    counts = {"pass": 0, "FAIL": 0, "skip": 0}
    printing = threading.Lock()

    def run(numbered):
        number, scenario = numbered
        verdict, seconds, problem = perform(number, scenario, options)
        with printing:
            counts[verdict] += 1
            print(f"{verdict} {seconds:5.1f} s  {scenario.group}/{scenario.name}: {scenario.sentence}", flush=True)
            if problem:
                print("    " + problem.replace("\n", "\n    "), flush=True)

    ordered = sorted(enumerate(scenarios), key=lambda numbered: not numbered[1].slow)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(run, ordered))
    lock.close()
    skipped = f", {counts['skip']} skipped" if counts["skip"] else ""
    print(f"{counts['pass']} passed, {counts['FAIL']} failed{skipped}")
    return 1 if counts["FAIL"] or not counts["pass"] else 0


if __name__ == "__main__":
    sys.exit(main())
