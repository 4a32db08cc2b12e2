"""What every event must look like, member by member, written down from the specification and not from the switch."""

import json
import re

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
AGENT = re.compile(r"BandwidthAPI/v1 \(.+\)")


def text(value):
    return isinstance(value, str) and value != ""


def any_text(value):
    return isinstance(value, str)


def moment(value):
    return isinstance(value, str) and TIME.fullmatch(value) is not None


def url(value):
    return isinstance(value, str) and re.fullmatch(r"https?://\S+", value) is not None


def number(value):
    return isinstance(value, int) and not isinstance(value, bool)


def flag(value):
    return isinstance(value, bool)


def words(*allowed):
    return lambda value: value in allowed


def diversion(value):
    kinds = {"origTo": text, "reason": text, "screen": words("yes", "no"), "privacy": words("off", "full"), "counter": number, "limit": number}
    return isinstance(value, dict) and all(kinds.get(name, any_text)(found) for name, found in value.items())


CAUSES = words(
    "ORIGINATOR_CANCEL", "NORMAL_CLEARING", "USER_BUSY", "CALL_REJECTED", "UNALLOCATED_NUMBER", "NO_ANSWER",
    "NORMAL_TEMPORARY_FAILURE", "NUMBER_CHANGED", "INVALID_NUMBER_FORMAT", "NO_ROUTE_DESTINATION",
    "RECOVERY_ON_TIMER_EXPIRE", "NO_USER_RESPONSE", "INCOMPATIBLE_DESTINATION", "INTERWORKING", "NETWORK_OUT_OF_ORDER",
    "SERVICE_UNAVAILABLE", "SERVICE_NOT_IMPLEMENTED", "EXCHANGE_ROUTING_ERROR", "NORMAL_UNSPECIFIED", "UNSPECIFIED",
    "CALL_AWARDED_DELIVERED", "NORMAL_CIRCUIT_CONGESTION", "SWITCH_CONGESTION")
CALL = {"callId": text, "callUri": url}
PARTIES = {**CALL, "from": text, "to": text}
CALLER = {"diversion": diversion, "displayName": text, "withholdCallerNumber": words("true", "false"), "withholdCallerName": words("true", "false")}
TAG = {"tag": any_text}
PLAYED = {"status": words("started", "done"), "time": moment}
CONFERENCE = {"conferenceId": text, "conferenceUri": url}
COMPLETED, ACTIVE = words("completed"), words("active")

# For each type: the members that every event has, those that some have, and those that are the switch's own.
EVENTS = {
    "incomingcall": ({**PARTIES, "callState": ACTIVE, "applicationId": text, "time": moment}, CALLER, {}),
    "answer": ({**PARTIES, "callState": ACTIVE, "time": moment}, {**CALLER, **TAG}, {}),
    "hangup": (
        {**PARTIES, "cause": CAUSES, "time": moment, "callState": COMPLETED}, TAG,
        {"duration": number, "sipCode": number, "releasedBy": text}),
    "timeout": ({**PARTIES, "time": moment}, TAG, {}),
    "playback": ({**CALL, **PLAYED}, TAG, {}),
    "speak": ({**CALL, **PLAYED, "state": words("PLAYBACK_START", "PLAYBACK_STOP")}, TAG, {}),
    "dtmf": ({**CALL, "dtmfDigit": words(*"0123456789*#ABCD"), "time": moment}, {"dtmfDuration": number, **TAG}, {}),
    "gather": (
        {"state": COMPLETED, "digits": any_text, "callId": text, "gatherId": text, "time": moment,
         "reason": words("max-digits", "terminating-digit", "inter-digit-timeout", "hung-up", "cancelled")},
        {"callUri": url, "terminatingDigit": words(*"0123456789*#ABCD"), **TAG}, {}),
    "recording": (
        {"callId": text, "recordingId": text, "recordingUri": url, "state": words("complete", "error"),
         "status": words("complete", "error"), "startTime": moment, "endTime": moment}, TAG, {}),
    "transcription": (
        {"transcriptionId": text, "recordingId": text, "state": words("completed", "error"), "status": words("completed", "error")},
        {"textSize": number, "text": any_text, "textUrl": url, "transcriptionUri": url}, {}),
    "transferComplete": ({**PARTIES, "callState": ACTIVE, "time": moment}, {}, TAG),
    "redirect": ({"callId": text, "from": text, "to": text, "callState": ACTIVE}, {}, {}),
    "conference": (
        {**CONFERENCE, "status": words("created", "completed"), "createdTime": moment},
        {"completedTime": moment, **TAG}, {}),
    "conference-member": (
        {"conferenceId": text, "callId": text, "memberId": text, "memberUri": url, "activeMembers": number,
         "state": words("active", "completed"), "hold": flag, "mute": flag, "time": moment}, TAG, {}),
    "conference-playback": ({**CONFERENCE, **PLAYED}, TAG, {}),
    "conference-speak": ({**CONFERENCE, **PLAYED}, TAG, {}),
}


def from_query(event):
    """An event that came as a query, with the values that its texts stand for."""
    kinds = {number: int, flag: lambda value: {"true": True, "false": False}[value], diversion: json.loads}
    known = {name: kind for part in EVENTS.get(event.get("eventType"), ({},)) for name, kind in part.items()}
    values = {}
    for name, value in event.items():
        try:
            values[name] = kinds.get(known.get(name), str)(value)
        except (ValueError, KeyError):
            values[name] = value
    return values


def complaints(event, method, headers, own=()):
    """What is wrong with an event as it came; `own` are further members, of the receiver's URL."""
    found = []
    if method == "GET":
        event = from_query(event)
    elif headers.get("Content-Type") != "application/json; charset=utf-8":
        found.append(f"Content-Type {headers.get('Content-Type')!r}")
    if not AGENT.fullmatch(headers.get("User-Agent", "")):
        found.append(f"User-Agent {headers.get('User-Agent')!r}")
    kind = event.get("eventType")
    if kind not in EVENTS:
        return found + [f"the type {kind!r}"]
    always, sometimes, ours = EVENTS[kind]
    found += [f"no {name}" for name in always if name not in event]
    known = {**always, **sometimes, **ours}
    for name, value in event.items():
        if name in known and not known[name](value):
            found.append(f"{name} {value!r}")
        elif name not in known and name != "eventType" and name not in own:
            found.append(f"a member {name}")
    if kind in ("recording", "transcription") and event.get("state") != event.get("status"):
        found.append("a state that is not the status")
    if kind == "speak" and (event.get("status") == "started") != (event.get("state") == "PLAYBACK_START"):
        found.append("a state that is not the status")
    if kind == "conference" and (event.get("status") == "completed") != ("completedTime" in event):
        found.append("a completedTime in the wrong place")
    return [f"{kind} has {problem}" for problem in found]
