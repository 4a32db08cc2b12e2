"""The code examples of documents 000, 001 and 004, served by Examples/ and run over real SIP against sipp and baresip."""

import itertools
import pathlib
import time

from harness import scenario
from peers import audio, capture, judges
from peers.audio import power, read_samples, windows_with_tone
from peers.baresip import ADDRESS, Baresip
from peers.needs import need
from peers.phone import Phone
from peers.rtp import Stream
from peers.sip import Unexpected

NUMBER, TARGET = "2000", "15550042"
PORTS = itertools.count(24000, 100)
# The nine causes of document 000 with the status that each is sent as, and the cause of the Reason header where it has one.
CAUSES = {
    "BUSY": (486, None), "NOANSWER": (480, None), "UNOBTAINABLE": (404, None), "CHANGED": (410, None),
    "OUTOFORDER": (502, None), "BARRED": (403, None), "REJECTED": (603, None), "NOCHANNELS": (503, None),
    "CONGESTION": (503, 42),
}
# What the example of document 001 returns for the causes of a transfer that failed.
RESULTS = {"TIMEOUT": 22, "HANGUP": 23, "TARGETREJECT": 24, "FAIL": 26}


def serving(stage, *applications, dtmf="rfc4733", **options):
    """The endpoint of a switch on which 2000 and the numbers after it lead to examples, each (name, parameters)."""
    extra = {
        "applications": [
            {"id": f"a-{n}", "name": f"example-{n}", "builtin": name, "account": 3, "parameters": parameters}
            for n, (name, parameters) in enumerate(applications)
        ],
        "dids": [{"number": str(int(NUMBER) + n), "application": f"a-{n}"} for n in range(len(applications))],
    }
    configuration = {"log": {"application_records": f"{stage.folder}/records.log"}, "media": {"dtmf": dtmf}}
    return stage.start_switch(extra=extra, configuration=configuration, command=stage.examples, **options)


def expect_results(stage, *wanted, timeout=5):
    """The results of the runs, in the order in which they ended, as their data records tell them."""
    until, found = time.monotonic() + timeout, []
    path = pathlib.Path(stage.folder, "records.log")
    while len(found) < len(wanted) and time.monotonic() < until:
        time.sleep(0.05)
        found = [int(line.split(" ")[6]) for line in path.read_text().splitlines()] if path.exists() else []
    if found != list(wanted):
        raise Unexpected(f"the results are {found}, not {list(wanted)}")


def expect_record(stage, calls=1, **wanted):
    """What the call record of the caller says."""
    record = stage.expect_records(calls)[0]
    for name, value in wanted.items():
        if record[name] != value:
            raise Unexpected(f"{name} is {record[name]!r}, not {value!r}")


def baresip(stage, switch, name, tone=440, dials=NUMBER, port=None, **options):
    """A baresip that plays a tone; it dials the number, unless that is None."""
    plays = f"{stage.folder}/{name}.wav"
    audio.write_tone(plays, tone)
    dials = f"sip:{dials}@{switch[0]}:{switch[1]}" if dials else None
    port = port or next(PORTS) + 10 * stage.options.network
    return stage.keep(Baresip(stage.folder, name, port, plays=plays, dials=dials, **{"seconds": 12, **options}))


def heard(phone):
    """What a baresip has recorded: (samples, rate)."""
    if not phone.recording():
        raise Unexpected(f"nothing was recorded: {phone.said()[-600:]}")
    return read_samples(phone.recording())


# Document 000: reject


def expect_refused(stage, switch, status, reason, cause):
    """The application refuses sipp, and baresip after it."""
    stage.sipp_caller(f"uac-is-refused-with-{status}", switch, number=NUMBER).finish()
    expect_results(stage, 0)
    expect_record(stage, status=status, cause=cause, ended_by="application", answer_ms=None)
    phone = baresip(stage, switch, "caller", seconds=3)
    phone.finish()
    if f"{status} {reason}" not in phone.said():
        raise Unexpected(f"baresip says {phone.said()[-600:]}")


