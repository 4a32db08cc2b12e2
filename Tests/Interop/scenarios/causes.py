"""How a driven call ends, told by every side of it: its hangup event, its resource, its own events, and its record."""

import itertools
import signal
import time

from harness import expect, scenario
from peers.management import Management
from peers.phone import Phone
from peers.rtp import Stream
from peers.sip import Unexpected, audio_endpoint, sdp
from scenarios.rest import NUMBER, World

# The causes as records number them.
NUMBERED = (
    "NORMAL_UNSPECIFIED", "NORMAL_CLEARING", "ORIGINATOR_CANCEL", "USER_BUSY", "CALL_REJECTED", "UNALLOCATED_NUMBER", "NO_ANSWER",
    "NORMAL_TEMPORARY_FAILURE", "INVALID_NUMBER_FORMAT", "NO_ROUTE_DESTINATION", "RECOVERY_ON_TIMER_EXPIRE",
    "INCOMPATIBLE_DESTINATION", "INTERWORKING", "NETWORK_OUT_OF_ORDER", "SERVICE_UNAVAILABLE", "SERVICE_NOT_IMPLEMENTED",
    "EXCHANGE_ROUTING_ERROR",
)

# The final statuses of a callee by the cause that they are told as; whatever else there is, is NORMAL_UNSPECIFIED.
STATUSES = {
    "CALL_REJECTED": (401, 402, 403, 407, 603), "UNALLOCATED_NUMBER": (404, 410, 604), "INVALID_NUMBER_FORMAT": (484,),
    "NO_ROUTE_DESTINATION": (485,), "NO_ANSWER": (408, 480), "RECOVERY_ON_TIMER_EXPIRE": (504,), "USER_BUSY": (486, 600),
    "ORIGINATOR_CANCEL": (487,), "NORMAL_TEMPORARY_FAILURE": (400, 481, 500, 503), "INCOMPATIBLE_DESTINATION": (488, 606),
    "INTERWORKING": (413, 414, 416, 420, 421, 423, 505, 513), "NETWORK_OUT_OF_ORDER": (502,), "SERVICE_UNAVAILABLE": (405,),
    "SERVICE_NOT_IMPLEMENTED": (406, 415, 501), "EXCHANGE_ROUTING_ERROR": (482, 483),
}
NAMED = {status: cause for cause, statuses in STATUSES.items() for status in statuses}
UNNAMED = (
    300, 301, 302, 305, 380, 409, 411, 412, 417, 422, 424, 428, 429, 433, 436, 437, 438, 439, 440, 469, 470, 489, 491, 493, 494,
    499, 555, 580, 599, 601, 605, 607, 608, 650, 699,
)

# The Q.850 causes that win over whatever they come with.
TOLD = {
    1: "UNALLOCATED_NUMBER", 16: "NORMAL_CLEARING", 17: "USER_BUSY", 18: "NO_ANSWER", 19: "NO_ANSWER", 21: "CALL_REJECTED",
    41: "NORMAL_TEMPORARY_FAILURE",
}
# Reasons that leave the last word to what they come with.
UNHEARD = (
    "Q.850;cause=31", "Q.850;cause=38", "Q.850;cause=102", "Q.850;cause=127", "Q.850;cause=145", "Q.850", "Q.850;cause=x",
    "SIP;cause=486;text=\"Busy Here\"", "SIP;cause=200;text=\"Call completed elsewhere\"", "X-Other;cause=17",
)


def reasons():
    """Reason values, and the cause that each of them makes of a call; None where it changes nothing."""
    for cause, name in TOLD.items():
        yield f"Q.850;cause={cause}", name
    yield 'q.850 ;cause = 17 ; text="User busy"', "USER_BUSY"
    yield 'SIP;cause=480;text="a;cause=1, b", Q.850;text="no, not now";cause=21', "CALL_REJECTED"
    for value in UNHEARD:
        yield value, None


