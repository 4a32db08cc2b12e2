"""What BXML says of documents and of each verb beyond the plain case: judged by sound, digits, times and events."""

import math
import struct
import time

from harness import expect, scenario
from peers.audio import windows_of
from peers.phone import Phone, talk
from peers.sip import Unexpected
from peers.web import Receiver
from scenarios.bxml import SECOND, XML, Flow, expect_heard, expect_last_digits
from scenarios.rest import FROM, NUMBER


class Script(Flow):
    """A flow whose documents are given call by call: what is replied to each type of event."""

    def __init__(self, stage, **options):
        self.replied = {}
        super().__init__(stage, lambda event: self.said(event), **options)

    def said(self, event):
        reply = self.replied.get(event["eventType"])
        return reply(event) if callable(reply) else reply

    def called(self, answer, **others):
        """A call that is answered with this document: (its id, its telephone)."""
        self.replied = {"answer": answer, **others}
        return self.dialled()

    def errors(self, call):
        """What the story of a call says went wrong."""
        return [step["data"] for step in self.rest.get(f"/calls/{call}/events") if step["name"] == "error"]

    def ends(self, call, phone, within=3.0, tone=None):
        """Waits until the switch hangs the call up, meanwhile sending a tone; after how long it did."""
        took = phone.talk(within, tone, until=phone.has_heard_bye)
        phone.leg.expect_hang_up()
        self.over(call, "NORMAL_CLEARING")
        return took

    def recording(self, call):
        """The recording event of a call, and the bytes of the file."""
        event = self.receiver.expect("recording", call, status="complete")
        resource = self.rest.get(f"/recordings/{event['recordingId']}")
        return event, self.rest.expect(200, "GET", "/media/" + resource["media"].rsplit("/", 1)[1])


def expect_between(low, high, found, what):
    """Fails where a number is not in its bounds."""
    if not low <= found <= high:
        raise Unexpected(f"{what}: {found:.2f}, not {low} to {high}")


def level(samples):
    """Root mean square of what is not silence."""
    loud = [sample for sample in samples if abs(sample) > 8]
    return math.sqrt(sum(sample * sample for sample in loud) / max(1, len(loud)))


