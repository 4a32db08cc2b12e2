"""What goes on while the store cannot be written, and what is there when it can be again."""

import sqlite3
import time

from harness import expect, scenario
from peers.phone import Phone
from peers.sip import Unexpected, end, established
from scenarios.rest import FROM, TARGET, World


class HeldStore:
    """Another program that holds the store's lock for writing: every transaction waits, and then fails as busy."""

    def __init__(self, switch):
        self.connection = sqlite3.connect(f"{switch.folder}/martlet.db", isolation_level=None)
        self.connection.execute("BEGIN IMMEDIATE")

    def release(self):
        self.connection.execute("ROLLBACK")
        self.connection.close()


@scenario("a store that is held for 6 s delays no call, and each call is recorded once afterwards (F10, F11)", slow=True)
def store_held(stage):
    switch = stage.start_switch()
    caller, vendor = stage.party(), stage.vendor()
    end(*established(caller, vendor, switch))
    stage.expect_records(1)
    store, until, calls = HeldStore(stage.switch), time.monotonic() + 6, 1
    while time.monotonic() < until:
        began = time.monotonic()
        pair = established(caller, vendor, switch)
        took = time.monotonic() - began
        expect(took < 0.5, True, f"set up within 0.5 s, it took {took:.2f} s")
        end(*pair)
        calls += 1
        time.sleep(0.1)
    store.release()
    stage.expect_records(calls, within=8)


@scenario("calls and bridges of the time when the store was held are in the history afterwards, each call told to its end", slow=True)
def store_held_driven(stage):
    world = World(stage)
    (first, one), (second, two) = world.answered(), world.answered()
    store, began = HeldStore(stage.switch), time.monotonic()
    bridge = world.rest.create("/bridges", {"callIds": [first, second]})
    world.rest.post(f"/bridges/{bridge}", {"callIds": []})
    world.rest.post(f"/calls/{first}", {"state": "completed"})
    one.leg.expect_hang_up()
    two.leg.hang_up()
    calls = [first, second]
    time.sleep(2.5)  # now every writer has been refused
    for _ in range(8):
        answer = world.rest.request("POST", "/calls", {"from": FROM, "to": TARGET, "callbackUrl": world.receiver.url})
        if answer.status != 201:
            raise Unexpected(f"POST /calls while the store is held: {answer}")
        calls.append(answer.id)
        Phone.taken(world.vendor.incoming()).leg.hang_up()
    time.sleep(max(0, began + 6 - time.monotonic()))
    store.release()
    for call in calls:
        world.over(call, "NORMAL_CLEARING", within=15)
        expect(world.receiver.types(call), ["answer", "hangup"], "the events")
    listed = [call["id"] for call in world.rest.get("/calls", sortOrder="asc")]
    expect(listed, calls, "the history")
    stage.expect_records(len(calls), within=8)
    expect(world.rest.get(f"/bridges/{bridge}")["state"], "completed", "the bridge that was made and left meanwhile")
