"""The flows of RFC 3665 and their neighbours, with sipp at both ends."""

from harness import scenario
from peers.sip import Unexpected, connect, end

DIRECT = {"media": {"mode": "direct"}}


@scenario("a call is established and the caller ends it (RFC 3665 3.1)", direct=True)
def caller_hangs_up(stage):
    stage.pair("uac-calls-and-hangs-up", "uas-answers")


@scenario("a call is established and the callee ends it (RFC 3665 3.1)", direct=True)
def callee_hangs_up(stage):
    stage.pair("uac-calls-and-is-hung-up-on", "uas-answers-and-hangs-up")


@scenario("fifty calls at twenty a second all succeed", direct=True)
def fifty_calls(stage):
    stage.pair("uac-calls-and-hangs-up", "uas-answers", calls=50, rate=20)


@scenario("a call over TCP reaches a vendor on UDP")
def caller_on_tcp(stage):
    stage.pair("uac-calls-and-hangs-up", "uas-answers", options=("-t", "t1"))


@scenario("a busy callee is reported as busy (RFC 3665 3.9)", direct=True)
def busy(stage):
    stage.pair("uac-is-refused-with-486", "uas-is-busy")


@scenario("a declined call stays declined", direct=True)
def declined(stage):
    stage.pair("uac-is-refused-with-603", "uas-declines")


@scenario("480 and its Retry-After reach the caller (RFC 3665 3.11)", direct=True)
def unavailable(stage):
    stage.pair("uac-is-refused-with-480", "uas-is-unavailable")


@scenario("nobody answers: CANCEL, 487 and ACK on both legs (RFC 3665 3.8)", direct=True)
def no_answer(stage):
    stage.pair("uac-cancels-while-ringing", "uas-rings-until-cancelled")


def redirected(stage, vendors):
    """A call whose first vendor answers 302: (caller's leg, whoever listens where the 302 points to)."""
    switch = stage.start_switch(vendors=vendors)
    elsewhere = stage.party(stage.vendors[0][0], 5099)
    stage.sipp_vendor("uas-has-moved", 0)
    return stage.party().invite(switch, "15550001"), elsewhere


def expect_attempts(stage, *statuses):
    stage.expect_records(1)
    tried = tuple(attempt["status"] for attempt in stage.switch.route_attempts())
    if tried != statuses:
        raise Unexpected(f"the record says that the vendors answered {tried}, not {statuses}")


@scenario("a vendor's redirection is a failed attempt: the next vendor takes the call, nothing goes where the 302 points to")
def redirected_to_the_next(stage):
    second = stage.vendor(1)
    leg, elsewhere = redirected(stage, vendors=2)
    other = second.incoming()
    connect(leg, other)
    end(leg, other)
    elsewhere.silent_for(0.3)
    expect_attempts(stage, 302, 200)


@scenario("a redirection by the only vendor is 502 to the caller, without the address that the 302 names")
def redirected_to_nobody(stage):
    leg, elsewhere = redirected(stage, vendors=1)
    answer = leg.final()
    leg.ack(answer)
    if answer.status != 502 or b"5099" in answer.data:
        raise Unexpected(f"the caller got {answer} with {answer.fields}")
    elsewhere.silent_for(0.3)
    expect_attempts(stage, 302)


@scenario("a late offer: the offer travels in 200, the answer in ACK (RFC 3665 3.6)", direct=True)
def late_offer(stage):
    stage.pair("uac-offers-in-ack", "uas-offers-in-200")


@scenario("early media: 183 with a description, then the answer (RFC 3960)", direct=True)
def early_media(stage):
    stage.pair("uac-hears-early-media", "uas-plays-early-media")


@scenario("a re-INVITE moves the media to another address (RFC 3665 3.7)", direct=True)
def moved_media(stage):
    stage.pair("uac-moves-its-media", "uas-follows-moved-media", configuration=DIRECT)


@scenario("the caller holds and resumes, media relayed (RFC 5359 2.1)", direct=True)
def caller_holds(stage):
    stage.pair("uac-holds-and-resumes", "uas-is-held-and-resumed")


@scenario("the caller holds and resumes, media direct (RFC 5359 2.1)")
def caller_holds_direct(stage):
    stage.pair("uac-holds-and-resumes", "uas-is-held-and-resumed", configuration=DIRECT)


@scenario("the callee holds and resumes (RFC 5359 2.1)", direct=True)
def callee_holds(stage):
    stage.pair("uac-is-held-and-resumed", "uas-holds-and-resumes")


@scenario("OPTIONS is answered with the methods the switch knows (RFC 3261 11.2)")
def options(stage):
    stage.sipp_caller("uac-asks-for-options", stage.start_switch()).finish()


@scenario("several 183 with different To tags, then an answer with the last of them (RFC 3960)")
def forked_early_media(stage):
    leg, other = stage.invited()
    other.reply(183, "Session Progress", body=other.description())
    leg.wait(183)
    other.tag += "b"
    other.local += "b"
    other.reply(183, "Session Progress", body=other.description())
    connect(leg, other)
    end(leg, other)


@scenario("an unacceptable re-INVITE gets 488 and the session goes on unchanged (RFC 3264 8)")
def refused_reinvite(stage):
    leg, other = stage.connected()
    leg.send_invite(body=leg.description(version=2, formats="99"))
    other.receive("INVITE")
    other.reply(488, "Not Acceptable Here")
    refusal = leg.wait(range(300, 700))
    if refusal.status != 488:
        raise Unexpected(f"488 became {refusal}")
    leg.ack(refusal)
    other.receive("ACK")
    end(leg, other)


@scenario("a number that no route leads to is refused, and no vendor hears of it")
def no_route(stage):
    switch = stage.start_switch(routes={0: {"prefix": "44"}})
    caller, vendor = stage.party(), stage.vendor()
    leg = caller.invite(switch, "15550001")
    answer = leg.final()
    if not 400 <= answer.status < 700:
        raise Unexpected(f"answered {answer}")
    leg.ack(answer)
    vendor.silent_for(0.3)


@scenario("a request for a dialog that is not there gets 481 (RFC 3261 12.2.2)")
def no_such_dialog(stage):
    leg, other = stage.connected()
    end(leg, other)
    leg.send("BYE")
    if leg.wait(range(200, 700), cseq="BYE").status != 481:
        raise Unexpected("a second BYE did not get 481")
