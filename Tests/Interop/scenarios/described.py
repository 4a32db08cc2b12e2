"""The OpenAPI document: valid, complete, and true of what the switch answers and tells."""

import re
import time

from harness import expect, scenario
from peers.described import Described
from peers.phone import Phone, talk
from peers.web import REST
from scenarios.rest import FROM, NUMBER, World


@scenario("the OpenAPI document is valid, and every address takes the methods that it describes and no others")
def described_routes(stage):
    world = World(stage)
    rest = Described(stage.switch)
    try:
        import openapi_spec_validator
        openapi_spec_validator.validate(rest.document)
    except ImportError:
        pass
    expect(len(rest.document["paths"]) > 30, True, "many paths")
    for path, item in rest.document["paths"].items():
        methods = {method.upper() for method in item if method != "parameters"}
        address = re.sub(r"\{[^}]*\}", "x", path.replace("{userId}", "u-acme"))
        answer = REST.request(world.rest, "PATCH", address, b"{}", absolute=True)
        allowed = set(answer.headers["Allow"].split(", ")) - {"HEAD"}
        expect((answer.status, allowed), (405, methods), f"the methods of {path}")


@scenario("answers of every kind and events of every type are as the OpenAPI document says, without a member too many", slow=True)
def described_answers(stage):
    world = World(stage)
    rest = world.rest = Described(stage.switch)
    call, phone = world.answered(recordingEnabled=True, transcriptionEnabled=True, tag="t", sipHeaders={"X-A": "b"})
    rest.get(f"/calls/{call}")
    gather = rest.create(f"/calls/{call}/gather", {"maxDigits": 1, "tag": "g"})
    rest.get(f"/calls/{call}/gather/{gather}")
    phone.press("5")
    world.receiver.expect("gather", call)
    rest.get(f"/calls/{call}/gather/{gather}")
    gather = rest.create(f"/calls/{call}/gather", {})
    rest.post(f"/calls/{call}/gather/{gather}", {"state": "completed"})
    rest.post(f"/calls/{call}/audio", {"sentence": "Hello", "tag": "s"})
    world.receiver.expect("speak", call)
    phone.talk(2, until=lambda: world.receiver.types(call).count("speak") == 2)
    rest.expect(200, "PUT", "/media/a%20b.txt", b"text", headers={"Content-Type": "text/plain"})
    rest.refused(403, "media-not-supported", "POST", f"/calls/{call}/audio", {"fileUrl": f"http://{rest.endpoint[0]}:8080/v1/users/u-acme/media/a%20b.txt"})
    rest.post(f"/calls/{call}/dtmf", {"dtmfOut": "1"})
    phone.talk(0.5)
    second = rest.post(f"/calls/{call}", {"state": "transferring", "transferTo": "+13125550188", "callbackUrl": world.receiver.url}, 201).id
    other = Phone.taken(world.vendor.incoming())
    world.receiver.expect("answer", second)
    talk([(phone, 440), (other, 880)], 0.3)
    rest.post(f"/calls/{second}", {"state": "completed"})
    other.leg.expect_hang_up()
    phone.leg.expect_hang_up()
    world.over(call, "NORMAL_CLEARING")
    recording = world.receiver.expect("recording", call)["recordingId"]
    rest.get(f"/calls/{call}/recordings")
    rest.get(f"/recordings/{recording}")
    rest.get(f"/recordings/{recording}/transcriptions")
    rest.request("POST", f"/recordings/{recording}/transcriptions", {})
    rest.refused(404, "transcription-not-found", "GET", f"/recordings/{recording}/transcriptions/t-none")
    rest.request("POST", "/domains", {"name": "d"})
    rest.get(f"/calls/{call}/transcriptions")
    step = rest.get(f"/calls/{call}/events")[0]
    rest.get(f"/calls/{call}/events/{step['id']}")

    conference = rest.create("/conferences", {"from": FROM, "callbackUrl": world.receiver.url, "tag": "k"})
    first, one = world.answered(conferenceId=conference)
    third, three = world.answered()
    rest.get(f"/conferences/{conference}")
    member = rest.create(f"/conferences/{conference}/members", {"callId": first})
    rest.get(f"/conferences/{conference}/members")
    rest.get(f"/conferences/{conference}/members/{member}")
    rest.post(f"/conferences/{conference}/members/{member}", {"mute": True})
    rest.post(f"/conferences/{conference}/audio", {"sentence": "Hello"})
    world.receiver.expect("conference-speak", status="started")
    one.talk(2, until=lambda: any(event["eventType"] == "conference-speak" and event["status"] == "done" for event in world.receiver.events))
    rest.post(f"/conferences/{conference}/members/{member}/audio", {"sentence": "Hello"})
    rest.post(f"/conferences/{conference}", {"state": "completed"})
    world.receiver.expect("conference", status="completed")
    bridge = rest.create("/bridges", {"callIds": [first, third]})
    rest.get(f"/bridges/{bridge}")
    rest.get(f"/bridges/{bridge}/calls")
    rest.get("/bridges")
    rest.post(f"/bridges/{bridge}/audio", {"sentence": "Hello"})
    rest.post(f"/bridges/{bridge}", {"callIds": []})
    for ended, leg in ((first, one), (third, three)):
        rest.post(f"/calls/{ended}", {"state": "completed"})
        leg.leg.expect_hang_up()
        world.over(ended, "NORMAL_CLEARING")
    busy, leg = world.place(callTimeout=1)
    leg.reply(180, "Ringing")
    leg.expect_cancel()
    world.over(busy, "NO_ANSWER")
    Phone.dialled(stage.party(), world.endpoint, NUMBER).leg.hang_up()
    world.receiver.expect("hangup", to=FROM)

    application = rest.create("/applications", {"name": "second", "incomingCallUrl": world.receiver.url})
    rest.get(f"/applications/{application}")
    rest.post(f"/applications/{application}", {"name": "third"})
    rest.expect(200, "DELETE", f"/applications/{application}")
    number = rest.get("/phoneNumbers")[0]["id"]
    rest.get(f"/phoneNumbers/{number}")
    rest.post(f"/phoneNumbers/{number}", {"name": "main"})
    rest.expect(200, "GET", "/media/a%20b.txt")
    for path in ("/calls", "/recordings", "/applications", "/media", "/account", "/account/transactions", "/domains", "/events", "/deliveries", "/errors"):
        rest.get(path)
    rest.expect(200, "DELETE", "/media/a%20b.txt")
    rest.get(f"/errors/{rest.get('/errors')[0]['id']}")
    rest.expect(200, "POST", "/deliveries", {"callId": busy})
    rest.refused(404, "call-not-found", "GET", "/calls/c-none")
    time.sleep(0.5)
    for event in world.receiver.events:
        rest.check_event(event)
    described = {operation["operationId"] for item in rest.document["paths"].values() for method, operation in item.items() if method != "parameters"}
    expect(sorted(described - rest.used), [], "what was never asked for")
