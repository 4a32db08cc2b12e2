"""Who answers a call of an application: people and answering machines that speak with espeak-ng's voice."""

import math

from harness import scenario
from peers.audio import spoken
from peers.needs import need
from peers.phone import Phone
from peers.sip import Unexpected
from scenarios.services import ask, dialling, settled

GREETING = (
    "Hello. You have reached the voice mail of Jane Smith. I am not able to take your call right now. Please leave your name, "
    "your number and a short message after the tone, and I will call you back as soon as I can.")
# What the dialler returns: 1 for a person who confirmed nothing, 5 for a message left on a machine.
PERSON, MACHINE = "1", "5"


def called(stage):
    """The phone that the dialler has called and that has answered, and the name of the run."""
    need("espeak-ng")
    dialling(stage)
    vendor = stage.vendor()
    status, runs = ask(stage, "/service_start", outbound_parameters="15550042")
    if status != 200:
        raise Unexpected(f"{status} {runs}")
    leg = vendor.incoming()
    leg.reply(180, "Ringing")
    return Phone.taken(leg), runs


def beep(milliseconds=400, frequency=1000):
    return [int(9000 * math.sin(2 * math.pi * frequency * n / 8000)) for n in range(8 * milliseconds)]


def loud(phone):
    """The seconds of sound that the phone has heard since `forget`."""
    samples = phone.heard()
    return sum(sum(map(abs, samples[n:n + 800])) > 240_000 for n in range(0, len(samples) - 800, 800)) / 10


def expect_message(stage, phone, runs, moment):
    """The machine hears the message after this moment, and the run ends as one that spoke to a machine."""
    phone.talk(12, until=phone.has_heard_bye)
    if loud(phone) < 1:
        raise Unexpected(f"after {moment} {loud(phone)} s were heard")
    phone.leg.expect_hang_up()
    if settled(stage, runs)[0]["detail"] != MACHINE:
        raise Unexpected(f"the run is {settled(stage, runs)}")


@scenario("a person who says hello is taken for one, and hears the message at once", slow=True)
def farend_person(stage):
    hello = spoken("Hello?", f"{stage.folder}/hello.wav")
    phone, runs = called(stage)
    phone.talk(0.5)
    phone.say(hello)
    phone.forget()
    phone.talk(4)
    if loud(phone) < 1:
        raise Unexpected(f"after the hello {loud(phone)} s were heard")
    phone.talk(12, until=phone.has_heard_bye)
    phone.leg.expect_hang_up()
    if settled(stage, runs)[0]["detail"] != PERSON:
        raise Unexpected(f"the run is {settled(stage, runs)}")


@scenario("a machine's greeting is taken for one; the message begins when its beep is over, and not before", slow=True)
def farend_machine(stage):
    greeting = spoken(GREETING, f"{stage.folder}/greeting.wav")
    phone, runs = called(stage)
    phone.talk(0.4)
    phone.say(greeting)
    phone.talk(0.5)
    phone.say(beep())
    if loud(phone) > 0:
        raise Unexpected(f"{loud(phone)} s were heard during the greeting")
    phone.forget()
    expect_message(stage, phone, runs, "the beep")


@scenario("a machine that never beeps gets its message after four seconds of silence", slow=True)
def farend_machine_silent(stage):
    greeting = spoken(GREETING, f"{stage.folder}/greeting.wav", voice="en-gb", rate=170)
    phone, runs = called(stage)
    phone.talk(0.4)
    phone.say(greeting)
    phone.forget()
    phone.talk(3.5)
    if loud(phone) > 0:
        raise Unexpected(f"{loud(phone)} s were heard too early")
    expect_message(stage, phone, runs, "the silence")
