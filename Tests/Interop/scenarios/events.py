"""The events of each kind of call: which, in which order, with which members and values, by POST and by GET."""

import json
import time

from harness import expect, scenario
from peers.phone import Phone, talk
from peers.web import Receiver
from scenarios.rest import FROM, NUMBER, TARGET, World

METHODS = ("POST", "GET")
CALLER = "+13125550147"


class Story(World):
    """A switch, and what its events must be."""

    def __init__(self, stage):
        super().__init__(stage)
        self.method, self.caller = "POST", stage.party()

    def use(self, method, **members):
        """From now on events come by this method."""
        self.method = method
        self.rest.post("/applications/a-shop", {"callbackHttpMethod": method, "autoAnswer": True, **members})

    def placed(self, **members):
        return self.place(callbackHttpMethod=self.method, tag="t-1", **members)

    def talking(self, **members):
        call, leg = self.placed(**members)
        phone = Phone.taken(leg)
        self.receiver.expect("answer", call)
        return call, phone

    def dialled(self, **options):
        """A call that comes in: (its id, the caller's leg)."""
        leg = self.caller.invite(self.endpoint, NUMBER, user=CALLER[1:], **options)
        return self.receiver.expect("incomingcall")["callId"], leg

    def told(self, call, *types):
        """The events of a call, which must be these in this order, after the last one has come."""
        self.receiver.expect(types[-1], call, within=10)
        time.sleep(0.3)
        events = self.receiver.of(call)
        expect([event["eventType"] for event in events], list(types), "the events")
        base = f"http://{self.rest.endpoint[0]}:{self.rest.endpoint[1]}/v1/users/u-acme/calls/{call}"
        for event in events:
            if "callUri" in event:
                expect(event["callUri"], base, f"callUri of {event}")
        times = [event["time"] for event in events if "time" in event]
        expect(times, sorted(times), "the times of the events")
        return [{name: value for name, value in event.items() if name != "expected"} for event in events]


def expect_members(event, *names):
    """An event has these members and no others."""
    expect(sorted(event), sorted(("eventType", *names)), f"the members of {event}")


PARTIES = ("callId", "callUri", "from", "to", "time")
HANGUP = (*PARTIES, "cause", "callState", "duration", "sipCode", "releasedBy")


@scenario("placed calls are told member by member: answered, busy, not answered, given up, gathering, recorded")
def events_placed(stage):
    story = Story(stage)
    for method in METHODS:
        story.use(method)
        call, phone = story.talking()
        phone.leg.hang_up()
        answer, hangup = story.told(call, "answer", "hangup")
        expect_members(answer, *PARTIES, "callState", "tag")
        expect_members(hangup, *HANGUP, "tag")
        expect({(event["from"], event["to"], event["tag"]) for event in (answer, hangup)}, {(FROM, TARGET, "t-1")}, "whom they name")
        expect(hangup["cause"], "NORMAL_CLEARING", "the cause")

        call, leg = story.placed()
        leg.reply(486, "Busy")
        hangup, = story.told(call, "hangup")
        expect((hangup["cause"], hangup["tag"]), ("USER_BUSY", "t-1"), "the hangup of a busy callee")

        call, leg = story.placed(callTimeout=1)
        leg.reply(180, "Ringing")
        leg.expect_cancel()
        timeout, hangup = story.told(call, "timeout", "hangup")
        expect_members(timeout, *PARTIES, "tag")
        expect(hangup["cause"], "NO_ANSWER", "the cause of a call that nobody answered")

        call, leg = story.placed()
        leg.reply(180, "Ringing")
        story.rest.post(f"/calls/{call}", {"state": "completed"})
        leg.expect_cancel()
        hangup, = story.told(call, "hangup")
        expect(hangup["cause"], "ORIGINATOR_CANCEL", "the cause of a call that was given up")

        call, phone = story.talking()
        story.rest.create(f"/calls/{call}/gather", {"tag": "g-1"})
        phone.press("7")
        phone.leg.hang_up()
        _, dtmf, gather, hangup = story.told(call, "answer", "dtmf", "gather", "hangup")
        expect_members(dtmf, "callId", "callUri", "dtmfDigit", "time", "tag")
        expect((dtmf["dtmfDigit"], dtmf["tag"]), ("7", "t-1"), "the digit")
        expect_members(gather, "state", "reason", "digits", "callId", "gatherId", "time", "tag")
        expect((gather["reason"], gather["digits"], gather["tag"]), ("hung-up", "7", "g-1"), "the gather")
        expect(hangup["cause"], "NORMAL_CLEARING", "the cause")

        call, phone = story.talking(recordingEnabled=True)
        phone.talk(0.5, 440)
        phone.leg.hang_up()
        _, hangup, recording = story.told(call, "answer", "hangup", "recording")
        expect_members(recording, "callId", "recordingId", "recordingUri", "state", "status", "startTime", "endTime", "tag")
        expect((recording["state"], recording["status"]), ("complete", "complete"), "the recording")


