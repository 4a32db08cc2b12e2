"""The voice applications that every switch has, heard and spoken to over real sockets."""

import pathlib
import time

from harness import scenario
from peers.audio import read_samples, windows_of, windows_with_tone
from peers.management import Management
from peers.phone import Phone, talk
from peers.sip import Unexpected

NUMBERS = {
    "echo": "7001", "tone": "7002", "front-desk": "7003", "dtmf-echo": "7004", "reject-busy": "7005",
    "retrievable-transfer": "7006", "voicemail": "7007", "conference": "7008",
}
TARGET = "15550042"
APPLICATIONS = {
    "users": [{"id": "u-1", "customer": 2, "account": 3, "token": "t", "secret": "s"}],
    "applications": [
        {"id": f"a-{name}", "name": name, "builtin": name, "user": "u-1",
         **({"parameters": {"to": TARGET}} if name == "retrievable-transfer" else {})}
        for name in NUMBERS
    ],
    "dids": [{"number": number, "application": name} for name, number in NUMBERS.items()],
}
ENDED = b"application ended"


def serving(stage):
    """The endpoint of a switch with all applications."""
    return stage.start_switch(extra=APPLICATIONS)


def dial(stage, name, user="2025550100"):
    return Phone.dialled(stage.party(), serving(stage), NUMBERS[name], user)


def active(stage):
    return Management(stage.switch).over_urllib().listActiveCalls({"i_customer": 1})


def expect_connected(stage, name, count=1):
    """So many calls are listed as connected: by XML-RPC and for a person."""
    calls = active(stage)
    if len(calls) != count or any(call["CC_STATE"] != "Connected" for call in calls):
        raise Unexpected(f"the calls are {calls}")
    if any(call["CLD"] != NUMBERS[name] for call in calls):
        raise Unexpected(f"the calls are for {[call['CLD'] for call in calls]}")


def expect_nothing_left(stage, runs=1):
    """Within 2 s every run has told its end and no call is listed."""
    until = time.monotonic() + 2
    while time.monotonic() < until:
        ended = pathlib.Path(stage.folder, "martlet.log").read_bytes().count(ENDED)
        if ended == runs and not active(stage):
            return
        time.sleep(0.02)
    raise Unexpected(f"{ended} of {runs} runs have ended, the calls are {active(stage)}")


def expect_over(stage, ended_by, runs=1, records=1, **expected):
    """Nothing is left, and the record of the first call says who ended it."""
    expect_nothing_left(stage, runs)
    found = stage.expect_records(records)
    for name, value in {"ended_by": ended_by, "status": 200, **expected}.items():
        if found[0][name] != value:
            raise Unexpected(f"{name} is {found[0][name]!r}, not {value!r}")
    return found


def expect_tone(what, samples, frequency, windows, milliseconds=100):
    """At least so many windows hold the frequency, and next to none anything else."""
    hits, loud = windows_of(samples, frequency, milliseconds)
    if hits < windows or loud > hits + 3:
        raise Unexpected(f"{what}: {hits} windows of {frequency} Hz, not {windows}, and {loud} are loud")


def hang_up(phone):
    answer = phone.leg.hang_up()
    if answer.status != 200:
        raise Unexpected(f"BYE was answered {answer}")


@scenario("echo sends back the tone that it hears, and its call is listed until the caller hangs up")
def application_echo(stage):
    phone = dial(stage, "echo")
    phone.talk(0.5)
    if any(abs(sample) > 300 for sample in phone.heard()):
        raise Unexpected("there is sound before anything was said")
    phone.forget()
    phone.talk(2, 660)
    expect_tone("echo", phone.heard(), 660, 16)
    expect_connected(stage, "echo")
    hang_up(phone)
    record = expect_over(stage, "caller", cld_in=NUMBERS["echo"])[0]
    if not 100 <= record["caller_packets"] <= 130:
        raise Unexpected(f"{record['caller_packets']} packets are counted")


@scenario("tone is 1000 Hz for ten seconds, then the application hangs up", slow=True)
def application_tone(stage):
    phone = dial(stage, "tone")
    phone.talk(2)
    expect_connected(stage, "tone")
    took = 2 + phone.talk(10, until=phone.has_heard_bye)
    phone.leg.expect_hang_up()
    if not 9.7 <= took <= 10.7:
        raise Unexpected(f"it took {took:.2f} s")
    expect_tone("tone", phone.heard(), 1000, 95)
    expect_over(stage, "application")


@scenario("reject-busy is a 486 without an answer, and its run is over")
def application_reject_busy(stage):
    switch = serving(stage)
    leg = stage.party().invite(switch, NUMBERS["reject-busy"])
    answer = leg.final()
    leg.ack(answer)
    if answer.status != 486:
        raise Unexpected(f"it was answered {answer}")
    expect_over(stage, "application", status=486, cause=17, answer_ms=None)