@scenario("document 000, first example: reject with BUSY is 486 for sipp and for baresip, and the channel is IDLE")
def document_reject(stage):
    switch = serving(stage, ("reject-with-cause", {}), rules=[
        {"id": 1, "account": 3, "remote_ip": f"{stage.caller_address}/32"}, {"id": 2, "account": 3, "remote_ip": f"{ADDRESS}/32"}])
    expect_refused(stage, switch, 486, "Busy Here", 17)
    expect_results(stage, 0, 0)


@scenario("document 000: each of its nine causes is the SIP status of the table, and CONGESTION tells itself by its Reason")
def document_reject_causes(stage):
    switch = serving(stage, *[("reject-with-cause", {"cause": cause}) for cause in CAUSES])
    party = stage.party()
    for number, (cause, (status, reason)) in enumerate(CAUSES.items(), int(NUMBER)):
        leg = party.invite(switch, str(number))
        answer = leg.final()
        leg.ack(answer)
        told = answer.get("reason")
        if answer.status != status or (told or None) != (f"Q.850;cause={reason}" if reason else None):
            raise Unexpected(f"{cause} is {answer} with Reason {told!r}")
        expect_results(stage, *[0] * (number - int(NUMBER) + 1))


@scenario("document 000, second example: the raw cause 301 leads to ERROR and sends nothing, and the second reject is 603")
def document_reject_fails(stage):
    raw = ["301", "399", "200", "700", "busy", "404", "699"]
    switch = serving(stage, *[("reject-fails", {"raw": cause}) for cause in raw], rules=[
        {"id": 1, "account": 3, "remote_ip": f"{stage.caller_address}/32"}, {"id": 2, "account": 3, "remote_ip": f"{ADDRESS}/32"}])
    expect_refused(stage, switch, 603, "Decline", 21)
    party, results = stage.party(), [0, 0]
    for number, cause in enumerate(raw[1:], int(NUMBER) + 1):
        leg = party.invite(switch, str(number))
        answer = leg.final()
        leg.ack(answer)
        is_sent = cause in ("404", "699")
        if answer.status != (int(cause) if is_sent else 603):
            raise Unexpected(f"{cause} is {answer}")
        results.append(1 if is_sent else 0)
        expect_results(stage, *results)


# Document 001: retrievable transfer


@scenario("document 001: sipp's phone rings while baresip hears the ringback tone, they talk, and baresip is taken back", slow=True)
def document_transfer(stage):
    switch = serving(stage, ("transfer-to-target", {"to": f"sip:{TARGET}@{stage.vendors[0][0]}:5080;user=phone"}), caller=ADDRESS)
    tone = b"".join(audio.tone_frame(n, 800) for n in range(50))
    target = stage.sipp_vendor("uas-rings-plays-and-hangs-up", plays=tone)
    phone = baresip(stage, switch, "caller", seconds=11)
    target.finish()
    phone.finish()
    expect_results(stage, 0)
    samples, rate = heard(phone)
    size = rate // 10
    windows = [samples[n:n + size] for n in range(0, len(samples) - size, size)]
    ringing = [n for n, window in enumerate(windows) if power(window, rate, 440) > 0.3 and power(window, rate, 480) > 0.3]
    talking = [n for n, window in enumerate(windows) if power(window, rate, 800) > 0.8]
    beeping = [n for n, window in enumerate(windows) if power(window, rate, 1000) > 0.8]
    if len(ringing) < 15 or len(talking) < 20 or not beeping:
        raise Unexpected(f"{len(ringing)} windows of ringback, {len(talking)} of the target, {len(beeping)} of the beep")
    if not ringing[-1] < talking[0] <= talking[-1] < beeping[0]:
        raise Unexpected(f"ringback ends at {ringing[-1]}, the target is {talking[0]}-{talking[-1]}, the beep {beeping[0]}")
    records = stage.expect_records(2)
    if {(record["cld_in"], record["ended_by"]) for record in records} != {(NUMBER, "application"), (TARGET, "callee")}:
        raise Unexpected(f"the records are {[(record['cld_in'], record['ended_by']) for record in records]}")


