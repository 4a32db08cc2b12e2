"""The independent clients once more, word by word: create, answer, gather on, transfer and end calls, and read what there is."""

import json
import time

from harness import expect, scenario
from peers.needs import Skipped
from peers.phone import Phone, talk
from peers.sdk import SDK
from scenarios.bxml import SECOND, XML, Flow, expect_last_digits, keep_tone
from scenarios.rest import FROM, NUMBER, TARGET, World


class Client:
    """What a person who writes a program asks of a client, in the words of each version."""

    def __init__(self, stage, world, version):
        self.world, self.sdk = world, stage.keep(SDK(version, world.rest))
        self.is_old = version.startswith("1")

    def do(self, old, new):
        return self.sdk.do(old if self.is_old else new)

    def create(self):
        url = self.world.receiver.url
        return self.do(
            f"Call.create({FROM!r}, {TARGET!r}, callback_url={url!r}).call_id",
            f"api.create_call(from_={FROM!r}, to={TARGET!r}, callback_url={url!r})")

    def state(self, call):
        return self.do(f"Call.get({call!r}).state", f"api.get_call({call!r})['state']")

    def answer(self, call):
        self.do(f"Call.get({call!r}).set_call_property(state='active') and None", f"api.answer_call({call!r})")

    def gather(self, call):
        return self.do(
            f"Call.get({call!r}).gather.create(max_digits='2').id", f"api.create_call_gather({call!r}, max_digits='2')")

    def digits(self, call, gather):
        return self.do(
            f"Call.get({call!r}).gather.get({gather!r}).digits", f"api.get_call_gather({call!r}, {gather!r})['digits']")

    def record(self, call, is_on):
        word = "enable" if is_on else "disable"
        self.do(f"Call.get({call!r}).set_call_property(recording_enabled={is_on}) and None", f"api.{word}_call_recording({call!r})")

    def transfer(self, call, number):
        url = self.world.receiver.url
        return self.do(
            f"Call.get({call!r}).transfer({number!r}, callback_url={url!r}).call_id",
            f"api.transfer_call({call!r}, {number!r}, callback_url={url!r})")

    def end(self, call):
        self.do(f"Call.get({call!r}).hangup()", f"api.hangup_call({call!r})")

    def calls(self):
        return self.do("[call.call_id for call in Call.as_iterator(chunk_size=2)]", "[call['id'] for call in api.list_calls(size=2)]")

    def recordings(self):
        return self.do(
            "[found.id for found in Recording.as_iterator(chunk_size=1)]", "[found['id'] for found in api.list_recordings(size=1)]")

    def sound(self, recording):
        """State, first bytes and type of a recording."""
        open_file = "account.download_media_file(api.get_recording({0!r})['media'].rsplit('/', 1)[1])".format(recording)
        return self.do(
            f"(lambda found: [found.state, found.get_media_file()[0][:4].decode(), found.get_media_file()[1]])(Recording.get({recording!r}))",
            f"(lambda file: [api.get_recording({recording!r})['state'], (file[0].read() if hasattr(file[0], 'read') else file[0])[:4].decode(), file[1]])({open_file})")

    def bridge(self, first, second):
        return self.do(
            f"Call.get({first!r}).bridge(Call.get({second!r})).id", f"api.create_bridge(call_ids=[{first!r}, {second!r}], bridge_audio=True)")

    def bridged(self, bridge):
        """The state of a bridge, its calls, and the list of all."""
        return self.do(
            f"[Bridge.get({bridge!r}).state, sorted(call.call_id for call in Bridge.get({bridge!r}).fetch_calls()), [each.id for each in Bridge.list(page=0)]]",
            f"[api.get_bridge({bridge!r})['state'], sorted(call['id'] for call in api.list_bridge_calls({bridge!r})), [each['id'] for each in api.list_bridges(size=1)]]")

    def conference(self):
        return self.do(f"Conference.create({FROM!r}).id", f"api.create_conference({FROM!r})")

    def join(self, conference, call):
        self.do(f"Conference.get({conference!r}).add_member({call!r}) and None", f"api.create_conference_member({conference!r}, {call!r})")

    def conferring(self, conference):
        """The state of a conference and the states of its members."""
        return self.do(
            f"[Conference.get({conference!r}).state, [member.state for member in Conference.get({conference!r}).get_members()]]",
            f"[api.get_conference({conference!r})['state'], [member['state'] for member in api.list_conference_members({conference!r})]]")