@scenario("front-desk is heard to the end of its prompt, and the digit 1 after it brings the tone")
def front_desk_prompt(stage):
    phone = dial(stage, "front-desk")
    phone.talk(1.5)
    for frequency in (700, 900, 1100, 1300):
        hits, _ = windows_of(phone.heard(), frequency, 50)
        if hits < 2:
            raise Unexpected(f"the prompt has {hits} windows of {frequency} Hz")
    phone.press("1")
    phone.forget()
    phone.talk(1.5)
    expect_tone("front desk 1", phone.heard(), 1000, 12)
    expect_connected(stage, "front-desk")
    hang_up(phone)
    expect_over(stage, "caller")


@scenario("a digit pressed into the prompt of front-desk stops it at once and counts as the choice")
def front_desk_barge_in(stage):
    phone = dial(stage, "front-desk")
    phone.talk(0.1)
    phone.press("1", milliseconds=60)
    phone.talk(1.2)
    last, _ = windows_of(phone.heard(), 1300, 50)
    if last:
        raise Unexpected(f"the end of the prompt was heard for {last} windows")
    hits, _ = windows_of(phone.heard(), 1000)
    if hits < 9:
        raise Unexpected(f"1000 Hz was heard for {hits} windows")
    hang_up(phone)
    expect_over(stage, "caller")


@scenario("a wrong choice at front-desk is the busy tone and the prompt again, and 9, 2 lead on to the echo of digits")
def front_desk_again(stage):
    phone = dial(stage, "front-desk")
    phone.press("9")
    phone.forget()
    phone.talk(2.2)
    busy, _ = windows_of(phone.heard(), 425)
    prompt, _ = windows_of(phone.heard(), 900, 50)
    if busy < 3 or prompt < 2:
        raise Unexpected(f"{busy} windows of the busy tone, {prompt} of the prompt")
    phone.press("2")
    phone.forget()
    phone.press("77#")
    phone.talk(1)
    if [digit for digit, _ in phone.heard_digits()] != ["7", "7"]:
        raise Unexpected(f"the digits were {phone.heard_digits()}")
    hang_up(phone)
    expect_over(stage, "caller")


@scenario("front-desk hangs up after three prompts without a digit", slow=True)
def front_desk_silent(stage):
    phone = dial(stage, "front-desk")
    took = phone.talk(25, until=phone.has_heard_bye)
    phone.leg.expect_hang_up()
    if not 16 <= took <= 20:
        raise Unexpected(f"it took {took:.1f} s")
    expect_over(stage, "application")


@scenario("dtmf-echo sends the digits before the square back as events, each with three ends, and again for the next")
def application_dtmf_echo(stage):
    phone = dial(stage, "dtmf-echo")
    phone.talk(0.2)
    for digits in ("123", "*0D9"):
        phone.forget()
        phone.press(digits + "#")
        phone.talk(len(digits) * 0.25 + 0.5)
        heard = phone.heard_digits()
        if "".join(digit for digit, _ in heard) != digits:
            raise Unexpected(f"{digits} came back as {[digit for digit, _ in heard]}")
        for digit, payloads in heard:
            ends = [payload for payload in payloads if payload[1] & 0x80]
            lengths = [int.from_bytes(payload[2:4], "big") for payload in payloads]
            if len(ends) != 3 or lengths != sorted(lengths) or len(set(ends)) != 1:
                raise Unexpected(f"{digit} has {len(ends)} ends, lengths {lengths}")
    expect_connected(stage, "dtmf-echo")
    hang_up(phone)
    expect_over(stage, "caller")


@scenario("retrievable-transfer: ringback, both ways joined, and when the target hangs up a beep and a BYE")
def application_transfer(stage):
    switch = serving(stage)
    vendor = stage.vendor()
    phone = Phone.dialled(stage.party(), switch, NUMBERS["retrievable-transfer"])
    leg = vendor.incoming()
    if TARGET not in leg.invite.start or "2025550100" not in leg.invite.get("from"):
        raise Unexpected(f"the target got {leg.invite.start} from {leg.invite.get('from')}")
    leg.reply(180, "Ringing")
    phone.talk(1.5)
    loud = sum(abs(sample) > 1000 for sample in phone.heard())
    if loud < 2000:
        raise Unexpected(f"there was no ringback, {loud} loud samples")
    target = Phone.taken(leg)
    talk([(phone, 500), (target, 800)], 0.4)
    phone.forget()
    target.forget()
    talk([(phone, 500), (target, 800)], 1.5)
    expect_tone("the caller", phone.heard(), 800, 11)
    expect_tone("the target", target.heard(), 500, 11)
    if len(active(stage)) != 2:
        raise Unexpected(f"the calls are {active(stage)}")
    hang_up(target)
    phone.forget()
    phone.talk(2, until=phone.has_heard_bye)
    phone.leg.expect_hang_up()
    hits, _ = windows_of(phone.heard(), 1000, 50)
    if hits < 3:
        raise Unexpected(f"the beep was heard for {hits} windows")
    expect_nothing_left(stage)
    ended = {record["cld_in"]: record["ended_by"] for record in stage.expect_records(2)}
    if ended != {NUMBERS["retrievable-transfer"]: "application", TARGET: "callee"}:
        raise Unexpected(f"the calls were ended by {ended}")