@scenario("document 001: two baresips hear each other through the transfer, and the application takes the call back", slow=True)
def document_transfer_recalled(stage):
    ports = [next(PORTS) + 10 * stage.options.network for _ in range(2)]
    stage.vendors[0] = (ADDRESS, ports[0])
    switch = serving(stage, ("transfer-to-target", {"to": TARGET, "recall": "4", "tone": "RINGBACK_UK"}), caller=ADDRESS)
    target = baresip(stage, switch, TARGET, tone=800, dials=None, port=ports[0], seconds=10)
    time.sleep(0.5)
    phone = baresip(stage, switch, "caller", port=ports[1], seconds=9)
    phone.finish()
    expect_results(stage, 0)
    target.finish()
    for one, wanted, own in ((phone, 800, 440), (target, 440, 800)):
        hits, wrong, _ = windows_with_tone(*heard(one), wanted, own)
        if hits < 25 or wrong:
            raise Unexpected(f"{hits} windows of {wanted} Hz and {wrong} of {own} Hz: {one.said()[-600:]}")
    if windows_with_tone(*heard(phone), 1000, 440, 50)[0] < 2:
        raise Unexpected("the beep after the return was not heard")


@scenario("document 001: transfer_cause says TARGETREJECT of a busy phone, FAIL of one that is out of order, and the caller stays")
def document_transfer_refused(stage):
    switch = serving(stage, ("transfer-to-target", {"to": "15550042"}), ("transfer-to-target", {"to": "16660042"}), vendors=2,
                     routes={0: {"prefix": "1555"}, 1: {"prefix": "1666"}})
    busy, broken = stage.sipp_vendor("uas-is-busy", 0), stage.sipp_vendor("uas-is-out-of-service", 1)
    for number, vendor in enumerate((busy, broken), int(NUMBER)):
        caller = stage.sipp_caller("uac-calls-and-is-hung-up-on", switch, port=3060 + number, number=str(number))
        caller.finish()
        vendor.finish()
    expect_results(stage, RESULTS["TARGETREJECT"], RESULTS["FAIL"])


@scenario("document 001: transfer_cause says TIMEOUT of a phone that only rings, HANGUP where the caller is gone first", slow=True)
def document_transfer_given_up(stage):
    switch = serving(stage, ("transfer-to-target", {"to": TARGET, "seconds": "2"}), ("transfer-to-target", {"to": TARGET}))
    target = stage.sipp_vendor("uas-rings-until-cancelled", calls=2)
    stage.sipp_caller("uac-calls-and-is-hung-up-on", switch, number=NUMBER).finish()
    expect_results(stage, RESULTS["TIMEOUT"])
    phone = Phone.dialled(stage.party(port=5062), switch, "2001")
    phone.talk(0.5)
    if phone.leg.hang_up().status != 200:
        raise Unexpected("the BYE was refused")
    target.finish()
    expect_results(stage, RESULTS["TIMEOUT"], RESULTS["HANGUP"])


# Document 004: the DTMFPlayer property


def listening(stage, switch, number=NUMBER):
    """A call that sipp makes and the application ends, whose audio comes to a stream: the stream."""
    need("tshark")
    stream = Stream(stage.caller_address)
    caller = stage.sipp_caller("uac-listens-elsewhere", switch, number=number, options=("-key", "listener", str(stream.port)))
    caller.finish()
    stream.drain()
    return stream


def expect_events(folder, stream, digits):
    """tshark reads these digits, each of 100 ms with three last packets; when each began, by the stream's clock."""
    path = f"{folder}/stream-{stream.port}.pcap"
    capture.write(path, stream.captured)
    events = judges.events(path)
    if judges.digits_of(events) != digits:
        raise Unexpected(f"tshark reads {judges.digits_of(events)}, not {digits}")
    for key, packets in events.items():
        ends = [packet.duration for packet in packets if packet.is_end]
        if ends != [800] * 3 or not packets[0].marker:
            raise Unexpected(f"the event {key} is {packets}")
    return [timestamp / 8000 for _, timestamp, _ in events]