@scenario("calls that come in are told member by member: answered by themselves, rejected, given up; diverted and withheld")
def events_incoming(stage):
    story = Story(stage)
    for method in METHODS:
        story.use(method)
        call, leg = story.dialled()
        leg.ack(leg.final())
        story.receiver.expect("answer", call)
        leg.hang_up()
        incoming, answer, hangup = story.told(call, "incomingcall", "answer", "hangup")
        expect_members(incoming, *PARTIES, "callState", "applicationId", "displayName")
        expect_members(answer, *PARTIES, "callState", "displayName")
        expect_members(hangup, *HANGUP)
        expect(
            {(event["from"], event["to"], event["callState"]) for event in (incoming, answer)}, {(CALLER, FROM, "active")},
            "whom they name")
        expect(incoming["applicationId"], "a-shop", "the application")

        call, leg = story.dialled(headers=[
            "Diversion: <sip:+13125550166@h.example>;reason=user-busy;counter=2;limit=5;screen=no;privacy=off;x-way=b", "Privacy: id"])
        leg.ack(leg.final())
        leg.hang_up()
        incoming, answer, _ = story.told(call, "incomingcall", "answer", "hangup")
        for event in (incoming, answer):
            found = event["diversion"] if method == "POST" else json.loads(event["diversion"])
            expect(
                found,
                {"origTo": "+13125550166", "reason": "user-busy", "counter": 2, "limit": 5, "screen": "no", "privacy": "off", "x-way": "b"},
                f"the diversion of {event}")
            expect(event["withholdCallerNumber"], "true", "withholdCallerNumber")

        story.use(method, autoAnswer=False)
        call, leg = story.dialled()
        story.rest.post(f"/calls/{call}", {"state": "rejected"})
        answer = leg.final()
        leg.ack(answer)
        expect(answer.status, 603, "the answer to a rejected caller")
        _, hangup = story.told(call, "incomingcall", "hangup")
        expect((hangup["cause"], hangup["callState"]), ("CALL_REJECTED", "completed"), "the hangup of a rejected call")

        call, leg = story.dialled()
        leg.wait(180)
        leg.cancel()
        _, hangup = story.told(call, "incomingcall", "hangup")
        expect(hangup["cause"], "ORIGINATOR_CANCEL", "the cause of a caller who gave up")


@scenario("what is played and said is told with its own tag, or else that of the call, and ends with the call in the order in which it began")
def events_played(stage):
    story = Story(stage)
    call, phone = story.talking()
    story.rest.post(f"/calls/{call}/audio", {"sentence": "Hello", "tag": "s-1"})
    story.receiver.expect("speak", call, status="started")
    phone.talk(3, until=lambda: story.receiver.types(call).count("speak") == 2)
    story.rest.post(f"/calls/{call}/audio", {"sentence": "Please hold the line for a while", "loopEnabled": True})
    story.receiver.expect("speak", call, status="started")
    phone.talk(0.2)
    phone.leg.hang_up()
    _, first, done, started, stopped, hangup = story.told(call, "answer", "speak", "speak", "speak", "speak", "hangup")
    for event in (first, done):
        expect_members(event, "callId", "callUri", "status", "state", "tag", "time")
        expect(event["tag"], "s-1", "the tag of what was said")
    for event in (started, stopped):
        expect_members(event, "callId", "callUri", "status", "state", "tag", "time")
        expect(event["tag"], "t-1", "the tag of what was said without one")
    expect([event["status"] for event in (first, done, started, stopped)], ["started", "done"] * 2, "the statuses")
    expect(hangup["tag"], "t-1", "the tag of the call")