DIGIT = "<SendDtmf>3</SendDtmf><Hangup/>"
READ = [
    (f"<Response>{DIGIT}</Response>".encode(), "text/plain"),
    (f"<Response>{DIGIT}</Response>".encode(), None),
    (f"\n <Response>{DIGIT}</Response>\n".encode(), XML),
    (b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8' standalone='yes'?><Response>" + DIGIT.encode() + b"</Response>", XML),
    (f"<?xml version='1.0' encoding='ASCII'?><Response>{DIGIT}</Response>".encode(), XML),
    (f"<?xml version='1.0' encoding='UTF-8'?><xml><Response>{DIGIT}</Response></xml>".encode(), XML),
    (f"<Response xmlns='http://a.example/' x='1'><!-- a --><SendDtmf tag='x'><![CDATA[ 3 ]]></SendDtmf><Hangup/></Response>".encode(), XML),
    (b"<Response>" + DIGIT.encode() + b"<SpeakSentence>" + b"a" * 16_000 + b"</SpeakSentence></Response>", XML),
]
ENTITIES = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
REFUSED = [
    (b"<Response><SpeakSentence>" + b"a" * 16_400 + b"</SpeakSentence></Response>", "16384"),
    (f"<?xml version='1.0' encoding='UTF-16'?><Response>{DIGIT}</Response>".encode("utf-16"), "cannot be read"),
    (b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><Response><SendDtmf>&x;</SendDtmf></Response>', "declaration"),
    (f"{ENTITIES}<Response><SpeakSentence>&b;</SpeakSentence></Response>".encode(), "declaration"),
    (b"<Response><Hangup></Response>", "cannot be read"), (b"<html><body/></html>", "<html>"),
    (b"<Response><Juggle/></Response>", "<Juggle>"), (b"<Response><Gather/></Response>", "requestUrl"),
    (b"<Response><Pause length='3601'/></Response>", "3600"), (b"<Response><SendDtmf>12x</SendDtmf></Response>", "<SendDtmf>"),
    (b"<Response><PlayAudio volume='5'>a.wav</PlayAudio></Response>", "volume"),
    (b"<Response><Record transcribe='true'/></Response>", "transcribeCallbackUrl"),
]


@scenario("documents are read in every form that XML and the SDKs give them, whatever their Content-Type says")
def bxml_documents(stage):
    flow = Script(stage)
    for body, kind in READ:
        call, phone = flow.called((200, body, kind))
        expect_last_digits(phone, "3", f"the digits of {body[:80]!r}", 3)
        flow.over(call, "NORMAL_CLEARING")
        expect(flow.errors(call), [], f"the errors of {body[:80]!r}")


@scenario("a document that is too long, hostile or wrong ends the call, and its errors say why to the user")
def bxml_refused(stage):
    flow = Script(stage)
    for body, word in REFUSED:
        call, phone = flow.called((200, body, XML))
        flow.ends(call, phone)
        errors = flow.errors(call)
        expect((len(errors), word in "".join(errors)), (1, True), f"what is said of {body[:60]!r}: {errors}")
        listed = [error for error in flow.rest.get("/errors") if {"name": "callId", "value": call} in error["details"]]
        expect([error["message"] for error in listed], errors, f"the errors of the user about {body[:60]!r}")
        expect((listed[0]["category"], listed[0]["code"]), ("bad-request", "validation-error"), "the kind of error")


@scenario("a reply without a document leaves the call to the application, an empty Response ends it")
def bxml_nothing(stage):
    flow = Script(stage)
    for reply in ((200, b"", None), (204, b"", None), (200, b'{"a":1}', "application/json"), (200, b"  ", XML)):
        call, phone = flow.called(reply)
        phone.talk(0.8)
        expect(phone.has_heard_bye(), False, f"a hang-up after {reply}")
        flow.rest.post(f"/calls/{call}", {"state": "completed"})
        flow.ends(call, phone)
    for reply in ((200, b"<Response/>", XML), (200, b"<xml><Response></Response></xml>", XML)):
        call, phone = flow.called(reply)
        flow.ends(call, phone)
        expect(flow.errors(call), [], "the errors of an empty document")


@scenario("a reply to incomingcall is no document, but for a Reject of a call that nobody has taken: 486 or 603")
def bxml_rejects(stage):
    flow = Script(stage, application={"auto_answer": False})
    for attributes, status, cause in (("reason='busy'", 486, "USER_BUSY"), ("", 603, "CALL_REJECTED"), ("reason='rejected'", 603, "CALL_REJECTED")):
        flow.replied = {"incomingcall": f"<Reject {attributes}/>"}
        leg = flow.caller.invite(flow.endpoint, NUMBER)
        call = flow.receiver.expect("incomingcall")["callId"]
        answer = leg.final()
        leg.ack(answer)
        expect(answer.status, status, f"the answer to a Reject with {attributes!r}")
        event = flow.receiver.expect("hangup", call)
        expect((event["cause"], event["callState"]), (cause, "completed"), "the hangup")
    flow.replied = {"incomingcall": "<SendDtmf>1</SendDtmf><Hangup/>"}
    leg = flow.caller.invite(flow.endpoint, NUMBER)
    call = flow.receiver.expect("incomingcall")["callId"]
    leg.wait(180)
    time.sleep(0.7)
    expect(flow.rest.get(f"/calls/{call}")["state"], "started", "the state after a document that is not followed")
    flow.rest.post(f"/calls/{call}", {"state": "rejected"})
    answer = leg.final()
    leg.ack(answer)
    expect(answer.status, 603, "the answer")
    flow.over(call, "CALL_REJECTED")


@scenario("when the server of the documents fails, the fallback is asked, for the answer and for the requests of verbs")
def bxml_fallback(stage):
    flow = Script(stage, application={"incoming_call_fallback_url": f"http://{stage.address(60)}:9000/fallback"})

    def saved(document):
        def reply(event):
            path = next(path for _, path, _ in reversed(flow.receiver.requests) if f"eventType={event['eventType']}" in path)
            return document if path.startswith("/fallback") else (500, b"", None)
        return reply

    call, phone = flow.called(saved("<SendDtmf>4</SendDtmf><Hangup/>"))
    expect_last_digits(phone, "4", "the digits", 3)
    flow.over(call, "NORMAL_CLEARING")
    flow.receiver.expect("answer", call)
    call, phone = flow.called('<Redirect requestUrl="/next"/>', redirect=saved("<SendDtmf>5</SendDtmf><Hangup/>"))
    expect_last_digits(phone, "5", "the digits", 3)
    flow.over(call, "NORMAL_CLEARING")


@scenario("addresses in a document that came from the fallback are relative to the fallback, in what follows it, too")
def bxml_fallback_base(stage):
    far = stage.keep(Receiver(stage.address(61)))
    flow = Script(stage, application={"incoming_call_fallback_url": f"http://{stage.address(61)}:9000/far/fallback"})
    documents = {
        "answer": "<Redirect requestUrl='next?a=1'/>", "redirect": "<Gather requestUrl='keys' maxDigits='1'/>",
        "gather": "<SendDtmf>6</SendDtmf><Hangup/>"}
    far.answer = lambda event: (200, f"<Response>{documents.get(event['eventType'], '')}</Response>".encode(), XML)
    call, phone = flow.called((500, b"", None))
    far.expect("redirect", call)
    phone.talk(0.3)
    phone.press("5")
    expect_last_digits(phone, "6", "the digits", 5)
    flow.over(call, "NORMAL_CLEARING")
    asked = [path.partition("eventType")[0] for _, path, _ in far.requests]
    expect(asked, ["/far/fallback?", "/far/next?a=1&", "/far/keys?"], "what the fallback was asked")


@scenario("a Redirect whose server does not answer in its time ends the call")
def bxml_redirect_late(stage):
    flow = Script(stage)
    call, phone = flow.called(
        '<Redirect requestUrl="/next" requestUrlTimeout="1000"/>', redirect=lambda event: time.sleep(3))
    expect_between(0.8, 3.0, flow.ends(call, phone, 5), "seconds until the hang-up")
    expect(len(flow.errors(call)), 1, "errors")


@scenario("a Gather ends by each of its terminating digits, by none, by its number of digits, and by time")
def bxml_gather_ends(stage):
    flow = Script(stage)
    after = "<SendDtmf>8</SendDtmf><Hangup/>"
    for attributes, keys, digits, reason, terminator in (
        ("", "12#", "12", "terminating-digit", "#"), ("terminatingDigits='*5'", "1#5", "1#", "terminating-digit", "5"),
        ("terminatingDigits='' maxDigits='3'", "1#2", "1#2", "max-digits", None),
        ("maxDigits='2'", "AB", "AB", "max-digits", None),
        ("interDigitTimeout='1'", "7", "7", "inter-digit-timeout", None),
        ("interDigitTimeout='1' bargeable='false'", "", None, None, None), ("", "#", None, None, None),
    ):
        call, phone = flow.called(f"<Gather requestUrl='/g' tag='x' {attributes}/>{after}")
        phone.talk(0.2)
        phone.press(keys)
        expect_last_digits(phone, "8", f"the next verb after {attributes} {keys}", 8)
        flow.over(call, "NORMAL_CLEARING")
        found = [
            tuple(event.get(name) for name in ("digits", "reason", "terminatingDigit", "tag", "state"))
            for event in flow.receiver.of(call) if event["eventType"] == "gather"]
        wanted = [] if digits is None else [(digits, reason, terminator, "x", "completed")]
        expect(found, wanted, f"the gather event of {attributes} {keys}")


@scenario("a Gather that is not last does not wait for its reply, and a late reply to the last one is still followed", slow=True)
def bxml_gather_order(stage):
    flow = Script(stage)

    def late(event):
        time.sleep(4)
        return "<SendDtmf>9</SendDtmf><Hangup/>"

    call, phone = flow.called('<Gather requestUrl="/g" maxDigits="1"/><SendDtmf>5</SendDtmf><Pause length="6"/>', gather=late)
    phone.talk(0.3)
    phone.press("1")
    phone.talk(1)
    expect([digit for digit, _ in phone.heard_digits()], ["5"], "the next verb")
    expect_between(4.0, 8.0, flow.ends(call, phone, 10), "seconds until the document was done")
    expect([digit for digit, _ in phone.heard_digits()], ["5"], "digits in all")
    call, phone = flow.called('<Gather requestUrl="/g" maxDigits="1"/>', gather=late)
    phone.talk(0.3)
    phone.press("1")
    expect_last_digits(phone, "9", "the digits of the late reply", 8)
    flow.over(call, "NORMAL_CLEARING")


@scenario("a caller who hangs up in a Gather has it told before the hangup, with the digits so far")
def bxml_gather_hung_up(stage):
    flow = Script(stage)
    call, phone = flow.called('<Gather requestUrl="/g"><SpeakSentence>Your number, please</SpeakSentence></Gather>')
    phone.talk(0.3)
    phone.press("42")
    phone.leg.hang_up()
    event = flow.receiver.expect("gather", call, reason="hung-up")
    expect(event["digits"], "42", "the digits")
    flow.over(call, "NORMAL_CLEARING")
    expect(flow.receiver.types(call)[-2:], ["gather", "hangup"], "the last events")


@scenario("PlayAudio is repeated and as loud as it is asked to be, pauses are as long, and speech is heard", slow=True)
def bxml_sounds(stage):
    flow = Script(stage)
    tone = flow.keep_tone("tone.wav", 1000, 1)
    levels = {}
    for volume in (-4, 0, 4):
        call, phone = flow.called(f'<PlayAudio volume="{volume}">{tone}</PlayAudio><Hangup/>')
        flow.ends(call, phone)
        levels[volume] = level(phone.heard())
    expect(levels[-4] * 2 < levels[0] and levels[0] * 2 < levels[4], True, f"the levels {levels}")
    call, phone = flow.called(f'<PlayAudio repeatCount="3" delayBeforeRepeat="9">{tone}</PlayAudio><Hangup/>')
    expect_between(2.8, 5.0, flow.ends(call, phone, 8), "seconds of three times")
    expect_heard("three times", phone, 1000, 27)
    call, phone = flow.called(
        f'<Gather requestUrl="/g" interDigitTimeout="1"><PlayAudio repeatCount="2" delayBeforeRepeat="1">{tone}</PlayAudio></Gather><Hangup/>')
    expect_between(4.8, 7.5, flow.ends(call, phone, 10), "seconds of two times with a second after each")
    expect_heard("two times", phone, 1000, 17)
    call, phone = flow.called('<Pause length="0.5"/><Pause length="0"/><Pause/><SendDtmf>1,1W1</SendDtmf><Hangup/>')
    expect_between(2.9, 6.0, flow.ends(call, phone, 8), "seconds of pauses")
    call, phone = flow.called(
        '<SpeakSentence voice="Kate" gender="FEMALE" locale="en-us">Hello over there</SpeakSentence><Hangup/>')
    flow.ends(call, phone, 6)
    expect(windows_of(phone.heard(), 440)[1] > 5, True, "loud windows of speech")


@scenario("a sentence that is too long to be spoken at once is spoken in pieces, to its end")
def bxml_long_sentence(stage):
    flow = Script(stage)
    short, long = "Good morning.", "This is what comes after a very long pause, and it is heard like everything else."
    spoken = {}
    for text in (short, f"{short}{' ' * 4_000}{long}"):
        call, phone = flow.called(f"<SpeakSentence>{text}</SpeakSentence><Hangup/>")
        flow.ends(call, phone, 20)
        expect(flow.errors(call), [], f"the errors of {len(text)} characters")
        spoken[len(text)] = windows_of(phone.heard(), 440)[1]
    few, many = spoken.values()
    expect(few > 3 and many > few + 20, True, f"the loud tenths of a second by characters: {spoken}")


@scenario("a Record ends by its longest time, its digit and silence under its threshold, in the format that is asked for", slow=True)
def bxml_record_rules(stage):
    flow = Script(stage)
    record = "<Record requestUrl='/kept' {}/><Hangup/>".format
    call, phone = flow.called(record("maxDuration='1'"))
    expect_between(0.8, 3.0, flow.ends(call, phone, 5, 550), "seconds of maxDuration 1")
    _, file = flow.recording(call)
    expect(struct.unpack("<HHI", file.body[20:28]), (1, 1, 8000), "the file's form, channels and rate")
    call, phone = flow.called(record("maxDuration='1' fileFormat='mp3' multiChannel='true'"))
    flow.ends(call, phone, 5, 550)
    expect(flow.recording(call)[1].headers["Content-Type"], "audio/mpeg", "the type of an mp3")
    call, phone = flow.called(record("terminatingDigits='*0' maxDuration='9'"))
    phone.talk(0.5, 550)
    phone.press("1")
    phone.talk(0.5, 550)
    expect(phone.has_heard_bye(), False, "an end by another digit")
    phone.press("0")
    flow.ends(call, phone)
    # A fan in the background: the root mean square of the tone is some 5,600.
    for threshold, low, high in ((20_000, 0.8, 2.8), (500, 3.5, 6.5)):
        call, phone = flow.called(record(f"silenceTimeout='1' silenceThreshold='{threshold}' maxDuration='4'"))
        expect_between(low, high, flow.ends(call, phone, 8, 550), f"seconds under a threshold of {threshold}")
        flow.recording(call)


@scenario("a Record with transcribe is made, and its transcribeCallbackUrl, the errors and the call's story hear that there is no text")
def bxml_transcribe(stage):
    flow = Script(stage)
    call, phone = flow.called("<Record maxDuration='1' transcribe='true' transcribeCallbackUrl='/text?a=1'/><Hangup/>")
    flow.ends(call, phone, 3, 550)
    recording, _ = flow.recording(call)
    event = flow.receiver.expect("transcription")
    expect(
        {name: event[name] for name in event if name != "expected"},
        {"eventType": "transcription", "transcriptionId": event["transcriptionId"], "recordingId": recording["recordingId"],
         "state": "error", "status": "error"}, "the transcription event")
    method, path, headers = flow.receiver.requests[flow.receiver.events.index(event)]
    expect((method, path, headers["Content-Type"]), ("POST", "/text?a=1", "application/json; charset=utf-8"), "how it came")
    expect(["transcribes" in error for error in flow.errors(call)], [True], "the errors")
    expect(flow.rest.get("/errors")[0]["code"], "backend-protocol-support-failure", "the error of the user")


@scenario("a Transfer is recorded on two channels, shows the caller that it names, and its callee goes when the caller goes")
def bxml_transfer_recorded(stage):
    flow = Script(stage)
    call, caller = flow.called(
        f'<Transfer transferTo="{SECOND}" transferCallerId="{FROM}" requestUrl="/after" tag="T">'
        '<Record requestUrl="/kept" multiChannel="true" maxDuration="1" terminatingDigits="1"/></Transfer><Pause length="9"/>')
    leg = flow.vendor.incoming()
    expect(FROM in leg.invite.get("from"), True, f"the From {leg.invite.get('from')}")
    callee = Phone.taken(leg)
    talk([(caller, 440), (callee, 880)], 2)
    callee.press("1")
    talk([(caller, 440), (callee, 880)], 0.5)
    caller.leg.hang_up()
    callee.talk(3, until=callee.has_heard_bye)
    callee.leg.expect_hang_up()
    flow.over(call, "NORMAL_CLEARING")
    _, file = flow.recording(call)
    form, channels, rate = struct.unpack("<HHI", file.body[20:28])
    expect((form, channels, rate), (1, 2, 8000), "the file's form, channels and rate")
    samples = struct.unpack(f"<{(len(file.body) - 44) // 2}h", file.body[44:44 + (len(file.body) - 44) // 2 * 2])
    tones = [tuple(windows_of(samples[side::2], tone)[0] > 12 for tone in (440, 880)) for side in (0, 1)]
    expect(sorted(tones), [(False, True), (True, False)], "which channel holds which tone")
    expect(flow.receiver.types(call), ["incomingcall", "answer", "hangup", "recording"], "the events")
    call, caller = flow.called(f'<Transfer transferTo="{SECOND}"><Record fileFormat="mp3" multiChannel="true"/></Transfer>')
    callee = Phone.taken(flow.vendor.incoming())
    talk([(caller, 440), (callee, 880)], 1)
    callee.leg.hang_up()
    caller.leg.expect_hang_up()
    _, file = flow.recording(call)
    expect((file.body[:2], file.body[3] >> 6), (b"\xff\xe3", 0), "the head of an MP3 file with two channels")


@scenario("a Transfer hides its caller, tells diversions, and ends with the caller when its callee has gone")
def bxml_transfer_shown(stage):
    flow = Script(stage)
    for attributes, check in (
        ('transferCallerId="private"', lambda invite: "anonymous" in invite.get("from") and invite.get("privacy") == "id"),
        ("", lambda invite: "2025550100" in invite.get("from")),
        ('diversionTreatment="stack" diversionReason="user-busy"',
         lambda invite: f"sip:{NUMBER}@" in invite.get("diversion") and "reason=user-busy" in invite.get("diversion")),
    ):
        call, caller = flow.called(f'<Transfer transferTo="{SECOND}" {attributes}/><SendDtmf>7</SendDtmf>')
        leg = flow.vendor.incoming()
        expect(check(leg.invite), True, f"the INVITE with {attributes}: {leg.invite}")
        callee = Phone.taken(leg)
        talk([(caller, None), (callee, None)], 0.4)
        callee.leg.hang_up()
        expect_last_digits(caller, "", "digits of later verbs", 3)
        flow.over(call, "NORMAL_CLEARING")
        expect(flow.receiver.types(call), ["incomingcall", "answer", "transferComplete", "hangup"], "the events")


@scenario("a Transfer that is refused goes on with the next verb, and to no number or nobody at all ends the call", slow=True)
def bxml_transfer_refused(stage):
    flow = Script(stage)
    for status, digits in ((486, "7"), (480, "7"), (603, "7"), (503, "7"), (404, ""), (604, ""), (484, "")):
        call, caller = flow.called(f'<Transfer transferTo="{SECOND}"/><SendDtmf>7</SendDtmf><Hangup/>')
        flow.vendor.incoming().reply(status, "No")
        expect_last_digits(caller, digits, f"the next verb after {status}", 4)
        flow.over(call, "NORMAL_CLEARING")
    call, caller = flow.called('<Transfer transferTo="banana"/><SendDtmf>7</SendDtmf><Hangup/>')
    expect_last_digits(caller, "", "the next verb after no number", 4)
    call, caller = flow.called(f'<Transfer transferTo="{SECOND}" callTimeout="1"/><SendDtmf>7</SendDtmf><Hangup/>')
    flow.vendor.incoming()
    took = caller.talk(6, until=caller.has_heard_bye)
    expect_between(1.0, 4.0, took, "seconds until the next verb, though the callee confirms nothing")
    caller.leg.expect_hang_up()
    expect([digit for digit, _ in caller.heard_digits()], ["7"], "the next verb after a callee that says nothing")