@scenario("retrievable-transfer to a busy target is the busy tone for three seconds, then a BYE")
def application_transfer_busy(stage):
    switch = serving(stage)
    vendor = stage.vendor()
    phone = Phone.dialled(stage.party(), switch, NUMBERS["retrievable-transfer"])
    leg = vendor.incoming()
    leg.reply(486, "Busy Here")
    leg.receive("ACK")
    took = phone.talk(5, until=phone.has_heard_bye)
    phone.leg.expect_hang_up()
    hits, _ = windows_of(phone.heard(), 425)
    if not 2.7 <= took <= 3.6 or hits < 11:
        raise Unexpected(f"the busy tone lasted {took:.1f} s and {hits} windows")
    expect_nothing_left(stage)
    ended = {record["cld_in"]: (record["ended_by"], record["status"]) for record in stage.expect_records(2)}
    if ended != {NUMBERS["retrievable-transfer"]: ("application", 200), TARGET: ("callee", 486)}:
        raise Unexpected(f"the calls were ended by {ended}")


def voicemails(stage):
    return sorted(pathlib.Path(stage.folder, "media", "voicemail").glob("*.wav"))


@scenario("voicemail beeps, records the tone that was sent into a file, and ends after three seconds of silence", slow=True)
def application_voicemail(stage):
    phone = dial(stage, "voicemail", user="2025550177")
    phone.talk(0.6)
    hits, _ = windows_of(phone.heard(), 1000, 50)
    if hits < 3:
        raise Unexpected(f"the beep was heard for {hits} windows")
    phone.talk(3, 660)
    expect_connected(stage, "voicemail")
    took = phone.talk(6, until=phone.has_heard_bye)
    phone.leg.expect_hang_up()
    if not 2.5 <= took <= 4:
        raise Unexpected(f"it went on for {took:.1f} s of silence")
    expect_over(stage, "application")
    files = voicemails(stage)
    if len(files) != 1 or not files[0].name.startswith("2025550177-"):
        raise Unexpected(f"the files are {files}")
    expect_recorded(files[0], 660, 26)


def expect_recorded(path, frequency, windows):
    """The file holds the tone, and its sizes are true."""
    data = path.read_bytes()
    if data[:4] != b"RIFF" or int.from_bytes(data[4:8], "little") != len(data) - 8:
        raise Unexpected(f"{path.name} begins {data[:12]!r} and has {len(data)} bytes")
    samples, rate = read_samples(path)
    hits, _, loud = windows_with_tone(samples, rate, frequency, 1000)
    if hits < windows or loud > hits + 3:
        raise Unexpected(f"{path.name} holds {hits} windows of {frequency} Hz, and {loud} are loud")


@scenario("voicemail leaves no file of a caller who said nothing", slow=True)
def voicemail_silent(stage):
    phone = dial(stage, "voicemail")
    phone.talk(14, until=phone.has_heard_bye)
    phone.leg.expect_hang_up()
    expect_over(stage, "application")
    if voicemails(stage):
        raise Unexpected(f"the files are {voicemails(stage)}")


@scenario("a voicemail whose caller hangs up while speaking is kept, also by the next process")
def voicemail_cut(stage):
    phone = dial(stage, "voicemail")
    phone.talk(0.6)
    phone.talk(1.5, 660)
    hang_up(phone)
    expect_over(stage, "caller")
    files = voicemails(stage)
    if len(files) != 1:
        raise Unexpected(f"the files are {files}")
    expect_recorded(files[0], 660, 11)
    stage.switch.kill()
    stage.switch.start()
    phone.leg.party.waiting.clear()
    again = Phone.dialled(phone.leg.party, stage.switch.endpoint, NUMBERS["voicemail"])
    again.talk(0.6)
    again.talk(1, 500)
    hang_up(again)
    expect_nothing_left(stage, runs=2)
    if len(voicemails(stage)) != 2 or files[0] not in voicemails(stage):
        raise Unexpected(f"the files are {voicemails(stage)}")
    expect_recorded(files[0], 660, 11)