class Court(World):
    """A switch whose calls are judged by everything that tells their end."""

    def __init__(self, stage, **options):
        super().__init__(stage, **options)
        self.count = 0
        self.wrong = []

    def judge(self, call, what, cause, status=None, by=None, within=2.0, talked=False):
        """Waits for the end of a call; what it is told as must be so on every side."""
        try:
            event = self.receiver.expect("hangup", call, within=within)
        except Unexpected:
            self.wrong.append(f"{what}: no hangup within {within} s")
            return
        self.count += 1
        record = self.stage.expect_records(self.count)[-1]
        resource = self.rest.get(f"/calls/{call}")
        last = self.rest.get(f"/calls/{call}/events")[-1]
        state = "rejected" if cause == "CALL_REJECTED" and not talked else "completed"
        found = {
            "cause": event["cause"], "callState": event["callState"], "state": resource["state"], "endTime": "endTime" in resource,
            "events": (last["name"], last["data"]), "record": NUMBERED[record["hangup_cause"]], "sipCode": event["sipCode"],
            "status": record["status"], "by": event["releasedBy"], "ended_by": record["ended_by"],
            "talked": record["answer_ms"] is not None,
        }
        wanted = {
            "cause": cause, "callState": "completed", "state": state, "endTime": True, "events": ("hangup", cause), "record": cause,
            "sipCode": status or record["status"], "status": status or record["status"], "by": by or event["releasedBy"],
            "ended_by": by or event["releasedBy"], "talked": talked,
        }
        self.wrong += [f"{what}: {name} {found[name]}, not {wanted[name]}" for name in wanted if found[name] != wanted[name]]
        hangups = self.receiver.types(call).count("hangup")
        if hangups != 1:
            self.wrong.append(f"{what}: {hangups} hangups")

    def close(self):
        """Fails with everything that was wrong."""
        if self.wrong:
            raise Unexpected("\n".join(self.wrong))

    def incoming(self, caller, number=NUMBER):
        """A call that waits for its application: (its id, the caller's leg)."""
        leg = caller.invite(self.endpoint, number)
        call = self.receiver.expect("incomingcall")["callId"]
        leg.wait(180)
        return call, leg


@scenario("every final response of a callee is the cause of the table, in the event, the resource and the record", slow=True)
def causes_of_responses(stage):
    court = Court(stage)
    for status in sorted(NAMED.keys() | set(UNNAMED)):
        call, leg = court.place()
        moved = f"<sip:+13125550199@{stage.address(44)}>" if status < 400 else None
        leg.reply(status, "Refused", contact=moved)
        court.judge(call, f"{status}", NAMED.get(status, "NORMAL_UNSPECIFIED"), status, "callee")
    court.close()


@scenario("a Reason with a known Q.850 cause wins over the response that it comes with, any other one does not", slow=True)
def causes_of_response_reasons(stage):
    court = Court(stage)
    statuses = itertools.cycle((404, 480, 486, 500, 603))
    for (reason, cause), status in zip(reasons(), statuses):
        call, leg = court.place()
        leg.reply(180, "Ringing")
        leg.reply(status, "Refused", headers=[f"Reason: {reason}"])
        court.judge(call, f"{status} with {reason}", cause or NAMED[status], status, "callee")
    call, leg = court.place()
    leg.reply(503, "Refused", headers=["Reason: SIP;cause=503", "Reason: Q.850;cause=1"])
    court.judge(call, "two Reason fields", "UNALLOCATED_NUMBER", 503, "callee")
    court.close()


@scenario("an answered call ends by either side's BYE, and a Q.850 cause of it has the last word", slow=True)
def causes_of_byes(stage):
    court = Court(stage)
    for reason, cause in (("", None), *reasons()):
        call, phone = court.answered()
        phone.leg.send("BYE", headers=[f"Reason: {reason}"] if reason else [])
        phone.leg.wait(200, cseq="BYE")
        court.judge(call, f"the callee's BYE with {reason!r}", cause or "NORMAL_CLEARING", 200, "callee", talked=True)
    caller = stage.party()
    for reason, cause in (("", "NORMAL_CLEARING"), ("Reason: Q.850;cause=41", "NORMAL_TEMPORARY_FAILURE")):
        phone = Phone.dialled(caller, court.endpoint, NUMBER)
        call = court.receiver.expect("incomingcall")["callId"]
        phone.leg.send("BYE", headers=[reason] if reason else [])
        phone.leg.wait(200, cseq="BYE")
        court.judge(call, f"the caller's BYE with {reason!r}", cause, 200, "caller", talked=True)
    court.close()


@scenario("a caller who gives up, in whatever words, and one who is refused or waits for nothing", slow=True)
def causes_of_callers(stage):
    court = Court(stage, application={"auto_answer": False})
    caller = stage.party()
    for reason, cause in (("", None), *reasons()):
        call, leg = court.incoming(caller)
        target = leg.request("CANCEL", cseq=leg.invite_cseq, branch=leg.invite_branch, headers=[f"Reason: {reason}"] if reason else [])
        caller.send(target, court.endpoint)
        leg.ack(leg.wait(487))
        court.judge(call, f"CANCEL with {reason!r}", cause or "ORIGINATOR_CANCEL", 487, "caller")
    for state, cause, status in (("rejected", "CALL_REJECTED", 603), ("completed", "ORIGINATOR_CANCEL", 487)):
        call, leg = court.incoming(caller)
        court.rest.post(f"/calls/{call}", {"state": state})
        answer = leg.final()
        leg.ack(answer)
        expect(answer.status, status, f"the status of a caller whose call is {state}")
        court.judge(call, state, cause, status, "application")
    court.close()