def lives(stage, version):
    """One program's day with one client."""
    world = World(stage, application={"auto_answer": False})
    client = Client(stage, world, version)
    if not client.is_old:
        url = "http://%s:%d" % world.rest.endpoint
        client.sdk.do(f"account = bandwidth.client('account', 'u-acme', 't-acme', 's-acme', api_endpoint={url!r})")
    call = client.create()
    phone = Phone.taken(world.vendor.incoming())
    world.receiver.expect("answer", call)
    expect(client.state(call), "active", "the state of the answered call")
    gather = client.gather(call)
    phone.press("42")
    world.receiver.expect("gather", call, digits="42")
    expect(client.digits(call, gather), "42", "the digits")
    for _ in range(2):
        client.record(call, True)
        phone.talk(0.5, 660)
        client.record(call, False)
        world.receiver.expect("recording", call)
    second = client.transfer(call, "+13125550188")
    other = Phone.taken(world.vendor.incoming())
    world.receiver.expect("answer", second)
    talk([(phone, 660), (other, 880)], 0.6)
    client.end(second)
    other.leg.expect_hang_up()
    phone.leg.expect_hang_up()
    world.over(call, "NORMAL_CLEARING")

    leg = stage.party().invite(world.endpoint, NUMBER)
    incoming = world.receiver.expect("incomingcall")["callId"]
    expect(client.state(incoming), "started", "the state of a call that comes in")
    client.answer(incoming)
    leg.ack(leg.final())
    world.receiver.expect("answer", incoming)
    partner = client.create()
    Phone.taken(world.vendor.incoming())
    world.receiver.expect("answer", partner)
    bridge = client.bridge(incoming, partner)
    expect(client.bridged(bridge), ["active", sorted((incoming, partner)), [bridge]], "the bridge")
    conference = client.conference()
    member, phone = world.answered(conferenceId=conference)
    client.join(conference, member)
    expect(client.conferring(conference), ["active", ["active"]], "the conference")
    phone.leg.hang_up()
    world.over(member, "NORMAL_CLEARING")
    time.sleep(0.2)
    expect(client.conferring(conference), ["completed", ["completed"]], "the conference that all have left")

    expect(client.calls(), [member, partner, incoming, second, call], "the calls, page by page")
    recordings = client.recordings()
    expect(len(set(recordings)), 2, "recordings, page by page")
    expect(client.sound(recordings[0]), ["complete", "RIFF", "audio/wav"], "a recording")
    client.end(incoming)
    leg.expect_hang_up()
    world.over(incoming, "NORMAL_CLEARING")


@scenario("bandwidth-sdk 3.1.0 creates, answers, gathers on, transfers and ends calls, and reads recordings, bridges, conferences, pages")
def clients_three(stage):
    lives(stage, "3.1.0")


@scenario("bandwidth-sdk 1.0.9 creates, answers, gathers on, transfers and ends calls, and reads recordings, bridges, conferences, pages")
def clients_one(stage):
    lives(stage, "1.0.9")


WRITERS = {
    "3.1.0": (
        "from bandwidth.voice.bxml import Response, E",
        "str(Response(E.Gather({'requestUrl': '/g', 'maxDigits': '2', 'tag': 'a & b'}, E.SpeakSentence('Two digits', voice='kate'))))",
        f"str(Response(E.Pause(length='1'), E.Transfer(E.PhoneNumber({SECOND!r}), E.SpeakSentence('A call'), callTimeout='20', requestUrl='/after')))",
        "str(Response(E.SendDtmf('5'), E.Hangup()))",
    ),
    "1.0.9": (
        "from bandwidth_sdk import xml; "
        "write = lambda *verbs: (lambda response: [[response.push(verb) for verb in verbs], response.to_xml().decode()][1])(xml.Response())",
        "write(xml.Gather('/g', max_digits=2, bargeable=True, speak_sentence=xml.SpeakSentence('Two digits', voice='Kate')))",
        f"write(xml.Pause(1), xml.Transfer(phone_number=[{SECOND!r}], call_timeout=20, speak_sentence=xml.SpeakSentence('A call')))",
        "write(xml.Hangup())",
    ),
}


