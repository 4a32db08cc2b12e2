"""Conferences over real sockets: who hears whom, life times, roles, digits that mute and leave, what is heard on entry and exit,
transfers into rooms, and the commands that see and change them."""

import json
import time

from harness import scenario
from peers.audio import power, windows_of
from peers.phone import Phone, talk
from peers.sip import Unexpected

LEADER, GUEST = "4711", "4712"
ROOM = "3000"
TONES = [500, 800, 1300]


def serving(stage, builtin="conference-room", **parameters):
    """A switch on which 3000 leads to an example or a built-in application."""
    return stage.start_switch(command=stage.examples, extra={
        "applications": [{"id": "a-room", "name": "room", "builtin": builtin, "account": 3,
                          "parameters": {"leader": LEADER, "pin": GUEST, **parameters}}],
        "dids": [{"number": ROOM, "application": "a-room"}],
    })


def members(stage, switch, count, builtin="conference"):
    """So many phones in one room of the built-in application, each heard and hearing."""
    phones = []
    for number in range(count):
        phones.append(Phone.dialled(stage.party(port=5060 + 2 * number), switch, ROOM, user=f"20255501{number:02}"))
        talk([(phone, None) for phone in phones], 0.3)
    talk([(phone, None) for phone in phones], 0.8)
    return phones


def entered(stage, switch, pin, number, others=()):
    """A phone that has said its PIN and is in the room, or waits for it; the others go on talking silence."""
    phone = Phone.dialled(stage.party(port=5060 + 2 * number), switch, ROOM, user=f"20255501{number:02}")
    everybody = [(phone, None), *[(other, None) for other in others]]
    talk(everybody, 0.5)
    phone.press(pin)
    talk(everybody, 2.5)
    return phone


def exchange(phones, seconds=1.5):
    """Each phone says its tone, and what each hears of each: a row of windows for every phone."""
    for phone in phones:
        phone.forget()
    talk(list(zip(phones, TONES)), 0.4)
    for phone in phones:
        phone.forget()
    talk(list(zip(phones, TONES)), seconds)
    rows = []
    for phone in phones:
        samples = phone.heard()
        windows = [samples[n:n + 800] for n in range(0, len(samples) - 800, 800)]
        rows.append([sum(power(window, 8000, tone) > 0.2 for window in windows) for tone in TONES[:len(phones)]])
    return rows


def expect_heard(rows, wanted):
    """`wanted` says for each phone which of the phones it hears."""
    for listener, (row, heard) in enumerate(zip(rows, wanted)):
        for speaker, count in enumerate(row):
            if (count >= 9) != (speaker in heard) and (count > 1) != (speaker in heard):
                raise Unexpected(f"phone {listener} hears {rows[listener]} windows of each, not only {heard}: {rows}")


def command(stage, *arguments, fails=False):
    """What `martlet conferences …` prints."""
    status, told, wrong = stage.command("conferences", *arguments)
    if (status == 1 and wrong.startswith("martlet:")) != fails or status > 1:
        raise Unexpected(f"conferences {arguments}: {status} {told}{wrong}")
    return told


def room(stage):
    """The only conference as the commands show it."""
    found = json.loads(command(stage, "list", "--json"))
    if len(found) != 1:
        raise Unexpected(f"the conferences are {found}")
    return found[0]


def settled(what, timeout=3.0):
    """Waits until `what()` is true."""
    until = time.monotonic() + timeout
    while not what():
        if time.monotonic() > until:
            raise Unexpected("it did not come to that in time")
        time.sleep(0.05)


def expect_bye(phone, others=(), seconds=6.0):
    talk([(phone, None), *[(other, None) for other in others]], seconds, until=phone.has_heard_bye)
    phone.leg.expect_hang_up()


@scenario("three callers of one number hear the other two and not themselves; a caller of another number hears nobody")
def conference_rooms(stage):
    switch = stage.start_switch(extra={
        "applications": [{"id": "a-room", "name": "room", "builtin": "conference", "account": 3}],
        "dids": [{"number": number, "application": "a-room"} for number in (ROOM, "3001")],
    })
    phones = members(stage, switch, 3)
    stranger = Phone.dialled(stage.party(port=5080), switch, "3001")
    stranger.talk(0.8)
    stranger.forget()
    expect_heard(exchange(phones), [{1, 2}, {0, 2}, {0, 1}])
    stranger.stream.drain()
    if any(abs(sample) > 300 for sample in stranger.heard()):
        raise Unexpected("who is in another room hears something")
    names = sorted(conference["name"] for conference in json.loads(command(stage, "--json")))
    if names != [ROOM, "3001"]:
        raise Unexpected(f"the rooms are {names}")