@scenario("an end is told at once: nobody waits for who does not answer a CANCEL or BYE, or answers it late", slow=True)
def causes_told_at_once(stage):
    court = Court(stage)
    management = Management(stage.switch).over_urllib()

    def by_hand():
        row = management.listActiveCalls({"i_customer": 1})[0]
        management.disconnectCall({"ID": row["ID"]})

    def by_rest(call):
        court.rest.post(f"/calls/{call}", {"state": "completed"})

    for way, by in (("rest", "application"), ("xmlrpc", "api")):
        call, leg = court.place()
        leg.reply(180, "Ringing")
        time.sleep(0.2)
        by_rest(call) if way == "rest" else by_hand()
        court.judge(call, f"ended by {way} while it rings at a mute callee", "ORIGINATOR_CANCEL", 487, by)
        leg.receive("CANCEL")
        call, phone = court.answered()
        by_rest(call) if way == "rest" else by_hand()
        court.judge(call, f"ended by {way} in talk with a mute callee", "NORMAL_CLEARING", 200, by, talked=True)
        phone.leg.receive("BYE")
    # An answer that crosses the CANCEL is acknowledged and hung up; it comes too late for the call.
    call, leg = court.place()
    leg.reply(180, "Ringing")
    court.rest.post(f"/calls/{call}", {"state": "completed"})
    cancel = leg.receive("CANCEL")
    leg.reply(200, "OK", to=leg.invite, body=leg.description())
    leg.reply(200, "OK", to=cancel)
    leg.receive("ACK")
    leg.expect_hang_up()
    court.judge(call, "an answer that crosses the CANCEL", "ORIGINATOR_CANCEL", 487, "application")
    call, leg = court.place(callTimeout=1)
    leg.reply(180, "Ringing")
    court.judge(call, "callTimeout at a mute callee", "NO_ANSWER", 480, "application", within=3.0)
    expect(court.receiver.types(call), ["timeout", "hangup"], "the events of a call that nobody answers")
    court.close()


@scenario("a limit of time and silence end a call NORMAL_CLEARING, an answer without audio that is known INCOMPATIBLE_DESTINATION", slow=True)
def causes_of_limits(stage):
    court = Court(stage, account={"max_credit_time": "2s"}, configuration={"media": {"silence_timeout": "1s"}})
    call, phone = court.answered()
    court.judge(call, "silence", "NORMAL_CLEARING", 200, "switch", within=4.0, talked=True)
    phone.leg.expect_hang_up()
    call, phone = court.answered()
    phone.talk(3.0, tone=1000, until=phone.has_heard_bye)
    court.judge(call, "max_credit_time", "NORMAL_CLEARING", 200, "switch", within=4.0, talked=True)
    phone.leg.expect_hang_up()
    call, leg = court.place()
    leg.reply(200, "OK", body=sdp(leg.party.address, leg.media_port, formats="18 101"))
    leg.receive("ACK")
    leg.expect_hang_up()
    court.judge(call, "an answer with a codec that nobody offered", "INCOMPATIBLE_DESTINATION", 488, "switch")
    court.close()


@scenario("a switch that is told twice to stop tells the end of every call: answered, ringing, and waiting", slow=True)
def causes_of_a_stop(stage):
    world = World(stage, application={"auto_answer": False})
    talking, phone = world.answered()
    ringing, leg = world.place()
    leg.reply(180, "Ringing")
    caller = stage.party().invite(world.endpoint, NUMBER)
    waiting = world.receiver.expect("incomingcall")["callId"]
    caller.wait(180)
    for _ in range(2):
        stage.switch.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
    told = [world.receiver.expect("hangup", call) for call in (talking, ringing, waiting)]
    phone.leg.receive("BYE")
    leg.receive("CANCEL")
    expect(caller.final().status, 503, "the status of the waiting caller")
    expect([(event["cause"], event["sipCode"], event["releasedBy"]) for event in told], [
        ("NORMAL_CLEARING", 200, "switch"), ("NORMAL_TEMPORARY_FAILURE", 503, "switch"), ("NORMAL_TEMPORARY_FAILURE", 503, "switch"),
    ], "the hangups of the answered call, the ringing one and the waiting one")
    found = sorted((record["ended_by"], record["status"]) for record in stage.expect_records(3))
    expect(found, [("switch", 200), ("switch", 503), ("switch", 503)], "the records")