@scenario("document 004, play('1234#'): tshark reads the digits that sipp's call gets, and baresip tells them")
def document_digits(stage):
    switch = serving(stage, ("play-digits", {}), rules=[
        {"id": 1, "account": 3, "remote_ip": f"{stage.caller_address}/32"}, {"id": 2, "account": 3, "remote_ip": f"{ADDRESS}/32"}])
    expect_digits_by_baresip(stage, switch, "1234#")
    expect_results(stage, 0)
    expect_events(stage.folder, listening(stage, switch), "1234#")
    expect_results(stage, 0, 0)


def expect_digits_by_baresip(stage, switch, digits):
    """A baresip that calls the application tells these digits."""
    phone = baresip(stage, switch, "digits", commanded=True, dials=None)
    phone.attend()
    phone.command("dial", f"sip:{NUMBER}@{switch[0]}:{switch[1]}")
    events = phone.events(until="CALL_CLOSED")
    told = "".join(event["param"] for event in events if event.get("type") == "CALL_DTMF_START")
    if told != digits:
        raise Unexpected(f"baresip tells {told!r} of {[event.get('type') for event in events]}")
    return phone


@scenario("document 004: each comma delays what follows by half a second")
def document_commas(stage):
    switch = serving(stage, ("play-digits", {"digits": "1,2,,3"}))
    first, second, third = expect_events(stage.folder, listening(stage, switch), "123")
    if not (0.65 <= second - first <= 0.80 and 1.15 <= third - second <= 1.30):
        raise Unexpected(f"the digits are {second - first:.2f} s and {third - second:.2f} s apart")
    expect_results(stage, 0)


@scenario("document 004 in the audio: multimon-ng hears in baresip's recording every digit that is played, once and in order")
def document_digits_in_band(stage):
    need("sox", "multimon-ng")
    digits = "0123456789ABCD*#"
    switch = serving(stage, ("play-digits", {"digits": digits}), dtmf="inband", caller=ADDRESS)
    phone = baresip(stage, switch, "digits", seconds=8)
    phone.finish()
    expect_results(stage, 0)
    if not phone.recording():
        raise Unexpected(f"nothing was recorded: {phone.said()[-600:]}")
    told = judges.keys_heard(phone.recording())
    if told != digits:
        raise Unexpected(f"multimon-ng hears {told}, not {digits}")


@scenario("document 004 by SIP INFO: baresip tells the digits; a phone that refuses the INFO makes the cause ERROR")
def document_digits_by_info(stage):
    switch = serving(stage, ("play-digits", {"digits": "59*#"}), ("digits-cause", {}), dtmf="info", rules=[
        {"id": 1, "account": 3, "remote_ip": f"{stage.caller_address}/32"}, {"id": 2, "account": 3, "remote_ip": f"{ADDRESS}/32"}])
    expect_digits_by_baresip(stage, switch, "59*#")
    expect_results(stage, 0)
    stage.sipp_caller("uac-refuses-info", switch, number="2001").finish()
    expect_results(stage, 0, 2)


@scenario("document 004, class Cause: NONE while digits are played, NORMAL after them, HANGUP where the caller is gone")
def document_digits_cause(stage):
    switch = serving(stage, ("digits-cause", {}))
    expect_events(stage.folder, listening(stage, switch), "1234")
    expect_results(stage, 0)
    phone = Phone.dialled(stage.party(port=5062), switch, NUMBER)
    phone.talk(0.4)
    if phone.leg.hang_up().status != 200:
        raise Unexpected("the BYE was refused")
    expect_results(stage, 0, 1)


@scenario("document 004: everything it refuses is refused, and sends nothing: tshark reads the sixteen digits and 32 fives", slow=True)
def document_digits_refused(stage):
    switch = serving(stage, ("digits-state", {"to": TARGET}))
    target = stage.sipp_vendor("uas-answers")
    stream = listening(stage, switch)
    target.finish()
    expect_results(stage, 0)
    expect_events(stage.folder, stream, "0123456789ABCD*#" + "5" * 32)