@scenario("commands list and show a conference, mute, hold and eject a party, and end the room", slow=True)
def conference_commands(stage):
    switch = serving(stage, "conference")
    phones = members(stage, switch, 3)
    shown = command(stage, "show", ROOM)
    listed = room(stage)
    ids = [member["id"] for member in listed["members"]]
    if listed["state"] != "started" or listed["maximum"] != 40 or len(ids) != 3:
        raise Unexpected(f"the room is {listed}")
    if ROOM not in command(stage) or not all(party in shown for party in ("2025550100", "2025550101", "2025550102")):
        raise Unexpected(f"it is shown as {shown}")
    if any(member["role"] != "talker" or member["muted"] or member["held"] for member in listed["members"]):
        raise Unexpected(f"the parties are {listed['members']}")
    command(stage, "mute", ids[0])
    settled(lambda: room(stage)["members"][0]["muted"])
    expect_heard(exchange(phones), [{1, 2}, {2}, {1}])
    command(stage, "unmute", listed["members"][0]["call"])
    settled(lambda: not room(stage)["members"][0]["muted"])
    command(stage, "hold", ids[1])
    settled(lambda: room(stage)["members"][1]["held"])
    expect_heard(exchange(phones), [{2}, set(), {0}])
    command(stage, "unhold", ids[1])
    settled(lambda: not room(stage)["members"][1]["held"])
    expect_heard(exchange(phones), [{1, 2}, {0, 2}, {0, 1}])
    command(stage, "eject", ids[2])
    expect_bye(phones[2], phones[:2])
    if len(room(stage)["members"]) != 2:
        raise Unexpected(f"the room is {room(stage)}")
    for arguments in (("show", "none"), ("end", "none"), ("mute", "987654321"), ("eject", ids[2]), ("hold", "x\x1b[31m")):
        command(stage, *arguments, fails=True)
    command(stage, "end", ROOM)
    expect_bye(phones[0], phones[1:2])
    expect_bye(phones[1])
    settled(lambda: "No conferences" in command(stage))


@scenario("a guest hears it ring until the leader comes, talks, mutes himself with 0 and speaks with 1, and leaves with #", slow=True)
def conference_guest(stage):
    switch = serving(stage)
    guest = entered(stage, switch, GUEST, 0)
    if room(stage)["state"] != "stopped":
        raise Unexpected(f"the room is {room(stage)}")
    guest.forget()
    guest.talk(6)
    ringing = [
        n for n in range(0, len(guest.heard()) - 800, 800)
        if all(power(guest.heard()[n:n + 800], 8000, tone) > 0.3 for tone in (440, 480))]
    if len(ringing) < 10:
        raise Unexpected(f"the guest heard {len(ringing)} windows of ringback")
    leader = entered(stage, switch, LEADER, 1, [guest])
    talk([(guest, None), (leader, None)], 3)
    if room(stage)["state"] != "started":
        raise Unexpected(f"the room is {room(stage)}")
    expect_heard(exchange([guest, leader]), [{1}, {0}])
    guest.press("0")
    expect_heard(exchange([guest, leader]), [{1}, set()])
    guest.press("1")
    expect_heard(exchange([guest, leader]), [{1}, {0}])
    leader.forget()
    guest.press("#")
    expect_bye(guest, [leader])
    talk([(leader, None)], 2)
    if sum(abs(sample) > 1000 for sample in leader.heard()) < 1000:
        raise Unexpected("nobody said that the guest has left")
    if not room(stage)["members"]:
        raise Unexpected("the leader is out, too")


@scenario("the room ends with its leader: every guest is taken back, hears a goodbye, and the call ends", slow=True)
def conference_leader_leaves(stage):
    switch = serving(stage)
    leader = entered(stage, switch, LEADER, 0)
    guest = entered(stage, switch, GUEST, 1, [leader])
    talk([(guest, None), (leader, None)], 3)
    expect_heard(exchange([guest, leader]), [{1}, {0}])
    if leader.leg.hang_up().status != 200:
        raise Unexpected("the BYE was refused")
    guest.forget()
    expect_bye(guest)
    if sum(abs(sample) > 1000 for sample in guest.heard()) < 1000:
        raise Unexpected("the guest heard no goodbye")
    settled(lambda: "No conferences" in command(stage))


@scenario("who enters is heard with a beep by those inside")
def conference_entry(stage):
    switch = serving(stage, "conference")
    first = members(stage, switch, 1)[0]
    first.forget()
    second = Phone.dialled(stage.party(port=5062), switch, ROOM)
    talk([(first, None), (second, None)], 1.2)
    beeps, _ = windows_of(first.heard(), 1000, 50)
    if beeps < 3:
        raise Unexpected(f"the beep was heard for {beeps} windows")


@scenario("the forty-first caller of a room is turned away, and the room goes on", slow=True)
def conference_full(stage):
    switch = serving(stage, "conference")
    party = stage.party()
    phones = [Phone.dialled(party, switch, ROOM, user=f"20255502{number:02}") for number in range(40)]
    settled(lambda: len(room(stage)["members"]) == 40)
    late = Phone.dialled(party, switch, ROOM, user="2025550299")
    late.leg.expect_hang_up(timeout=8)
    if len(room(stage)["members"]) != 40:
        raise Unexpected(f"{len(room(stage)['members'])} parties are in the room")
    for phone in phones[:10]:
        if phone.leg.hang_up().status != 200:
            raise Unexpected("a BYE was refused")
    settled(lambda: len(room(stage)["members"]) == 30)
