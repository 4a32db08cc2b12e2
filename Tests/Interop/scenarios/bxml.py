"""Calls that are driven by the documents of a program, in BXML: answered, asked, recorded, transferred and ended by it."""

import os
import tempfile
import time

from harness import expect, scenario
from peers.audio import read_samples, windows_of, write_tone
from peers.phone import Phone, talk
from peers.sip import Unexpected
from scenarios.rest import FROM, NUMBER, World

XML = "application/xml"
SECOND, THIRD = "+13125550188", "+13125550189"


class Flow(World):
    """A switch whose application takes its events by GET; `replies` says what is answered to them."""

    def __init__(self, stage, replies, application=None, **options):
        super().__init__(stage, application={"callback_http_method": "GET", **(application or {})}, **options)
        self.replies, self.caller = replies, stage.party()
        self.receiver.answer = self.reply

    def reply(self, event):
        document = self.replies(event)
        if isinstance(document, tuple):
            return document
        return (200, f"<Response>{document}</Response>".encode(), XML) if document is not None else (200, b"", None)

    def dialled(self):
        """A call that came in: (its id, its telephone)."""
        phone = Phone.dialled(self.caller, self.endpoint, NUMBER)
        return self.receiver.expect("answer")["callId"], phone

    def keep_tone(self, name, frequency, seconds):
        return keep_tone(self.rest, name, frequency, seconds)