@scenario("two callers in the conference hear each other and not themselves; the square leaves it, the other stays")
def application_conference(stage):
    switch = serving(stage)
    first = Phone.dialled(stage.party(), switch, NUMBERS["conference"])
    second = Phone.dialled(stage.party(port=5062), switch, NUMBERS["conference"])
    talk([(first, None), (second, None)], 0.8)
    first.forget()
    second.forget()
    talk([(first, 500), (second, 800)], 1.5)
    expect_tone("the first", first.heard()[2000:], 800, 10)
    expect_tone("the second", second.heard()[2000:], 500, 10)
    expect_connected(stage, "conference", count=2)
    second.press("#")
    talk([(first, 500), (second, None)], 1, until=second.has_heard_bye)
    second.leg.expect_hang_up()
    first.forget()
    first.talk(0.5, 500)
    if sum(abs(sample) > 300 for sample in first.heard()[400:]) > 0:
        raise Unexpected("the first still hears somebody")
    expect_connected(stage, "conference")
    hang_up(first)
    expect_nothing_left(stage, runs=2)
    if sorted(record["ended_by"] for record in stage.expect_records(2)) != ["application", "caller"]:
        raise Unexpected(f"the calls were ended by {[record['ended_by'] for record in stage.expect_records(2)]}")


@scenario("a caller who hangs up in the middle of any application ends its run at once: seven, three times over")
def application_hang_up(stage):
    switch = serving(stage)
    stage.vendor()
    party = stage.party()
    names = [name for name in NUMBERS if name != "reject-busy"]
    runs = 0
    for pause in (0, 0.3, 0.7):
        for name in names:
            phone = Phone.dialled(party, switch, NUMBERS[name])
            if pause:
                phone.talk(pause, 660)
            hang_up(phone)
            phone.stream.close()
            runs += 1
            expect_nothing_left(stage, runs)


@scenario("a caller who cancels before an application has answered leaves nothing, whatever the moment")
def application_cancelled(stage):
    switch = serving(stage)
    party = stage.party()
    for count, name in enumerate([name for name in NUMBERS if name != "reject-busy"], 1):
        leg = party.invite(switch, NUMBERS[name])
        leg.wait(100)
        leg.cancel()
        answer = leg.final()
        leg.ack(answer)
        if answer.status == 200:
            leg.hang_up()
        elif answer.status != 487:
            raise Unexpected(f"{name} was answered {answer}")
        expect_nothing_left(stage, runs=count)


@scenario("the target of a transfer is given up when the caller hangs up while it rings, and hung up when they talk")
def transfer_abandoned(stage):
    switch = serving(stage)
    vendor, party = stage.vendor(), stage.party()
    phone = Phone.dialled(party, switch, NUMBERS["retrievable-transfer"])
    leg = vendor.incoming()
    leg.reply(180, "Ringing")
    phone.talk(0.3)
    hang_up(phone)
    leg.expect_cancel()
    expect_nothing_left(stage)
    phone = Phone.dialled(party, switch, NUMBERS["retrievable-transfer"])
    leg = vendor.incoming()
    leg.reply(180, "Ringing")
    target = Phone.taken(leg)
    talk([(phone, 500), (target, 800)], 0.5)
    hang_up(phone)
    target.leg.expect_hang_up()
    expect_nothing_left(stage, runs=2)
    stage.expect_records(4)


@scenario("a number whose application has a name that no program has is refused, and the switch goes on")
def application_unknown(stage):
    extra = {
        "applications": [*APPLICATIONS["applications"], {"id": "a-none", "name": "nobody", "builtin": "nobody"}],
        "users": APPLICATIONS["users"],
        "dids": [*APPLICATIONS["dids"], {"number": "7099", "application": "nobody"}],
    }
    try:
        switch = stage.start_switch(extra=extra)
    except RuntimeError as refusal:
        if "nobody" not in str(refusal):
            raise Unexpected(f"the refusal is {refusal}") from None
        stage.switch = None
        return
    party = stage.party()
    leg = party.invite(switch, "7099")
    answer = leg.final()
    leg.ack(answer)
    if answer.status < 400:
        raise Unexpected(f"it was answered {answer}")
    phone = Phone.dialled(party, switch, NUMBERS["echo"])
    phone.talk(0.1)
    hang_up(phone)


@scenario("martlet calls shows an application's call to a person, and none when it is over")
def application_listed(stage):
    phone = dial(stage, "echo")
    phone.talk(0.2)
    shown = listing(stage)
    if NUMBERS["echo"] not in shown or "2025550100" not in shown:
        raise Unexpected(f"martlet calls says {shown}")
    hang_up(phone)
    expect_nothing_left(stage)
    if NUMBERS["echo"] in listing(stage):
        raise Unexpected(f"martlet calls says {listing(stage)}")


def listing(stage):
    status, shown, wrong = stage.command("calls", "active")
    if status != 0:
        raise Unexpected(f"martlet calls: {wrong}")
    return shown