def writes(stage, version):
    """A call that is driven by what a client writes."""
    documents = {}
    flow = Flow(stage, lambda event: (200, documents[event["eventType"]].encode(), XML) if event["eventType"] in documents else None)
    sdk = stage.keep(SDK(version, flow.rest))
    opening, gather, transfer, after = WRITERS[version]
    if "error" in sdk.ask(opening):
        raise Skipped(f"bandwidth-sdk {version} has no lxml: Tests/Interop/install-sdks installs it")
    documents.update(answer=sdk.do(gather), gather=sdk.do(transfer), transferComplete=sdk.do(after))
    call, phone = flow.dialled()
    phone.talk(0.4)
    phone.press("17")
    event = flow.receiver.expect("gather", call, digits="17", reason="max-digits")
    expect(event.get("tag"), "a & b" if version == "3.1.0" else None, "the tag")
    phone.talk(0.3)
    callee = Phone.taken(flow.vendor.incoming())
    talk([(phone, None), (callee, None)], 2)
    callee.leg.hang_up()
    expect_last_digits(phone, "5" if version == "3.1.0" else "", "the last digits", 5)
    flow.over(call, "NORMAL_CLEARING")


@scenario("a call does what the documents say that bandwidth-sdk 3.1.0 writes")
def clients_three_writes(stage):
    writes(stage, "3.1.0")


@scenario("a call does what the documents say that bandwidth-sdk 1.0.9 writes")
def clients_one_writes(stage):
    writes(stage, "1.0.9")


CLASSES = {
    "incomingcall": "IncomingCallEvent", "answer": "AnswerCallEvent", "timeout": "TimeoutCallEvent", "hangup": "HangupCallEvent",
    "playback": "PlaybackCallEvent", "speak": "SpeakCallEvent", "dtmf": "DtmfCallEvent", "gather": "GatherCallEvent",
    "recording": "RecordingCallEvent", "conference": "ConferenceEvent", "conference-member": "ConferenceMemberEvent",
    "conference-playback": "ConferencePlaybackEvent", "conference-speak": "ConferenceSpeakEvent",
}


@scenario("bandwidth-sdk 1.0.9 reads every event of calls and conferences, as what it is", slow=True)
def clients_one_reads(stage):
    world = World(stage, application={"auto_answer": False})
    sdk = stage.keep(SDK("1.0.9", world.rest))
    rest, receiver = world.rest, world.receiver
    tone = keep_tone(rest, "tone.wav", 700, 0.5)
    conference = rest.create("/conferences", {"from": FROM, "callbackUrl": receiver.url})
    call, phone = world.answered(conferenceId=conference, recordingEnabled=True, tag="t")
    rest.create(f"/calls/{call}/gather", {"maxDigits": 1})
    phone.press("4")
    for audio, kind in (({"fileUrl": tone}, "playback"), ({"sentence": "Hi"}, "speak")):
        rest.post(f"/calls/{call}/audio", audio)
        receiver.expect(kind, call, status="started")
        phone.talk(3, until=lambda: receiver.types(call).count(kind) == 2)
    rest.create(f"/conferences/{conference}/members", {"callId": call})
    for audio, kind in (({"fileUrl": tone}, "conference-playback"), ({"sentence": "Hi"}, "conference-speak")):
        rest.post(f"/conferences/{conference}/audio", audio)
        phone.talk(3, until=lambda: sum(event["eventType"] == kind for event in receiver.events) == 2)
    phone.leg.hang_up()
    receiver.expect("recording", call)
    receiver.expect("conference", status="completed")
    late, leg = world.place(callTimeout=1)
    leg.reply(180, "Ringing")
    leg.expect_cancel()
    world.over(late, "NO_ANSWER")
    leg = stage.party().invite(world.endpoint, NUMBER)
    refused = receiver.expect("incomingcall")["callId"]
    rest.post(f"/calls/{refused}", {"state": "rejected"})
    leg.ack(leg.final())
    world.over(refused, "CALL_REJECTED")
    for event in list(receiver.events):
        plain = {name: value for name, value in event.items() if name != "expected"}
        wanted = "RejectCallEvent" if plain.get("cause") == "CALL_REJECTED" else CLASSES[plain["eventType"]]
        sdk.do(f"event = bandwidth_sdk.Event.create(data={json.dumps(plain).encode()!r})")
        expect(sdk.do("type(event).__name__"), wanted, f"what {plain} is read as")
        if "callId" in plain:
            expect(sdk.do("event.call_id"), plain["callId"], "the call")
    expect({event["eventType"] for event in receiver.events}, set(CLASSES), "the types that came")
