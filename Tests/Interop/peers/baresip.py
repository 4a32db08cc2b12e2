"""baresip as a phone: it plays a WAVE file into the call and records what it hears."""

import glob
import json
import pathlib
import select
import signal
import socket
import subprocess
import time

from peers.needs import need

# baresip binds its RTP sockets to every address, so what it sends over loopback comes from this one.
ADDRESS = "127.0.0.1"
# The modules of codecs other than G.711.
MODULES = {"opus": "opus", "g722": "g722", "L16": "l16"}


class Baresip:
    """One baresip without a screen, at 127.0.0.1 and a port of its own; `dials` is called as soon as it runs.

    `login` is the user and the password that it answers challenges with, `codecs` what it knows, as its modules and
    `audio_codecs` name them. `command` needs `commanded`."""

    def __init__(
        self, folder, name, port, plays, dials=None, login=None, seconds=8, codecs="pcmu", commanded=False
    ):
        need("baresip")
        self.control, self.attending = (ADDRESS, port + 30), None
        self.folder = pathlib.Path(folder) / f"baresip-{name}"
        self.folder.mkdir()
        (self.folder / "config").write_text("\n".join([
            "poll_method epoll", f"sip_listen {ADDRESS}:{port}", f"net_interface {ADDRESS}",
            "audio_player aubridge,nowhere", f"audio_source aufile,{plays}", "audio_alert aubridge,nowhere",
            "ausrc_srate 8000", "auplay_srate 8000", "ausrc_channels 1", "auplay_channels 1",
            f"rtp_ports {port + 1000}-{port + 1020}", f"snd_path {self.folder}",
            "module_path " + next(iter(glob.glob("/usr/lib/baresip/modules") + glob.glob("/usr/lib/*/baresip/modules"))),
            *[f"module {name}.so" for name in sorted({MODULES.get(codec.split("/")[0], "g711") for codec in codecs.split(",")})],
            "module aufile.so", "module aubridge.so", "module sndfile.so",
            "module_app account.so", "module_app menu.so",
            *(["module_app ctrl_tcp.so", f"ctrl_tcp_listen {ADDRESS}:{port + 30}"] if commanded else []), "",
        ]))
        mode = "manual" if dials else "auto"
        known = f";auth_user={login[0]};auth_pass={login[1]}" if login else ""
        (self.folder / "accounts").write_text(
            f"<sip:{name}@{ADDRESS}:{port}>;regint=0;answermode={mode};audio_codecs={codecs}{known}\n"
        )
        (self.folder / "contacts").touch()
        command = ["baresip", "-f", str(self.folder), "-t", str(seconds)]
        if dials:
            command += ["-e", f"d {dials}"]
        with open(self.folder / "output", "wb") as output:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )

    def said(self):
        return (self.folder / "output").read_text(errors="replace")

    def command(self, name, parameters=""):
        """Does what a person would type, such as `transfer` and a URI."""
        order = json.dumps({"command": name, "params": parameters, "token": "1"}).encode()
        if self.attending:
            return self.attending.sendall(b"%d:%b," % (len(order), order))
        with socket.create_connection(self.control, timeout=5) as connection:
            connection.sendall(b"%d:%b," % (len(order), order))
            return connection.recv(65536)

    def attend(self):
        """From now on `events` knows what happens."""
        until = time.monotonic() + 5
        while self.attending is None:
            try:
                self.attending = socket.create_connection(self.control, timeout=5)
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
        self.heard = b""

    def events(self, until=None, timeout=10):
        """What has happened since `attend`, as baresip tells it, with the wait until an event of the type `until`."""
        limit, events = time.monotonic() + timeout, []
        while True:
            readable, _, _ = select.select([self.attending], [], [], max(0, limit - time.monotonic()) if until else 0)
            more = self.attending.recv(65536) if readable else b""
            self.heard += more
            events, rest = [], self.heard
            while b":" in rest and rest.index(b":") + int(rest.split(b":")[0]) + 2 <= len(rest):
                length, _, rest = rest.partition(b":")
                events.append(json.loads(rest[:int(length)]))
                rest = rest[int(length) + 1:]
            if not more or not until or any(event.get("type") == until for event in events):
                return events

    def recording(self):
        """The path of what it heard, or None when it heard nothing."""
        return next(iter(sorted(self.folder.glob("dump-*-dec.wav"))), None)

    def finish(self):
        self.process.wait(30)

    def stop(self):
        if self.attending:
            self.attending.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
