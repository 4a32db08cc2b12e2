"""Limits on calls, and what ends a call that goes on for too long."""

import threading
import time

from harness import expect, scenario
from peers.sip import Leg, Unexpected, end, established


class Answering(threading.Thread):
    """A vendor that answers every call at once and hangs up none; it remembers how many were up at the same time."""

    def __init__(self, party):
        super().__init__(daemon=True)
        self.party, self.up, self.most, self.invited = party, set(), 0, 0
        self.over = threading.Event()
        self.start()

    def run(self):
        while not self.over.is_set():
            self.party.listen(0.1)
            for message in [m for m in self.party.waiting if not m.is_response]:
                self.party.waiting.remove(message)
                if message.duplicate:
                    continue
                leg = Leg.answering(self.party, message)
                if message.method == "INVITE":
                    self.invited += 1
                    self.up.add(message.call_id)
                    self.most = max(self.most, len(self.up))
                    leg.reply(200, "OK", body=leg.description())
                elif message.method == "BYE":
                    self.up.discard(message.call_id)
                    leg.reply(200, "OK")

    def stop(self):
        self.over.set()
        self.join()


def burst(stage, limit, **options):
    """Fifty INVITEs at once: exactly `limit` are taken, the others refused, and the vendor sees no more than `limit`."""
    switch = stage.start_switch(**options)
    caller, vendor = stage.party(), Answering(stage.vendor())
    try:
        legs = [caller.invite(switch, f"1555{n:04}") for n in range(50)]
        taken = []
        for leg in legs:
            answer = leg.final()
            leg.ack(answer)
            if answer.status == 200:
                taken.append(leg)
        if len(taken) != limit or vendor.most > limit or vendor.invited > limit:
            raise Unexpected(f"{len(taken)} taken, {vendor.invited} invited, {vendor.most} at once; the limit is {limit}")
        for leg in taken:
            leg.hang_up()
        again = caller.invite(switch, "15559999")
        answer = again.final()
        again.ack(answer)
        if answer.status != 200:
            raise Unexpected(f"after all calls ended a new one got {answer}")
        again.hang_up()
    finally:
        vendor.stop()


@scenario("max_sessions of an account is never exceeded by fifty INVITEs at once")
def account_sessions(stage):
    burst(stage, 10, account={"max_sessions": 10})


@scenario("max_sessions of a customer is never exceeded by fifty INVITEs at once")
def customer_sessions(stage):
    burst(stage, 7, extra={"customers": [
        {"id": 1, "name": "root", "web_login": "root", "api_password": "root-secret", "api_access": True},
        {"id": 2, "parent": 1, "name": "acme", "max_sessions": 7},
    ]})


@scenario("the capacity of a connection is never exceeded by fifty INVITEs at once")
def connection_capacity(stage):
    burst(stage, 12, connections={0: {"capacity": 12}})


@scenario("limits.calls of the switch is never exceeded by fifty INVITEs at once")
def switch_calls(stage):
    burst(stage, 9, configuration={"limits": {"calls": 9}})


@scenario("max_credit_time ends a call on both legs")
def credit_time(stage):
    leg, other = stage.connected(account={"max_credit_time": "2s"})
    began = time.monotonic()
    leg.expect_hang_up(timeout=5)
    other.expect_hang_up()
    took = time.monotonic() - began
    if not 1.5 < took < 3.0:
        raise Unexpected(f"the call was ended after {took:.2f} s, not after 2 s")


@scenario("SIGTERM drains: new calls get 503 with Retry-After, the call in progress goes on")
def drain(stage):
    switch = stage.start_switch(configuration={"drain_timeout": "20s"})
    caller, vendor = stage.party(), stage.vendor()
    leg, other = established(caller, vendor, switch)
    stage.switch.process.terminate()
    time.sleep(0.5)
    late = caller.invite(switch, "15550002")
    answer = late.final()
    late.ack(answer)
    if answer.status != 503 or not answer.get("retry-after"):
        raise Unexpected(f"while draining a new call got {answer}, Retry-After {answer.get('retry-after')!r}")
    leg.send_invite(body=leg.description(version=2))
    other.receive("INVITE")
    other.reply(200, "OK", body=other.description(version=2))
    leg.ack(leg.wait(200))
    other.receive("ACK")
    end(leg, other)
    if stage.switch.process.wait(10) != 0:
        raise Unexpected(f"the drained switch ended with {stage.switch.process.returncode}")


@scenario("a flood beyond limits.calls gets 503 with a spread Retry-After and leaves no trace; calls that are there feel nothing of it")
def flood(stage):
    switch = stage.start_switch(configuration={"limits": {"calls": 2}})
    caller, vendor = stage.party(), stage.vendor()
    leg, other = established(caller, vendor, switch)
    ringing = caller.invite(switch, "15550002")
    rung = vendor.incoming()
    rung.reply(180, "Ringing")
    ringing.wait(180)
    crowd = [caller.invite(switch, f"1555{n:04}") for n in range(1000, 1300)]
    leg.send_invite(body=leg.description(version=2))
    other.receive("INVITE")
    other.reply(200, "OK", body=other.description(version=2))
    leg.ack(leg.wait(200))
    other.receive("ACK")
    ringing.cancel()
    rung.expect_cancel()
    expect(ringing.final().status, 487, "the status of the call that was cancelled in the flood")
    waits = set()
    for refused in crowd:
        answer = refused.final()
        refused.ack(answer)
        expect(answer.status, 503, "the status of a call too many")
        waits.add(int(answer.get("retry-after")))
    if not waits <= set(range(1, 11)) or len(waits) < 5:
        raise Unexpected(f"Retry-After told {sorted(waits)} s to {len(crowd)} calls, not a spread of 1 to 10 s")
    late, found = established(caller, vendor, switch, "15550003")
    end(late, found)
    end(leg, other)
    stage.expect_records(3)