def keep_tone(rest, name, frequency, seconds):
    """Puts a tone among the user's media files; its URL."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        write_tone(path, frequency, seconds)
        with open(path, "rb") as file:
            rest.expect(200, "PUT", f"/media/{name}", file.read(), headers={"Content-Type": "audio/wav"})
    host, port = rest.endpoint
    return f"http://{host}:{port}/v1/users/u-acme/media/{name}"


def refuse(leg):
    """Answers the CANCEL of a leg that rings, and its INVITE."""
    leg.expect_cancel()


def expect_heard(what, phone, frequency, windows, milliseconds=100):
    """At least so many windows of what a telephone heard hold the frequency."""
    hits, _ = windows_of(phone.heard(), frequency, milliseconds)
    if hits < windows:
        raise Unexpected(f"{what}: {hits} windows of {frequency} Hz, not {windows}")


def expect_last_digits(phone, digits, what, seconds):
    """The phone hears these digits and then the hang-up, within so many seconds."""
    phone.talk(seconds, until=phone.has_heard_bye)
    phone.leg.expect_hang_up()
    expect("".join(digit for digit, _ in phone.heard_digits()), digits, what)


@scenario("a menu in BXML: a prompt is heard, digits stop it and are told, and the reply to them is heard and ends the call")
def bxml_menu(stage):
    tones = {}

    def replies(event):
        if event["eventType"] == "answer":
            return (f'<Gather requestUrl="/pin?job=81" maxDigits="4" tag="p &amp; q"><PlayAudio>{tones["ask"]}</PlayAudio></Gather>')
        if event["eventType"] == "gather":
            return f'<PlayAudio>{tones["thanks"]}</PlayAudio><Hangup/>'
        return None

    flow = Flow(stage, replies)
    tones["ask"] = flow.keep_tone("ask.wav", 660, 20)
    tones["thanks"] = flow.keep_tone("thanks.wav", 880, 1)
    call, phone = flow.dialled()
    phone.talk(1.2)
    expect_heard("the prompt", phone, 660, 6)
    phone.press("4")
    phone.talk(0.3)
    phone.forget()
    phone.talk(0.4)
    hits, loud = windows_of(phone.heard(), 660)
    expect(loud, 0, "windows with sound after the digit")
    phone.press("4")
    phone.press("11")
    gather = flow.receiver.expect("gather", call, digits="4411", reason="max-digits", state="completed", tag="p & q", job="81")
    expect("gatherId" in gather and gather["callUri"].endswith(call), True, f"the members of {gather}")
    phone.forget()
    phone.talk(3, until=phone.has_heard_bye)
    expect_heard("the reply", phone, 880, 7)
    phone.leg.expect_hang_up()
    event = flow.over(call, "NORMAL_CLEARING")
    expect(event["callState"], "completed", "callState")
    expect(
        flow.receiver.types(call), ["incomingcall", "answer", "dtmf", "dtmf", "dtmf", "dtmf", "gather", "hangup"], "the events")
    path = next(path for method, path, _ in flow.receiver.requests if "eventType=gather" in path)
    expect((path.startswith("/pin?job=81&"), "%26" in path), (True, True), path)


@scenario("the next verb follows a Gather without digits, digits and pauses are sent, and a relative Redirect leads on")
def bxml_verbs(stage):
    def replies(event):
        if event["eventType"] == "answer":
            return ('<Gather requestUrl="never" interDigitTimeout="1"/><SendDtmf>12W#</SendDtmf>'
                    '<Redirect requestUrl="flow/next?step=2" requestUrlTimeout="3000"/><Hangup/>')
        if event["eventType"] == "redirect":
            return '<Pause length="1"/><SendDtmf>9</SendDtmf><Pause/>'
        return None

    flow = Flow(stage, replies)
    call, phone = flow.dialled()
    began = time.monotonic()
    phone.talk(15, until=phone.has_heard_bye)
    took = time.monotonic() - began
    phone.leg.expect_hang_up()
    expect("".join(digit for digit, _ in phone.heard_digits()), "12#9", "the digits heard")
    if not 4 <= took <= 8:
        raise Unexpected(f"it took {took:.1f} s")
    redirect = flow.receiver.expect("redirect", call, callState="active", step="2")
    expect((redirect["from"], redirect["to"]), (flow.receiver.of(call)[0]["from"], FROM), "the redirect")
    path = next(path for _, path, _ in flow.receiver.requests if "eventType=redirect" in path)
    expect(path.startswith("/flow/next?step=2&"), True, path)
    flow.over(call, "NORMAL_CLEARING")
    expect("gather" in flow.receiver.types(call), False, "a gather was told without digits")


@scenario("a Record is told to its own address when its digit is pressed, and the file holds what the caller said")
def bxml_record(stage):
    flow = Flow(stage, lambda event: (
        '<Record requestUrl="/kept" terminatingDigits="#" maxDuration="30"/><Hangup/>' if event["eventType"] == "answer" else None))
    call, phone = flow.dialled()
    phone.talk(0.3)
    phone.talk(1.5, 550)
    phone.press("#")
    event = flow.receiver.expect("recording", call, status="complete")
    path = next(path for _, path, _ in flow.receiver.requests if "eventType=recording" in path)
    expect(path.startswith("/kept?"), True, path)
    phone.leg.expect_hang_up()
    flow.over(call, "NORMAL_CLEARING")
    recording = flow.rest.get(f"/recordings/{event['recordingId']}")
    name = recording["media"].rsplit("/", 1)[1]
    data = flow.rest.expect(200, "GET", f"/media/{name}").body
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        file.write(data)
        file.flush()
        samples, rate = read_samples(file.name)
    hits, _ = windows_of(samples, 550, rate=rate)
    if hits < 10:
        raise Unexpected(f"{hits} windows of 550 Hz in a recording of {len(samples) / rate:.1f} s")


@scenario("a Record ends with silence, and the caller's hang-up before that is told as an event too")
def bxml_record_ends(stage):
    flow = Flow(stage, lambda event: (
        '<Record requestUrl="/kept" silenceTimeout="1"/><Pause length="60"/>' if event["eventType"] == "answer" else None))
    call, phone = flow.dialled()
    phone.talk(1, 550)
    phone.talk(2)
    flow.receiver.expect("recording", call, within=3, status="complete")
    phone.leg.hang_up()
    flow.over(call, "NORMAL_CLEARING")
    call, phone = flow.dialled()
    phone.talk(1, 550)
    phone.leg.hang_up()
    flow.over(call, "NORMAL_CLEARING")
    flow.receiver.expect("recording", call, status="complete")


@scenario("a Transfer rings all its numbers, the first to answer hears the prompt and is joined, and the caller goes with it")
def bxml_transfer(stage):
    tones = {}

    def replies(event):
        if event["eventType"] == "answer" and event["to"] == FROM:
            return (f'<Transfer transferTo="{SECOND}" tag="t-1"><PhoneNumber>{THIRD}</PhoneNumber>'
                    f'<PlayAudio>{tones["whisper"]}</PlayAudio></Transfer><Pause length="60"/>')
        return None

    flow = Flow(stage, replies)
    tones["whisper"] = flow.keep_tone("whisper.wav", 770, 1)
    call, caller = flow.dialled()
    first, second = flow.vendor.incoming(), flow.vendor.incoming()
    first.reply(180, "Ringing")
    second.reply(180, "Ringing")
    callee = Phone.taken(second)
    refuse(first)
    talk([(caller, 440), (callee, None)], 1.6)
    expect_heard("the whisper", callee, 770, 7)
    caller.forget(), callee.forget()
    talk([(caller, 440), (callee, 990)], 2)
    expect_heard("the callee", callee, 440, 14)
    expect_heard("the caller", caller, 990, 14)
    callee.leg.hang_up()
    caller.talk(3, until=caller.has_heard_bye)
    caller.leg.expect_hang_up()
    complete = flow.receiver.expect("transferComplete", call, callState="active", tag="t-1")
    expect(complete["to"] in (SECOND, THIRD), True, f"whom {complete} names")
    flow.over(call, "NORMAL_CLEARING")


@scenario("when nobody answers a Transfer the next verb follows, and with an address of its own a reply to its end goes on")
def bxml_transfer_ends(stage):
    def replies(event):
        if event["eventType"] == "answer" and event["to"] == FROM:
            return (f'<Transfer transferTo="{SECOND}" callTimeout="1"/>'
                    f'<Transfer transferTo="{THIRD}" requestUrl="/after"/><Hangup/>')
        if event["eventType"] == "transferComplete":
            return "<SendDtmf>5</SendDtmf><Pause/>"
        return None

    flow = Flow(stage, replies)
    call, caller = flow.dialled()
    first = flow.vendor.incoming()
    first.reply(180, "Ringing")
    caller.talk(1.5)
    refuse(first)
    callee = Phone.taken(flow.vendor.incoming())
    talk([(caller, None), (callee, None)], 1)
    callee.leg.hang_up()
    expect_last_digits(caller, "5", "the digits heard", 5)
    flow.over(call, "NORMAL_CLEARING")


@scenario("a document with a mistake ends the call, which says why; so do one that is too long and a Redirect to nobody")
def bxml_mistakes(stage):
    replies = [
        "<Dance/>", '<Gather maxDigits="2"/>', (200, b"<Response>", XML),
        (200, b'<!DOCTYPE a [<!ENTITY b "c">]><Response>&b;</Response>', XML), '<Redirect requestUrl="http://127.0.0.1:1/"/>',
    ]
    current = []
    flow = Flow(stage, lambda event: current[0] if event["eventType"] == "answer" else None)
    for reply in replies:
        current[:] = [reply]
        call, phone = flow.dialled()
        phone.leg.expect_hang_up()
        flow.over(call, "NORMAL_CLEARING")
        steps = flow.rest.get(f"/calls/{call}/events")
        expect([step["name"] for step in steps if step["name"] == "error"], ["error"], f"the steps of {reply}: {steps}")
    with_text = (200, b"no document", "text/plain")
    current[:] = [with_text]
    call, phone = flow.dialled()
    phone.talk(1)
    flow.rest.post(f"/calls/{call}", {"state": "completed"})
    phone.leg.expect_hang_up()
    flow.over(call, "NORMAL_CLEARING")


@scenario("a reply to a POST means nothing, whatever it is")
def bxml_not_by_post(stage):
    flow = Flow(
        stage, lambda event: (200, b"<Response><SendDtmf>7</SendDtmf><Hangup/></Response>", XML),
        application={"callback_http_method": "POST"})
    call, phone = flow.dialled()
    phone.talk(1)
    expect((phone.has_heard_bye(), phone.heard_digits()), (False, []), "what came of the reply")
    flow.rest.post(f"/calls/{call}", {"state": "completed"})
    phone.leg.expect_hang_up()
    flow.over(call, "NORMAL_CLEARING")


@scenario("with documents_by_post a reply to a POST is followed where it says that it is XML")
def bxml_by_post(stage):
    flow = Flow(stage, lambda event: (
        (200, b"<Response><SendDtmf>7</SendDtmf><Hangup/></Response>", "application/xml; charset=utf-8")
        if event["eventType"] == "answer" else (200, b"<Response><Hangup/></Response>", "text/html")),
        application={"callback_http_method": "POST"},
        configuration={"webhooks": {"allow_private_addresses": True, "documents_by_post": True}})
    call, phone = flow.dialled()
    expect_last_digits(phone, "7", "the digits heard", 3)
    flow.over(call, "NORMAL_CLEARING")


@scenario("a call whose last verb is heard is hung up 30 seconds later", slow=True)
def bxml_lingers(stage):
    flow = Flow(stage, lambda event: "<SendDtmf>1</SendDtmf>" if event["eventType"] == "answer" else None)
    call, phone = flow.dialled()
    took = phone.talk(40, until=phone.has_heard_bye)
    phone.leg.expect_hang_up()
    if not 29 <= took <= 33:
        raise Unexpected(f"it took {took:.1f} s")
    flow.over(call, "NORMAL_CLEARING")


@scenario("applications, numbers and media are made, read, changed and removed, and the next call heeds it")
def rest_provisioned(stage):
    world = World(stage)
    rest = world.rest
    application = rest.create("/applications", {
        "name": "desk", "incomingCallUrl": world.receiver.url, "autoAnswer": "false", "callbackHttpMethod": "get",
        "incomingCallUrlCallbackTimeout": "2000", "incomingMessageUrl": "http://m.example/"})
    expect(
        rest.get(f"/applications/{application}"),
        {"id": application, "name": "desk", "incomingCallUrl": world.receiver.url, "autoAnswer": False,
         "callbackHttpMethod": "GET", "incomingCallUrlCallbackTimeout": 2000, "incomingMessageUrl": "http://m.example/"},
        "the application")
    rest.post(f"/applications/{application}", {"autoAnswer": True, "name": None})
    expect(sorted(found["name"] for found in rest.get("/applications")), ["desk", "shop"], "the applications")
    page = rest.request("GET", "/applications?size=1")
    expect('rel="next"' in page.headers["Link"], True, page.headers["Link"])
    rest.refused(400, "missing-property", "POST", "/applications", {"incomingCallUrl": world.receiver.url})
    rest.refused(400, "validation-error", "POST", "/applications", {"name": "x"})
    rest.refused(400, "validation-error", "POST", f"/applications/{application}", {"incomingCallUrlCallbackTimeout": 10001})
    rest.refused(404, "application-not-found", "GET", "/applications/a-none")

    number = rest.get("/phoneNumbers")[0]
    expect((number["number"], number["applicationId"], number["numberState"], number["price"]), (FROM, "a-shop", "enabled", "0.00"), "the number")
    for path in (number["id"], FROM.replace("+", "%2B"), NUMBER):
        expect(rest.get(f"/phoneNumbers/{path}")["id"], number["id"], f"the number at {path}")
    rest.post(f"/phoneNumbers/{number['id']}", {"applicationId": application, "name": "front", "fallbackNumber": SECOND})
    found = rest.get(f"/phoneNumbers/{number['id']}")
    expect((found["applicationId"], found["name"], found["fallbackNumber"]), (application, "front", SECOND), "the number")
    rest.refused(404, "application-not-found", "POST", f"/phoneNumbers/{number['id']}", {"applicationId": "a-none"})
    phone = Phone.dialled(stage.party(), world.endpoint, NUMBER)
    event = world.receiver.expect("incomingcall", applicationId=application)
    expect(world.receiver.requests[0][0], "GET", "the method of the callback")
    phone.leg.hang_up()
    world.receiver.expect("hangup", event["callId"])
    rest.expect(200, "DELETE", f"/applications/{application}")
    rest.refused(404, "application-not-found", "DELETE", f"/applications/{application}")
    expect("applicationId" in rest.get(f"/phoneNumbers/{number['id']}"), False, "the number of the removed application")
    rest.post(f"/phoneNumbers/{number['id']}", {"applicationId": "a-shop"})
    rest.post(f"/phoneNumbers/{number['id']}", {"applicationId": ""})
    expect("applicationId" in rest.get(f"/phoneNumbers/{number['id']}"), False, "the detached number")

    data = os.urandom(3_000_000)
    for name in ("voice%20mail.wav", "..%2F..%2Fescape.wav"):
        rest.expect(200, "PUT", f"/media/{name}", data, headers={"Content-Type": "audio/x", "Cache-Control": "max-age=5"})
        answer = rest.expect(200, "GET", f"/media/{name}")
        expect(answer.body == data, True, f"the content of {name}")
        expect((answer.headers["Content-Type"], answer.headers["Cache-Control"]), ("audio/x", "max-age=5"), "the headers")
    names = {item["mediaName"]: item["contentLength"] for item in rest.get("/media")}
    expect(names, {"voice mail.wav": len(data), "../../escape.wav": len(data)}, "the media")
    outside = [name for folder, _, files in os.walk(stage.folder) for name in files if name == "escape.wav"]
    expect(outside, [], "files outside of the user's folder")
    rest.expect(200, "DELETE", "/media/voice%20mail.wav")
    rest.refused(404, "media-not-found", "GET", "/media/voice%20mail.wav")
    rest.refused(403, "media-size-overflow", "PUT", "/media/big", b"x", headers={"Content-Length": str(70 << 20)})
    expect(rest.get("/account")["accountType"], "post-pay", "the account")


@scenario("a transfer to a number that there is not ends the call, by whatever name the causes are told")
def bxml_invalid_targets(stage):
    def replies(event):
        return f'<Transfer transferTo="{SECOND}"/><Pause length="20"/>' if event["eventType"] == "answer" else None

    flow = Flow(stage, replies, configuration={"webhooks": {"allow_private_addresses": True, "hangup_causes": "freeswitch"}})
    call, phone = flow.dialled()
    flow.vendor.incoming().reply(410, "Gone")
    phone.talk(3, until=phone.has_heard_bye)
    phone.leg.expect_hang_up()
    flow.over(call, "NORMAL_CLEARING")


@scenario("callers meet in the conference that their documents name, leave it by a digit, and go on with the next verb")
def bxml_conference(stage):
    def replies(event):
        if event["eventType"] == "answer":
            return f'<Conference from="{FROM}" statusCallbackUrl="/status" tag="weekly"/><SendDtmf>7</SendDtmf><Hangup/>'
        return None

    flow = Flow(stage, replies)
    first, one = flow.dialled()
    created = flow.receiver.expect("conference", status="created")
    expect(created["tag"], "weekly", "the tag")
    flow.receiver.expect("conference-member", first, activeMembers="1", state="active")
    second, two = flow.dialled()
    member = flow.receiver.expect("conference-member", second, activeMembers="2")
    expect(member["conferenceId"], created["conferenceId"], "the conference of the second")
    talk([(one, 660), (two, 880)], 0.5)
    one.forget()
    two.forget()
    talk([(one, 660), (two, 880)], 1.5)
    expect_heard("the first", one, 880, 9)
    expect_heard("the second", two, 660, 9)
    expect(flow.rest.get(f"/calls/{first}")["conferenceId"], created["conferenceId"], "conferenceId of the call")
    two.forget()
    two.press("#")
    flow.receiver.expect("conference-member", second, state="completed", activeMembers="1")
    expect_last_digits(two, "7", "the next verb", 3)
    flow.over(second, "NORMAL_CLEARING")
    one.leg.hang_up()
    flow.receiver.expect("conference", status="completed")
    flow.over(first, "NORMAL_CLEARING")


@scenario("a message cannot be sent, which is written down, and the document goes on")
def bxml_message(stage):
    def replies(event):
        if event["eventType"] == "answer":
            return f'<SendMessage from="{FROM}" to="{SECOND}">Hello</SendMessage><SendDtmf>5</SendDtmf><Hangup/>'
        return None

    flow = Flow(stage, replies)
    call, phone = flow.dialled()
    expect_last_digits(phone, "5", "the next verb", 3)
    flow.over(call, "NORMAL_CLEARING")
    steps = [step for step in flow.rest.get(f"/calls/{call}/events") if step["name"] == "error"]
    expect(["message" in step["data"] for step in steps], [True], "the steps about it")