# What a caller hears whom nobody has taken, by what the callee of the call that was placed for him answers.
PASSED = {
    404: 404, 410: 404, 604: 404, 485: 404, 486: 486, 600: 486, 480: 480, 408: 480, 603: 603, 403: 603, 484: 484, 488: 488,
    502: 503, 500: 503, 503: 503, 501: 501, 504: 504, 482: 483, 487: 487, 405: 480, 413: 480, 411: 480,
}


@scenario("a caller whose call goes to the fallback number hears by the status of the cause why that did not answer", slow=True)
def causes_of_fallbacks(stage):
    world = World(
        stage, application={"incoming_call_url": f"http://{stage.address(71)}:1/nobody", "auto_answer": False},
        number={"fallback_number": "13125550177"})
    caller, wrong = stage.party(), []
    for count, (status, passed) in enumerate(PASSED.items(), 1):
        leg = caller.invite(world.endpoint, NUMBER)
        world.vendor.incoming().reply(status, "Refused")
        answer = leg.final()
        leg.ack(answer)
        records = {record["origin"]: record for record in stage.expect_records(2 * count)[-2:]}
        found = (answer.status, records["inbound"]["status"], NUMBERED[records["inbound"]["hangup_cause"]])
        wanted = (passed, passed, NAMED[passed])
        if found != wanted:
            wrong.append(f"{status}: {found}, not {wanted}")
    if wrong:
        raise Unexpected("\n".join(wrong))


@scenario("a callee that says nothing at all, and a caller that never acknowledges, end their calls after 32 s", slow=True)
def causes_of_silence(stage):
    court = Court(stage)
    call, leg = court.place(callTimeout=120)
    court.judge(call, "an INVITE that is never answered", "NO_ANSWER", 408, "switch", within=36.0)
    expect(court.receiver.types(call), ["hangup"], "the events of an INVITE that is never answered")
    leg = stage.party().invite(court.endpoint, NUMBER)
    call = court.receiver.expect("incomingcall")["callId"]
    leg.wait(200)
    court.judge(call, "a 200 that is never acknowledged", "NORMAL_CLEARING", 200, "switch", within=36.0, talked=True)
    leg.receive("BYE")
    court.close()


@scenario("a call that reaches nobody is told so at once: no listener, no room at the carrier, no route", slow=True)
def causes_of_unreachability(stage):
    court = Court(
        stage, vendors=2, routes={0: {"prefix": "1312"}, 1: {"prefix": "1313"}},
        connections={1: {"capacity": 0, "enforce_capacity": True}})
    court.vendor.socket.close()
    for number, what, cause, status in (
        ("+13125550147", "nobody listens", "NORMAL_TEMPORARY_FAILURE", 503),
        ("+13135550147", "no room at the carrier", "NORMAL_TEMPORARY_FAILURE", 503),
        ("+442079460000", "no route", "UNALLOCATED_NUMBER", 404),
    ):
        call = court.rest.create("/calls", {"from": "+" + NUMBER, "to": number, "callbackUrl": court.receiver.url})
        court.judge(call, what, cause, status, "switch")
    court.close()


# What a network says before the answer: tones of (hertz or silence, seconds), the cause and the status that they mean.
TONES = (
    ("busy", [(425, 0.5), (None, 0.5)] * 30, "USER_BUSY", 486),
    ("congestion", [(425, 0.25), (None, 0.25)] * 40, "NORMAL_TEMPORARY_FAILURE", 503),
    ("the special information tone", [(950, 0.33), (1400, 0.33), (1800, 0.33), (None, 1.0)] * 10, "UNALLOCATED_NUMBER", 404),
    ("ringing, and then a refusal", [(425, 1.0), (None, 4.0)], "USER_BUSY", 600),
)


@scenario("a tone before the answer that says that there will be none ends the call as the status would", slow=True)
def causes_of_tones(stage):
    court = Court(stage)
    for what, tones, cause, status in TONES:
        call, leg = court.place()
        stream = Stream(leg.party.address)
        leg.reply(183, "Session Progress", body=sdp(leg.party.address, stream.port))
        phone = Phone(leg, stream)
        phone.target = audio_endpoint(leg.invite.body)

        def is_over():
            leg.party.listen(0)
            return any(message.method == "CANCEL" for message in leg.party.waiting if not message.is_response)

        for frequency, seconds in tones:
            phone.talk(seconds, tone=frequency, until=is_over)
        if status == 600:
            leg.reply(600, "Busy Everywhere")
        else:
            leg.expect_cancel()
        court.judge(call, what, cause, status, "callee" if status == 600 else "switch")
    court.close()