@scenario("a call that is transferred keeps its address, and the new one's answer and hangup go to that of the transfer")
def events_transferred(stage):
    story = Story(stage)
    other = stage.keep(Receiver(stage.address(61)))
    call, phone = story.talking()
    second = story.rest.post(
        f"/calls/{call}", {"state": "transferring", "transferTo": "+13125550188", "callbackUrl": other.url, "tag": "t-2"}, 201).id
    callee = Phone.taken(story.vendor.incoming())
    other.expect("answer", second)
    talk([(phone, 440), (callee, 880)], 0.3)
    callee.leg.hang_up()
    phone.leg.expect_hang_up()
    other.expect("hangup", second)
    story.told(call, "answer", "hangup")
    expect([event["eventType"] for event in other.events], ["answer", "hangup"], "the events of the new call")
    expect({(event["callId"], event["to"], event["tag"]) for event in other.events}, {(second, "+13125550188", "t-2")}, "whom they name")


@scenario("what is played to a conference that ends is told as done before its end")
def events_conference_played(stage):
    story = Story(stage)
    conference = story.rest.create("/conferences", {"from": FROM, "callbackUrl": story.receiver.url})
    call, phone = story.talking(conferenceId=conference)
    story.rest.create(f"/conferences/{conference}/members", {"callId": call})
    story.rest.post(f"/conferences/{conference}/audio", {"sentence": "A long sentence for everybody who is here", "loopEnabled": True})
    story.receiver.expect("conference-speak", status="started")
    phone.talk(0.3)
    story.rest.post(f"/conferences/{conference}", {"state": "completed"})
    story.receiver.expect("conference", status="completed")
    time.sleep(0.5)
    wide = [(event["eventType"], event.get("status", event.get("state"))) for event in story.receiver.events if event.get("conferenceId") == conference]
    expect(
        wide, [("conference", "created"), ("conference-member", "active"), ("conference-speak", "started"),
               ("conference-member", "completed"), ("conference-speak", "done"), ("conference", "completed")], "the events")


@scenario("a conference tells its members' coming, changes and going, with counts, and its own beginning and end", slow=True)
def events_conference(stage):
    story = Story(stage)
    for method in METHODS:
        story.use(method)
        conference = story.rest.create("/conferences", {
            "from": FROM, "callbackUrl": story.receiver.url + "?own=1", "callbackHttpMethod": method, "tag": "k-1"})
        calls = [story.talking(conferenceId=conference) for _ in range(2)]
        members = [
            story.rest.create(f"/conferences/{conference}/members", {"callId": call, "joinTone": False, "leavingTone": False})
            for call, _ in calls]
        for change in ({"mute": True}, {"hold": True}, {"mute": False, "hold": False}):
            story.rest.post(f"/conferences/{conference}/members/{members[0]}", change)
        story.rest.post(f"/conferences/{conference}/audio", {"sentence": "Hello everybody", "tag": "a-1"})
        talk([(phone, None) for _, phone in calls], 5, until=lambda: any(
            event["eventType"] == "conference-speak" and event["status"] == "done" and event["conferenceId"] == conference
            for event in story.receiver.events))
        calls[0][1].leg.hang_up()
        story.receiver.expect("conference-member", calls[0][0], state="completed")
        story.rest.post(f"/conferences/{conference}", {"state": "completed"})
        ended = story.receiver.expect("conference", status="completed")
        for call, phone in calls[1:]:
            story.rest.post(f"/calls/{call}", {"state": "completed"})
            phone.leg.expect_hang_up()
            story.receiver.expect("hangup", call)
        wide = [event for event in story.receiver.events if event.get("conferenceId") == conference]

        def plain(value):
            return {"true": True, "false": False}.get(value, value)

        expect(
            [(members.index(event["memberId"]), int(event["activeMembers"]), event["state"], plain(event["mute"]), plain(event["hold"]))
             for event in wide if event["eventType"] == "conference-member"],
            [(0, 1, "active", False, False), (1, 2, "active", False, False), (0, 2, "active", True, False),
             (0, 2, "active", True, True), (0, 2, "active", False, False), (0, 1, "completed", False, False),
             (1, 0, "completed", False, False)], "what is told of the members")
        expect(
            [(event["eventType"], event["status"], event["tag"]) for event in wide if event["eventType"] != "conference-member"],
            [("conference", "created", "k-1"), ("conference-speak", "started", "a-1"), ("conference-speak", "done", "a-1"),
             ("conference", "completed", "k-1")], "what is told of the conference")
        created = next(event for event in wide if event["eventType"] == "conference")
        expect(ended["createdTime"], created["createdTime"], "createdTime")
        expect(all(event["tag"] == "k-1" for event in wide if event["eventType"] == "conference-member"), True, "the members' tags")
        if method == "GET":
            paths = [path for _, path, _ in story.receiver.requests if conference in path]
            expect(all(path.startswith("/events?own=1&eventType=") for path in paths), True, f"the URL's own query in {paths[0]}")
