"""The voice REST interface row by row: what it forgives, what it refuses, and what it answers to the letter."""

import http.server
import json
import os
import tempfile
import threading
import time
import urllib.parse

from harness import scenario
from peers.audio import windows_of, write_tone
from peers.phone import Phone, talk
from peers.sdk import SDK
from peers.sip import Unexpected, sdp
from peers.web import REST
from scenarios.rest import FROM, NUMBER, TARGET, World, expect

GOOD = {"from": FROM, "to": TARGET}


class FileServer:
    """Serves files by name on one address, and counts how often each was asked for."""

    def __init__(self, address, files, port=9100):
        self.asked = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                name = self.path.partition("?")[0].lstrip("/")
                server.asked.append(name)
                body = files.get(name)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((address, port), Handler)
        self.url = f"http://{address}:{port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def tone(frequency, seconds):
    """A WAV file of a tone."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tone.wav")
        write_tone(path, frequency, seconds)
        with open(path, "rb") as file:
            return file.read()


def heard(phone, frequency, windows):
    hits, _ = windows_of(phone.heard(), frequency, 100)
    if hits < windows:
        raise Unexpected(f"{hits} windows of {frequency} Hz, not {windows}")


@scenario("what clients of the original send is understood: texts for numbers, nulls, cases, odd types, readable numbers")
def rest_forgives(stage):
    world = World(stage)
    for body in (
        {"callTimeout": "30", "callbackTimeout": "2000", "callbackUrl": world.receiver.url, "recordingEnabled": "false",
         "recordingMaxDuration": "60", "transcriptionEnabled": "False"},
        {"callTimeout": None, "sipHeaders": None, "tag": None, "callbackHttpMethod": None, "bridgeId": None},
        {"callbackUrl": "", "fallbackUrl": "", "bridgeId": "", "conferenceId": "", "tag": ""},
        {"callbackHttpMethod": "get", "callbackUrl": world.receiver.url, "recordingFileFormat": "MP3"},
        {"callTimeout": 30.0}, {"callTimeout": "30.0"}, {"callTimeout": 300}, {"nobody": {"knows": [1]}},
        {"from": NUMBER}, {"from": "+1 (312) 555-0110"},
        {"sipHeaders": {("X-" + str(n) + "a" * 256)[:256]: "v" * 256 for n in range(5)}},
    ):
        call = world.rest.create("/calls", {**GOOD, **body})
        expect(world.rest.get(f"/calls/{call}")["from"], FROM, f"from of {body}")
    for written in ("13125550147", "+1 312 555 0147", "+1-312-555-0147", " +1.312.555.0147 "):
        call = world.rest.create("/calls", {**GOOD, "to": written})
        expect(world.rest.get(f"/calls/{call}")["to"], TARGET, f"to of {written}")
    for written, shown in (("sip:desk4@PBX.example.net", "sip:desk4@pbx.example.net"), ("SIP:d@a.example:5062", "sip:d@a.example:5062")):
        call = world.rest.create("/calls", {**GOOD, "to": written})
        expect(world.rest.get(f"/calls/{call}")["to"], shown, f"to of {written}")
    for kind in ("application/json; charset=utf-8", "text/plain", "application/x-www-form-urlencoded"):
        world.rest.expect(201, "POST", "/calls/", GOOD, headers={"Content-Type": kind})
    head = world.rest.expect(200, "HEAD", f"/calls/{call}")
    expect((head.body, head.headers["Content-Type"]), (b"", "application/json"), "HEAD")
    path = f"/v1/users/%75-acme//calls/{call.replace('c', '%63', 1)}/"
    expect(world.rest.expect(200, "GET", path, absolute=True).json["id"], call, "a path with escapes and slashes")


@scenario("a new call has every member of the table with its default, and no member before its time")
def rest_call_members(stage):
    world = World(stage)
    call = world.rest.create("/calls", GOOD)
    shown = world.rest.get(f"/calls/{call}")
    base = f"http://{world.rest.endpoint[0]}:8080/v1/users/u-acme/calls/{call}"
    for name, value in {
        "id": call, "direction": "out", "from": FROM, "to": TARGET, "state": "started", "callTimeout": 60, "callbackUrl": "",
        "fallbackUrl": "", "callbackHttpMethod": "POST", "callbackTimeout": 10000, "recordingEnabled": False,
        "recordingFileFormat": "wav", "transcriptionEnabled": False, "events": base + "/events",
        "recordings": base + "/recordings", "transcriptions": base + "/transcriptions",
    }.items():
        expect(shown.get(name), value, name)
    for name in ("activeTime", "endTime", "chargeableDuration", "sipHeaders", "bridgeId", "conferenceId", "tag"):
        expect(name in shown, False, f"{name} of a new call")


@scenario("what cannot be understood is refused with the code and the status of the table")
def rest_refuses(stage):
    world = World(stage)
    rest = world.rest
    for body in (
        {**GOOD, "to": "abc"}, {**GOOD, "to": "+"}, {**GOOD, "to": "+1234567890123456"}, {**GOOD, "from": "abc"},
        {**GOOD, "to": ["x"]}, {**GOOD, "to": {"a": 1}}, {**GOOD, "to": True}, {**GOOD, "callTimeout": 0},
        {**GOOD, "callTimeout": 1e99}, {**GOOD, "callTimeout": 1.5}, {**GOOD, "callbackTimeout": 0},
        {**GOOD, "fallbackUrl": "http://a/"}, {**GOOD, "recordingFileFormat": "ogg"}, {**GOOD, "recordingEnabled": "maybe"},
        {**GOOD, "recordingMaxDuration": 0}, {**GOOD, "sipHeaders": "x"}, {**GOOD, "sipHeaders": {"X-A": "b" * 257}},
        {**GOOD, "sipHeaders": {"X-" + "a" * 255: "b"}}, b"null", b'"a"',
    ):
        rest.refused(400, "validation-error", "POST", "/calls", body)
    for url in ("ftp://a/b", "http://", "//a/b", "http:/a"):
        rest.refused(400, "callback-invalid-url", "POST", "/calls", {**GOOD, "callbackUrl": url})
    rest.refused(400, "missing-property", "POST", "/calls", b"")
    rest.refused(404, "bridge-not-found", "POST", "/calls", {**GOOD, "bridgeId": "brg-none"})
    rest.refused(404, "conference-not-found", "POST", "/calls", {**GOOD, "conferenceId": "conf-none"})
    rest.refused(413, "validation-error", "POST", "/calls", b'{"from":"' + b"1" * 400_000 + b'"}')
    for path, code in (
        ("/bridges/b", "bridge-not-found"), ("/bridges/b/calls", "bridge-not-found"),
        ("/conferences/c", "conference-not-found"), ("/conferences/c/members", "conference-not-found"),
        ("/conferences/c/members/m", "conference-not-found"), ("/recordings/r", "recording-not-found"),
        ("/recordings/r/transcriptions", "recording-not-found"), ("/media/none.wav", "media-not-found"),
        ("/applications/a", "application-not-found"), ("/phoneNumbers/x", "number-not-found"),
        ("/errors/x", "user-error-not-found"), ("/calls/c-x/events", "call-not-found"),
        ("/calls/c-x/recordings", "call-not-found"), ("/calls/c-x/gather/g", "call-not-found"),
    ):
        rest.refused(404, code, "GET", path)
    # What there is not is said before what is wrong with the request.
    for path, code in (
        ("/calls/c", "call-not-found"), ("/calls/c/audio", "call-not-found"), ("/calls/c/dtmf", "call-not-found"),
        ("/calls/c/gather", "call-not-found"), ("/calls/c/gather/g", "call-not-found"), ("/bridges/b", "bridge-not-found"),
        ("/bridges/b/audio", "bridge-not-found"), ("/conferences/c", "conference-not-found"),
        ("/conferences/c/audio", "conference-not-found"), ("/conferences/c/members", "conference-not-found"),
        ("/conferences/c/members/m", "conference-not-found"), ("/conferences/c/members/m/audio", "conference-not-found"),
        ("/recordings/r/transcriptions", "recording-not-found"), ("/applications/a", "application-not-found"),
        ("/phoneNumbers/x", "number-not-found"),
    ):
        for body in ({}, {"state": "nonsense", "sentence": 7, "mute": "maybe", "callIds": "c", "name": []}):
            rest.refused(404, code, "POST", path, body)
    for body in (b'{"from":"+13125550110","to":"+13125550147",}', b'{"from":"+13125550110","to":"+13125550147","x":[1 ,]}'):
        rest.refused(400, "validation-error", "POST", "/calls", body)
    for path in ("/v1", "/v1/users", "/v1/users/"):
        error = rest.expect(404, "GET", path, absolute=True)
        expect((error.headers["Content-Type"], error.json["code"]), ("application/json", "resource-not-found"), path)


@scenario("requests that were refused are among the errors of their user, newest first, and can be read one by one")
def rest_lists_errors(stage):
    world = World(stage)
    world.rest.refused(404, "call-not-found", "GET", "/calls/c-none")
    world.rest.refused(400, "missing-property", "POST", "/calls", {})
    until = time.monotonic() + 3
    while len(errors := world.rest.get("/errors")) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    expect([error["code"] for error in errors], ["missing-property", "call-not-found"], "the errors")
    error = errors[1]
    expect(set(error) >= {"id", "time", "category", "code", "message", "details"}, True, f"the members of {error}")
    expect({"name": "requestPath", "value": "users/u-acme/calls/c-none"} in error["details"], True, "the details")
    expect(world.rest.get(f"/errors/{error['id']}"), error, "one error")
    expect(REST(stage.switch, "u-other", "t-other", "s-other").get("/errors"), [], "the errors of another user")


@scenario("calls are found by numbers and addresses in every form that they are written in")
def rest_finds_calls(stage):
    world = World(stage)
    calls = [world.rest.create("/calls", {"from": source, "to": target}) for source, target in (
        (FROM, TARGET), (NUMBER, TARGET[1:]), (FROM, "sip:desk@pbx.example.net"))]

    def found(query):
        return [call["id"] for call in world.rest.expect(200, "GET", f"/calls?sortOrder=asc&{query}").json]

    for source in ("%2B" + NUMBER, "+" + NUMBER, NUMBER, "%20" + NUMBER):
        expect(found(f"from={source}"), calls, f"calls from {source}")
    expect(found(f"to=%2B{TARGET[1:]}&from={NUMBER}"), calls[:2], "calls by both")
    for target in ("sip:desk@pbx.example.net", "sip%3Adesk%40pbx.example.net", "SIP:desk@PBX.example.net"):
        expect(found(f"to={target}"), calls[2:], f"calls to {target}")
    expect(found("size=&page="), calls, "an empty page and size")


@scenario("when a request that ends a call has been answered, the call is shown as ended, alone and in lists")
def rest_shows_ends(stage):
    world = World(stage, application={"auto_answer": False})
    party = stage.party()
    for number in range(6):
        if number % 3 == 0:
            call, phone = world.answered()
            leg, wanted = phone.leg, "completed"
        elif number % 3 == 1:
            call, leg = world.place()
            leg.reply(180, "Ringing")
            wanted = "completed"
        else:
            leg, wanted = party.invite(world.endpoint, NUMBER, user=TARGET), "rejected"
            call = world.receiver.expect("incomingcall")["callId"]
        world.rest.post(f"/calls/{call}", {"state": wanted})
        shown = [world.rest.get(f"/calls/{call}"), world.rest.get("/calls")[0]]
        expect(
            [(one["id"], one["state"], "endTime" in one, "chargeableDuration" in one) for one in shown],
            [(call, wanted, True, True)] * 2, f"call {number} after its end")
        if number % 3 == 0:
            leg.expect_hang_up()
        elif number % 3 == 1:
            leg.expect_cancel()
        else:
            answer = leg.final()
            leg.ack(answer)
            expect(answer.status, 603, "the answer to the caller")
        event = world.receiver.expect("hangup", call)
        expect(event["time"], world.rest.get(f"/calls/{call}")["endTime"], "the time of the hangup")


@scenario("a call takes one command after another, and none after the one that ends it")
def rest_commands(stage):
    world = World(stage, application={"auto_answer": False})
    call, leg = world.place()
    path = f"/calls/{call}"
    for state in ("active", "rejected"):
        world.rest.refused(403, "call-invalid-state", "POST", path, {"state": state})
    world.rest.refused(403, "call-invalid-state", "POST", path, {"state": "transferring", "transferTo": TARGET})
    for below, body in (("/audio", {"sentence": "x"}), ("/dtmf", {"dtmfOut": "1"}), ("/gather", {})):
        world.rest.refused(403, "call-invalid-state", "POST", path + below, body)
    phone = Phone.taken(leg)
    world.receiver.expect("answer", call)
    for empty in ({"fileUrl": ""}, {"sentence": ""}):
        world.rest.refused(403, "call-audio-invalid-state", "POST", path + "/audio", empty)
    for body, status, code in (
        ({}, 400, "missing-property"), ({"sentence": "x" * 1001}, 400, "validation-error"),
        ({"sentence": "x", "voice": "bob"}, 400, "validation-error"), ({"sentence": "x", "locale": "xx"}, 400, "validation-error"),
        ({"sentence": "x", "volume": 5}, 400, "validation-error"), ({"fileUrl": "ftp://x/y.wav"}, 403, "media-invalid-url"),
        ({"fileUrl": "nothing.wav"}, 404, "media-not-found"),
        ({"fileUrl": f"http://{stage.switch_address}:8080/none.wav"}, 503, "media-unavailable"),
    ):
        world.rest.refused(status, code, "POST", path + "/audio", body)
    for body in ({"maxDigits": 31}, {"interDigitTimeout": 31}, {"terminatingDigits": ""}, {"terminatingDigits": "x"}, {"prompt": "x"}):
        world.rest.refused(400, "validation-error", "POST", path + "/gather", body)
    for prompt in ({}, {"bargeable": "true"}, {"sentence": None, "fileUrl": None}):
        gather = world.rest.create(path + "/gather", {"prompt": prompt})
        world.rest.post(f"{path}/gather/{gather}", {"state": "completed"})
        world.rest.refused(403, "call-invalid-state", "POST", f"{path}/gather/{gather}", {"state": "completed"})
    world.rest.post(path, {"recordingEnabled": "true"})
    world.rest.refused(409, "conflicted-recording-values-request", "POST", path, {"recordingMaxDuration": 10})
    world.rest.post(path, {"recordingEnabled": "false"})
    world.rest.post(path, {"state": "completed"})
    error = world.rest.refused(403, "call-invalid-state", "POST", path, {"state": "completed"})
    expect(call in error["message"], True, error["message"])
    # Ended while it rings, the call is over at once; no answer says that it had still been in its earlier state.
    for _ in range(3):
        other, ringing = world.place()
        ringing.reply(180, "Ringing")
        world.rest.post(f"/calls/{other}", {"state": "completed"})
        error = world.rest.refused(403, "call-invalid-state", "POST", f"/calls/{other}", {"state": "completed"})
        expect(error["message"].endswith(("set to completed", "state completed")), True, error["message"])
        ringing.expect_cancel()
    phone.leg.expect_hang_up()
    world.over(call, "NORMAL_CLEARING")
    for below, body in (("/audio", {"sentence": "x"}), ("/dtmf", {"dtmfOut": "1"}), ("/gather", {}), ("", {"recordingEnabled": True})):
        world.rest.refused(403, "call-invalid-state", "POST", path + below, body)


@scenario("a transfer shows as caller what the user may show: the party's number, a number of his, or nothing")
def rest_transfer_callers(stage):
    world = World(stage)

    def transferred(call, caller, leg_shows):
        world.rest.create(f"/calls/{call}", {"state": "transferring", "transferTo": "+13125550188", "transferCallerId": caller})
        leg = world.vendor.incoming()
        expect(leg_shows in leg.invite.get("from"), True, f"{leg_shows} in From: {leg.invite.get('from')}")
        leg.reply(486, "Busy Here")
        until = time.monotonic() + 3
        while world.rest.get(f"/calls/{call}")["state"] != "active" and time.monotonic() < until:
            time.sleep(0.05)

    call, phone = world.answered()
    for caller in ("+19995551212", "19995551212", TARGET, "sip:+19995551212@a.example"):
        world.rest.refused(
            400, "validation-error", "POST", f"/calls/{call}",
            {"state": "transferring", "transferTo": "+13125550188", "transferCallerId": caller})
    expect(world.rest.get(f"/calls/{call}")["state"], "active", "the state after refusals")
    transferred(call, FROM, NUMBER)
    transferred(call, NUMBER, NUMBER)
    transferred(call, "Private", "anonymous")
    phone.leg.hang_up()
    phone = Phone.dialled(stage.party(), world.endpoint, NUMBER, user="13125550199")
    call = world.receiver.expect("answer", tag=None)["callId"]
    transferred(call, "+13125550199", "13125550199")
    transferred(call, FROM, NUMBER)
    world.rest.refused(
        400, "validation-error", "POST", f"/calls/{call}",
        {"state": "transferring", "transferTo": "+13125550188", "transferCallerId": TARGET})
    phone.leg.hang_up()


@scenario("with own_numbers_only a user shows no number but his own, and one without numbers places no calls")
def rest_own_numbers(stage):
    world = World(stage, configuration={"http": {"own_numbers_only": True}, "webhooks": {"allow_private_addresses": True}})
    for source in (FROM, NUMBER, f"sip:{FROM}@a.example"):
        world.rest.create("/calls", {**GOOD, "from": source})
    for source in ("+13125550111", "911", "sip:desk@a.example"):
        world.rest.refused(401, "number-access-denied", "POST", "/calls", {**GOOD, "from": source})
        world.rest.refused(401, "number-access-denied", "POST", "/conferences", {"from": source})
    other = REST(stage.switch, "u-other", "t-other", "s-other")
    error = other.refused(401, "no-allocated-number", "POST", "/calls", {**GOOD, "from": "+13125550111"})
    expect(error["category"], "authorization", "the category")
    expect(other.get("/calls"), [], "the calls of the other")


@scenario("numbers of another user are not shown")
def rest_others_numbers(stage):
    world = World(stage)
    other = REST(stage.switch, "u-other", "t-other", "s-other")
    for source in (FROM, NUMBER, "+1 312 555 0110"):
        other.refused(401, "number-access-denied", "POST", "/calls", {**GOOD, "from": source})
        other.refused(401, "number-access-denied", "POST", "/conferences", {"from": source})
    other.create("/calls", {**GOOD, "from": "+13125550111"})
    expect(world.rest.get("/calls"), [], "the calls of the first")


@scenario("media files keep their names, types and bytes, whatever the names are, and are read in parts")
def rest_media(stage):
    world = World(stage)
    names = ["a.wav", "a b.wav", "Grüße.wav", "..", "a/b.wav", "x" * 150, "a+b.wav", "a?b", "a#b", "日本.mp3", "plain", ".hidden", "per%cent"]
    for name in names:
        path, data = "/media/" + urllib.parse.quote(name, safe=""), f"data of {name}".encode()
        kind = {"Content-Type": "audio/x-test; a=b", "Cache-Control": "max-age=5"}
        put = world.rest.expect(200, "PUT", path, data, headers=kind)
        expect((put.body, put.headers.get("Content-Type")), (b"", None), "the answer to PUT")
        for method, body in (("GET", data), ("HEAD", b"")):
            answer = world.rest.expect(200, method, path)
            expect(
                (answer.body, answer.headers["Content-Type"], answer.headers["Cache-Control"], answer.headers["Content-Length"]),
                (body, *kind.values(), str(len(data))), f"{method} {name}")
    listed = world.rest.get("/media")
    expect(sorted(item["mediaName"] for item in listed), sorted(names), "the list")
    for item in listed:
        answer = world.rest.expect(200, "GET", item["content"].split(":8080", 1)[1], absolute=True)
        expect(len(answer.body), item["contentLength"], item["mediaName"])
    for wanted, status, body, told in (
        ("bytes=2-4", 206, b"ta ", "bytes 2-4/13"), ("bytes=-3", 206, b"wav", "bytes 10-12/13"),
        ("bytes=5-", 206, b"of a.wav", "bytes 5-12/13"), ("lines=1", 200, b"data of a.wav", None),
    ):
        answer = world.rest.expect(status, "GET", "/media/a.wav", headers={"Range": wanted})
        expect((answer.body, answer.headers.get("Content-Range")), (body, told), wanted)
    answer = world.rest.expect(416, "GET", "/media/a.wav", headers={"Range": "bytes=99-"})
    expect(answer.headers["Content-Range"], "bytes */13", "a range behind the end")
    world.rest.expect(200, "PUT", "/media/plain", b"")
    expect(world.rest.expect(200, "GET", "/media/plain").body, b"", "an empty file")
    world.rest.expect(200, "DELETE", "/media/a.wav")
    world.rest.refused(404, "media-not-found", "GET", "/media/a.wav")
    world.rest.refused(404, "media-not-found", "DELETE", "/media/a.wav")


@scenario("a recording that a kill cut off is complete after the restart, with what was written of it, and told after the hangup")
def rest_recording_killed(stage):
    world = World(stage)
    for form in ("wav", "mp3"):
        call, phone = world.answered(recordingEnabled=True, recordingFileFormat=form)
        phone.talk(2.5, 660)
        shown = world.rest.get(f"/calls/{call}/recordings")[0]
        stage.switch.kill()
        stage.switch.start()
        event = world.receiver.expect("recording", call)
        expect((event["recordingId"], event["state"]), (shown["id"], "complete"), "the event")
        expect(world.receiver.types(call), ["answer", "hangup", "recording"], "the events")
        after = world.rest.get(f"/recordings/{shown['id']}")
        expect((after["state"], after["media"]), ("complete", shown["media"]), "the recording")
        file = world.rest.expect(200, "GET", shown["media"].split(":8080", 1)[1], absolute=True)
        second, other = world.answered()
        world.rest.post(f"/calls/{second}/audio", {"fileUrl": shown["media"]})
        other.talk(3)
        # Half a second may be lost: it is written that often.
        heard(other, 660, 16)
        other.leg.hang_up()
        expect(len(file.body) > 4000, True, f"the file of {len(file.body)} bytes")
        world.over(second, "NORMAL_CLEARING")


@scenario("a call with transcriptionEnabled is told behind each of its recordings that there is no text of it")
def rest_transcription_event(stage):
    world = World(stage)
    call, phone = world.answered(recordingEnabled=True, transcriptionEnabled="true")
    phone.talk(0.4, 660)
    world.rest.post(f"/calls/{call}", {"recordingEnabled": False})
    world.receiver.expect("transcription")
    world.rest.post(f"/calls/{call}", {"recordingEnabled": True})
    phone.talk(0.4, 660)
    world.rest.post(f"/calls/{call}", {"state": "completed"})
    phone.leg.expect_hang_up()
    world.over(call, "NORMAL_CLEARING")
    world.receiver.expect("transcription")
    told = [event["eventType"] for event in world.receiver.events]
    expect(told, ["answer", "recording", "transcription", "hangup", "recording", "transcription"], "the events")
    recordings, texts = ([event for event in world.receiver.events if event["eventType"] == kind] for kind in ("recording", "transcription"))
    expect([text["recordingId"] for text in texts], [recording["recordingId"] for recording in recordings], "the recordings")
    expect([(text["state"], text["status"]) for text in texts], [("error", "error")] * 2, "what became of them")
    expect(world.rest.get(f"/calls/{call}/transcriptions"), [], "the transcriptions")


@scenario("recordings are WAV or MP3, cannot be had before they are complete, and have their type, length and parts")
def rest_recording_files(stage):
    world = World(stage)
    for form, kind, begins in (("mp3", "audio/mpeg", None), ("WAV", "audio/wav", b"RIFF")):
        call, phone = world.answered(recordingEnabled="true", recordingFileFormat=form)
        shown = world.rest.get(f"/calls/{call}/recordings")[0]
        expect((shown["state"], "endTime" in shown), ("recording", False), "the recording under way")
        path = shown["media"].split(":8080", 1)[1]
        error = world.rest.expect(404, "GET", path, absolute=True)
        expect(error.json["code"], "media-not-found", "the file before its time")
        world.rest.refused(403, "invalid-recording-state", "POST", f"/recordings/{shown['id']}/transcriptions", {})
        phone.talk(1.5, 660)
        world.rest.post(f"/calls/{call}", {"state": "completed"})
        phone.leg.expect_hang_up()
        event = world.receiver.expect("recording", call)
        expect((event["state"], event["status"], event["recordingId"]), ("complete", "complete", shown["id"]), "the event")
        expect(world.receiver.types(call), ["answer", "hangup", "recording"], "the events")
        shown = world.rest.get(f"/recordings/{shown['id']}")
        expect((shown["state"], set(shown)), ("complete", {"id", "startTime", "endTime", "call", "media", "state"}), "the recording")
        expect(shown["media"].endswith(f"/media/{call}-1.{form.lower()}"), True, shown["media"])
        file = world.rest.expect(200, "GET", path, absolute=True)
        expect((file.headers["Content-Type"], len(file.body) > 2000), (kind, True), f"the file of {len(file.body)} bytes")
        if begins:
            expect(file.body[:4], begins, "the beginning")
        head = world.rest.expect(200, "HEAD", path, absolute=True)
        expect((head.headers["Content-Length"], head.body), (str(len(file.body)), b""), "HEAD")
        part = world.rest.expect(206, "GET", path, absolute=True, headers={"Range": "bytes=100-199"})
        expect(part.body, file.body[100:200], "a part of it")
        # What was recorded can be played to another call.
        second, other = world.answered()
        world.rest.post(f"/calls/{second}/audio", {"fileUrl": shown["media"]})
        other.talk(2.2)
        heard(other, 660, 8)
        other.leg.hang_up()
        world.rest.refused(503, "media-unavailable", "POST", f"/recordings/{shown['id']}/transcriptions", {})
    expect(len(world.rest.get("/recordings")), 2, "recordings")


@scenario("files are played from web servers, again and again until they are stopped, and told with their tag")
def rest_plays_from_the_web(stage):
    world = World(stage)
    files = stage.keep(FileServer(stage.address(70), {"tone.wav": tone(660, 0.6), "words.txt": b"no audio at all"}))
    call, phone = world.answered()
    path = f"/calls/{call}/audio"
    world.rest.post(path, {"fileUrl": files.url + "tone.wav?x=1", "loopEnabled": "true", "tag": "music"})
    event = world.receiver.expect("playback", call, status="started")
    expect(event["tag"], "music", "the tag")
    phone.talk(2)
    heard(phone, 660, 14)
    world.rest.post(path, {"fileUrl": ""})
    phone.talk(0.3)
    phone.forget()
    phone.talk(0.4)
    expect(windows_of(phone.heard(), 660, 100)[0], 0, "windows after the stop")
    expect(world.receiver.expect("playback", call, status="done")["tag"], "music", "the tag of the end")
    world.rest.post(path, {"fileUrl": files.url + "tone.wav?x=1", "volume": "-4"})
    world.receiver.expect("playback", call, status="done")
    expect(files.asked, ["tone.wav"], "what was fetched")
    world.rest.refused(503, "media-unavailable", "POST", path, {"fileUrl": files.url + "missing.wav"})
    world.rest.refused(403, "media-not-supported", "POST", path, {"fileUrl": files.url + "words.txt"})
    gather = world.rest.create(f"/calls/{call}/gather", {"maxDigits": 1, "prompt": {"fileUrl": files.url + "tone.wav?x=1", "loopEnabled": True}})
    phone.forget()
    phone.talk(1.5)
    heard(phone, 660, 10)
    phone.press("5")
    expect(world.receiver.expect("gather", call, gatherId=gather)["digits"], "5", "the digits")
    phone.talk(0.2)
    phone.forget()
    phone.talk(0.4)
    expect(windows_of(phone.heard(), 660, 100)[0], 0, "windows after the digit")


@scenario("an incoming call of which nobody can be told goes to the fallback number, and one end ends both")
def rest_fallback_number(stage):
    world = World(
        stage, application={"incoming_call_url": f"http://{stage.address(71)}:1/nobody", "auto_answer": False},
        number={"fallback_number": "13125550177"})
    caller = stage.party()
    leg = caller.invite(world.endpoint, NUMBER, user="13125550199", body=sdp(caller.address, 31000))
    called = world.vendor.incoming()
    expect("13125550177" in called.invite.start, True, f"the target: {called.invite.start}")
    expect("13125550199" in called.invite.get("from"), True, f"the caller: {called.invite.get('from')}")
    second = Phone.taken(called)
    leg.ack(leg.wait(200))
    second.leg.hang_up()
    leg.expect_hang_up()


@scenario("the Diversion of a call is told, and handed on or stacked when it is transferred")
def rest_diversions(stage):
    world = World(stage)
    diverted = "<sip:+13125550166@pbx.example.net>;reason=user-busy;screen=no;privacy=off;counter=2"
    caller = stage.party()
    leg = caller.invite(world.endpoint, NUMBER, user="13125550199", headers=[f"Diversion: {diverted}"])
    leg.ack(leg.wait(200))
    event = world.receiver.expect("incomingcall")
    call = event["callId"]
    expect(event["displayName"], "Caller", "displayName")
    expect(
        event["diversion"], {"origTo": "+13125550166", "reason": "user-busy", "screen": "no", "privacy": "off", "counter": 2},
        "the diversion")
    world.receiver.expect("answer", call)
    for treatment, reason, expected in (
        ("none", "", []), ("propagate", "", [diverted]), ("Stack", "follow-me", ["follow-me", diverted])):
        members = {"diversionTreatment": treatment, **({"diversionReason": reason} if reason else {})}
        world.rest.create(f"/calls/{call}", {"state": "transferring", "transferTo": "+13125550188", **members})
        second = world.vendor.incoming()
        found = second.invite.all("diversion")
        expect(len(found), len(expected), f"Diversions with {treatment}: {found}")
        if reason:
            expect((f"reason={reason}" in found[0], NUMBER in found[0]), (True, True), f"the first of {found}")
        if expected:
            expect("+13125550166" in found[-1] and "reason=user-busy" in found[-1], True, f"the last of {found}")
        second.reply(486, "Busy Here")
        until = time.monotonic() + 3
        while world.rest.get(f"/calls/{call}")["state"] != "active" and time.monotonic() < until:
            time.sleep(0.05)
    leg.hang_up()


@scenario("a request too many is answered 403 or 429 as the table says, and all URLs begin with the public one")
def rest_rates(stage):
    public = "https://voice.example.net/api"
    world = World(stage, configuration={
        "limits": {"rest_requests_per_second": 2}, "http": {"public_url": public}, "webhooks": {"allow_private_addresses": True}})
    answers = [world.rest.request("GET", "/bridges") for _ in range(3)]
    expect([answer.status for answer in answers], [200, 200, 429], "the statuses")
    error = answers[2].json
    expect((error["code"], error["category"], bool(error["message"])), ("rate-limit-reached", "too-many-requests", True), "the error")
    reset = int(answers[2].headers["X-RateLimit-Reset"]) / 1000 - time.time()
    expect(-0.5 < reset < 1.5, True, f"reset in {reset:.1f} s")
    answers = [world.rest.request("POST", "/calls", {**GOOD, "callbackUrl": world.receiver.url}) for _ in range(3)]
    error = answers[2].json
    expect((answers[2].status, error["code"], error["category"]), (403, "call-rate-limit", "limit"), "a call too many")
    expect(answers[0].headers["Location"].startswith(f"{public}/v1/users/u-acme/calls/c-"), True, answers[0].headers["Location"])
    time.sleep(1.1)
    answer = world.rest.request("GET", "/calls?size=1")
    expect(answer.headers["Link"].startswith(f"<{public}/v1/users/u-acme/calls?page=0&size=1>; rel=\"first\", <{public}/"), True, answer.headers["Link"])
    expect(answer.json[0]["events"].startswith(public), True, answer.json[0]["events"])
    world.vendor.incoming().reply(486, "Busy Here")
    expect(world.receiver.expect("hangup")["callUri"].startswith(f"{public}/v1/users/u-acme/calls/c-"), True, "callUri")


@scenario("wrong secrets are answered later and later, and right ones at once")
def rest_throttles(stage):
    world = World(stage)
    stranger = REST(stage.switch, secret="wrong")
    times = []
    for _ in range(4):
        began = time.monotonic()
        stranger.refused(401, "authentication-error", "GET", "/calls")
        times.append(time.monotonic() - began)
    expect(times[3] > 0.7, True, f"the waits {times}")
    began = time.monotonic()
    world.rest.get("/calls")
    expect(time.monotonic() - began < 0.3, True, "the right secret")
    # Many guesses at once are not even listened to.
    found = []

    def guess():
        found.append(REST(stage.switch, secret="wrong").request("GET", "/calls").status)

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect(set(found), {401, 429}, "the statuses of twenty guesses at once")


@scenario("a conference keeps what an update does not name")
def rest_conference_updates(stage):
    world = World(stage)
    url = world.receiver.url
    conference = world.rest.create("/conferences", {"from": FROM, "callbackUrl": url, "fallbackUrl": url, "tag": "a"})
    world.rest.post(f"/conferences/{conference}", {"callbackTimeout": "3000", "mute": "true"})
    shown = world.rest.get(f"/conferences/{conference}")
    for name, value in {"callbackUrl": url, "fallbackUrl": url, "callbackTimeout": 3000, "tag": "a", "mute": True, "hold": False,
                        "profile": "interpret_digits", "activeMembers": 0, "state": "created", "callbackHttpMethod": "POST"}.items():
        expect(shown.get(name), value, name)
    world.rest.refused(400, "validation-error", "POST", f"/conferences/{conference}", {"callbackUrl": ""})
    call, phone = world.answered(conferenceId=conference)
    member = world.rest.create(f"/conferences/{conference}/members", {"callId": call, "joinTone": False})
    event = world.receiver.expect("conference-member", call)
    expect((event["mute"], event["activeMembers"]), (True, 1), "a member of a muted conference")
    world.rest.refused(409, "conference-member-update-conflict", "POST", f"/conferences/{conference}/members", {"callId": call})
    talk([(phone, None)], 0.2)
    world.rest.post(f"/conferences/{conference}/members/{member}", {"state": "completed"})
    world.receiver.expect("conference", status="completed")
    shown = world.rest.get(f"/conferences/{conference}/members/{member}")
    expect((shown["state"], "removedTime" in shown), ("completed", True), "the member")
    expect(world.rest.get(f"/calls/{call}")["state"], "active", "the call of a member that was removed")


@scenario("what a user uploads is played whatever it is called, and what is no audio is refused")
def rest_plays_media(stage):
    world = World(stage)
    for name, data in (("greeting", tone(660, 1.0)), ("Begrüßung 1.wav", tone(880, 1.0)), ("words", b"no audio")):
        world.rest.expect(200, "PUT", "/media/" + urllib.parse.quote(name), data)
    call, phone = world.answered()
    path = f"/calls/{call}/audio"
    listed = {item["mediaName"]: item["content"] for item in world.rest.get("/media")}
    for file, frequency in (("greeting", 660), (listed["greeting"], 660), ("Begrüßung 1.wav", 880), (listed["Begrüßung 1.wav"], 880)):
        phone.forget()
        world.rest.post(path, {"fileUrl": file})
        phone.talk(1.4)
        heard(phone, frequency, 7)
    world.rest.refused(403, "media-not-supported", "POST", path, {"fileUrl": "words"})
    world.rest.refused(403, "media-invalid-url", "POST", path, {"fileUrl": "../../martlet.db"})


@scenario("calls join the bridge that they were placed for when they are answered, and a third one stays out")
def rest_bridge_of_new_calls(stage):
    world = World(stage)
    bridge = world.rest.create("/bridges", b"")
    shown = world.rest.get(f"/bridges/{bridge}")
    expect((shown["state"], shown["bridgeAudio"], shown["callIds"], "activatedTime" in shown), ("created", True, [], False), "a new bridge")
    world.rest.refused(400, "bridge-invalid-operation", "POST", f"/bridges/{bridge}/audio", {"sentence": "x"})
    world.rest.refused(400, "validation-error", "POST", f"/bridges/{bridge}", {"callIds": [1]})
    first, one = world.answered(bridgeId=bridge)
    second, two = world.answered(bridgeId=bridge)
    third, three = world.answered(bridgeId=bridge)
    talk([(one, 660), (two, 880), (three, None)], 0.4)
    for phone in (one, two, three):
        phone.forget()
    talk([(one, 660), (two, 880), (three, None)], 1)
    heard(one, 880, 7)
    heard(two, 660, 7)
    expect(windows_of(three.heard(), 660)[1], 0, "windows with sound at the third")
    shown = world.rest.get(f"/bridges/{bridge}")
    expect((shown["state"], sorted(shown["callIds"])), ("active", sorted((first, second))), "the bridge of two")
    files = stage.keep(FileServer(stage.address(70), {"tone.wav": tone(1000, 5)}))
    world.rest.post(f"/bridges/{bridge}/audio", {"fileUrl": files.url + "tone.wav", "loopEnabled": "true", "tag": "x"})
    for phone in (one, two):
        phone.forget()
    talk([(one, None), (two, None)], 1)
    heard(one, 1000, 7)
    heard(two, 1000, 7)
    world.rest.post(f"/bridges/{bridge}/audio", {"fileUrl": ""})
    world.rest.post(f"/bridges/{bridge}", {"callIds": [first, third]})
    talk([(one, 660), (three, 440)], 0.4)
    one.forget()
    talk([(one, 660), (three, 440)], 1)
    heard(one, 440, 7)
    items = world.rest.get(f"/bridges/{bridge}/calls")
    expect(all(item["bridge"].endswith(f"/bridges/{bridge}") for item in items), True, "the bridge of its calls")
    world.rest.post(f"/bridges/{bridge}", {"callIds": []})
    expect(world.rest.get(f"/bridges/{bridge}")["state"], "completed", "the state of a bridge that was emptied")
    expect([world.rest.get(f"/calls/{call}")["state"] for call in (first, second, third)], ["active"] * 3, "the calls")


@scenario("members hear what is played to them, are held and muted, and digits are the application's where it wants them")
def rest_members(stage):
    world = World(stage)
    conference = world.rest.create("/conferences", {
        "from": FROM, "callbackUrl": world.receiver.url, "callbackHttpMethod": "GET", "profile": "passthru_digits"})
    calls, phones, members = [], [], []
    for _ in range(3):
        call, phone = world.answered(conferenceId=conference)
        calls.append(call)
        phones.append(phone)
        members.append(world.rest.create(f"/conferences/{conference}/members", {"callId": call, "leavingTone": "true"}))
    path = f"/conferences/{conference}"
    event = world.receiver.expect("conference-member", calls[0])
    expect((event["activeMembers"], event["mute"], event["hold"], event["state"]), ("1", "false", "false", "active"), "the event by GET")
    phones[0].press("#")
    expect(world.receiver.expect("dtmf", calls[0])["dtmfDigit"], "#", "the digit")
    expect(world.rest.get(f"{path}/members/{members[0]}")["state"], "active", "the member that pressed it")

    def after(seconds, tones):
        for phone in phones:
            phone.forget()
        talk(list(zip(phones, tones)), seconds)

    files = stage.keep(FileServer(stage.address(70), {"tone.wav": tone(1000, 4)}))
    world.rest.post(f"{path}/members/{members[0]}/audio", {"fileUrl": files.url + "tone.wav", "tag": "mine"})
    after(1, (None, None, None))
    expect([windows_of(phone.heard(), 1000)[0] > 6 for phone in phones], [True, False, False], "who heard what one was played")
    expect(world.receiver.expect("playback", calls[0])["tag"], "mine", "the tag")
    world.rest.post(f"{path}/members/{members[0]}/audio", {"fileUrl": ""})
    world.rest.post(f"{path}/audio", {"fileUrl": files.url + "tone.wav", "tag": "ours"})
    after(1, (None, None, None))
    expect([windows_of(phone.heard(), 1000)[0] > 6 for phone in phones], [True] * 3, "who heard what all were played")
    event = world.receiver.expect("conference-playback", status="started")
    expect((event["tag"], event["conferenceId"]), ("ours", conference), "the event about it")
    world.rest.post(f"{path}/audio", {"fileUrl": ""})
    world.receiver.expect("conference-playback", status="done")
    world.rest.post(f"{path}/members/{members[1]}", {"hold": "true"})
    world.receiver.expect("conference-member", calls[1], hold="true")
    talk(list(zip(phones, (660, 880, None))), 0.4)
    after(1, (660, 880, None))
    expect([windows_of(phone.heard(), 660)[1] for phone in phones[:2]], [0, 0], "windows heard by and of a held member")
    heard(phones[2], 660, 7)
    world.rest.post(f"{path}/members/{members[1]}", {"hold": False, "mute": True})
    talk(list(zip(phones, (660, 880, None))), 0.4)
    after(1, (660, 880, None))
    heard(phones[1], 660, 7)
    expect(windows_of(phones[0].heard(), 880)[1], 0, "windows heard of a muted member")
    world.rest.post(f"{path}/members/{members[2]}", {"state": "completed"})
    expect(world.receiver.expect("conference-member", calls[2], state="completed")["activeMembers"], "2", "members after a removal")
    world.rest.create(f"{path}/members", {"callId": calls[2]})
    expect([member["state"] for member in world.rest.get(f"{path}/members")], ["active", "active", "completed", "active"], "the members")
    world.rest.post(path, {"state": "completed"})
    world.receiver.expect("conference", status="completed")
    expect([world.rest.get(f"/calls/{call}")["state"] for call in calls], ["active"] * 3, "the calls afterwards")


@scenario("a conference takes twenty members and refuses the next one")
def rest_full_conference(stage):
    world = World(stage)
    conference = world.rest.create("/conferences", {"from": FROM})
    calls = []
    for number in range(21):
        call, leg = world.place(conferenceId=conference)
        leg.reply(200, "OK", body=sdp(leg.party.address, 40000 + 2 * number))
        leg.receive("ACK")
        world.receiver.expect("answer", call)
        calls.append(call)
    path = f"/conferences/{conference}/members"
    for call in calls[:20]:
        world.rest.create(path, {"callId": call})
    error = world.rest.refused(403, "conference-max-members", "POST", path, {"callId": calls[20]})
    expect(error["category"], "limit", "the category")


@scenario("a transferred call is given back or ended with the other, whoever ends it and when")
def rest_transfer_ends(stage):
    world = World(stage)
    files = stage.keep(FileServer(stage.address(70), {"tone.wav": tone(1000, 1)}))
    order = {"state": "transferring", "transferTo": "+13125550188", "callbackUrl": world.receiver.url}
    call, phone = world.answered()
    second = world.rest.create(f"/calls/{call}", {
        **order, "tag": "second", "whisperAudio": {"fileUrl": files.url + "tone.wav"}, "recordingEnabled": "true"})
    leg = world.vendor.incoming()
    expect(TARGET[1:] in leg.invite.get("from"), True, f"the party's own number in {leg.invite.get('from')}")
    shown = world.rest.get(f"/calls/{second}")
    expect(
        [shown.get(name) for name in ("direction", "from", "to", "state", "tag", "recordingEnabled")],
        ["out", TARGET, "+13125550188", "started", "second", True], "the new call")
    world.rest.refused(403, "call-invalid-state", "POST", f"/calls/{call}", order)
    other = Phone.taken(leg)
    world.receiver.expect("answer", second)
    talk([(phone, 660), (other, None)], 0.8)
    heard(other, 1000, 4)
    talk([(phone, 660), (other, 880)], 1)
    other.forget()
    talk([(phone, 660), (other, 880)], 1)
    heard(other, 660, 7)
    phone.leg.hang_up()
    other.leg.expect_hang_up()
    world.receiver.expect("recording", second)
    expect(world.receiver.types(second), ["answer", "hangup", "recording"], "the events of the new call")
    expect(world.receiver.types(call), ["answer", "hangup"], "the events of the first call")
    # The party gives up while it is being transferred.
    call, phone = world.answered()
    second = world.rest.create(f"/calls/{call}", order)
    leg = world.vendor.incoming()
    leg.reply(180, "Ringing")
    phone.leg.hang_up()
    leg.receive("CANCEL")
    leg.reply(200, "OK")
    leg.reply(487, "Request Terminated", to=leg.invite)
    world.over(second, "ORIGINATOR_CANCEL")
    world.over(call, "NORMAL_CLEARING")
    # The application calls the transfer off.
    call, phone = world.answered()
    second = world.rest.create(f"/calls/{call}", order)
    leg = world.vendor.incoming()
    leg.reply(180, "Ringing")
    world.rest.post(f"/calls/{second}", {"state": "completed"})
    leg.receive("CANCEL")
    leg.reply(200, "OK")
    leg.reply(487, "Request Terminated", to=leg.invite)
    world.over(second, "ORIGINATOR_CANCEL")
    until = time.monotonic() + 3
    while world.rest.get(f"/calls/{call}")["state"] != "active" and time.monotonic() < until:
        time.sleep(0.05)
    world.rest.post(f"/calls/{call}/audio", {"fileUrl": files.url + "tone.wav"})
    phone.forget()
    phone.talk(0.8)
    heard(phone, 1000, 4)
    # A recording ends by itself when its time is over.
    world.rest.post(f"/calls/{call}", {"recordingMaxDuration": "1"})
    world.rest.post(f"/calls/{call}", {"recordingEnabled": "true"})
    phone.talk(1.6)
    world.receiver.expect("recording", call)
    expect(world.rest.get(f"/calls/{call}")["recordingEnabled"], False, "recordingEnabled afterwards")
    phone.leg.hang_up()


@scenario("bandwidth-sdk 3.1.0 keeps applications, numbers and media files, and reads errors and the account")
def rest_sdk_account(stage):
    world = World(stage)
    sdk = stage.keep(SDK("3.1.0", world.rest))
    url = "http://%s:%d" % world.rest.endpoint
    sdk.do(f"account = bandwidth.client('account', 'u-acme', 't-acme', 's-acme', api_endpoint={url!r})")
    made = sdk.do(f"account.create_application('second', incoming_call_url={world.receiver.url!r}, auto_answer=False)")
    expect(sdk.do(f"account.get_application({made!r})")["auto_answer"], False, "autoAnswer")
    sdk.do(f"account.update_application({made!r}, name='renamed')")
    expect(sorted(app["name"] for app in sdk.do("list(account.list_applications(size=1))")), ["renamed", "shop"], "applications")
    number = sdk.do("list(account.list_phone_numbers())")[0]
    expect((number["number"], number["application_id"]), (FROM, "a-shop"), "the number")
    sdk.do(f"account.update_phone_number({number['id']!r}, application_id={made!r}, fallback_number='+13125550199')")
    expect(sdk.do(f"account.get_phone_number({FROM!r})")["application_id"], made, "the number's application")
    leg = stage.party().invite(world.endpoint, NUMBER)
    expect(world.receiver.expect("incomingcall")["applicationId"], made, "the application of an incoming call")
    leg.cancel()
    sdk.do(f"account.update_phone_number({number['id']!r}, application_id='a-shop')")
    sdk.do(f"account.delete_application({made!r})")
    sdk.do("account.upload_media_file('note.txt', 'written by a client', content_type='text/plain')")
    expect([file["media_name"] for file in sdk.do("list(account.list_media_files())")], ["note.txt"], "media files")
    text, kind = sdk.do("(lambda found: [found[0].read().decode() if hasattr(found[0], 'read') else found[0].decode(), found[1]])(account.download_media_file('note.txt'))")
    expect((text, kind), ("written by a client", "text/plain"), "the media file")
    sdk.do("account.delete_media_file('note.txt')")
    expect("balance" in sdk.do("account.get_account()"), True, "the account")
    sdk.ask("account.get_application('a-none')")
    time.sleep(0.3)
    error = sdk.do("list(account.list_errors())")[0]
    expect(error["code"], "application-not-found", "the newest error")
    expect(sdk.do(f"account.get_error({error['id']!r})")["id"], error["id"], "one error")


@scenario("bandwidth-sdk 1.0.9 holds a conference, keeps media files, and lists what there is")
def rest_sdk_one_more(stage):
    world = World(stage)
    sdk = stage.keep(SDK("1.0.9", world.rest))
    sdk.do(f"conference = Conference.create({FROM!r}, callback_url={world.receiver.url!r})")
    conference = sdk.do("conference.id")
    phones = []
    for _ in range(2):
        call, phone = world.answered(conferenceId=conference)
        phones.append(phone)
        sdk.do(f"member = conference.add_member({call!r})")
        world.receiver.expect("conference-member", call)
    talk([(phones[0], 660), (phones[1], 880)], 0.4)
    phones[0].forget()
    talk([(phones[0], 660), (phones[1], 880)], 1)
    heard(phones[0], 880, 7)
    expect(len(sdk.do("[each.id for each in conference.get_members()]")), 2, "members")
    sdk.do("member.update(mute=True)")
    world.receiver.expect("conference-member", call, mute=True)
    sdk.do("conference.speak_sentence('hello')")
    world.receiver.expect("conference-speak", status="started")
    sdk.do("conference.update(state='completed')")
    world.receiver.expect("conference", status="completed")
    sdk.do(f"call = Call.get({call!r})")
    sdk.do("call.set_call_property(recording_enabled=True)")
    phones[1].talk(0.5, 660)
    sdk.do("call.set_call_property(recording_enabled=False)")
    recording = world.receiver.expect("recording", call)["recordingId"]
    expect(sdk.do("[each.id for each in call.get_recordings()]"), [recording], "recordings of the call")
    expect(sdk.do(f"Recording.get({recording!r}).state"), "complete", "the recording")
    expect(sdk.do("[each['name'] for each in call.get_events()]")[:2], ["create", "answer"], "the events of the call")
    expect(sdk.do("[each.number for each in PhoneNumber.list()]"), [FROM], "numbers")
    expect(sdk.do("[each.name for each in Application.list()]"), ["shop"], "applications")
    sdk.do("Media.upload('hello.txt', content=b'hello')")
    expect(sdk.do("[each.media_name for each in Media.list()]").count("hello.txt"), 1, "media files")
    sdk.do("call.hangup()")
    phones[1].leg.expect_hang_up()
