"""The independent clients of the voice REST interface, each in a process of its own that does one line of Python at a time."""

import json
import pathlib
import subprocess

from peers.needs import Skipped
from peers.sip import Unexpected

FOLDER = pathlib.Path(__file__).resolve().parent.parent / ".sdk"
LOOP = """
import json, sys
for line in sys.stdin:
    try:
        try:
            value = eval(line, globals())
        except SyntaxError:
            value = exec(line, globals())
        answer = {"value": value if isinstance(value, (str, int, float, bool, list, dict, type(None))) else repr(value)}
    except Exception as error:
        answer = {"error": type(error).__name__ + ": " + str(error)}
    print(json.dumps(answer, default=repr), flush=True)
"""
OPENINGS = {
    "1.0.9": "from bandwidth_sdk import *; import bandwidth_sdk; "
             "client = bandwidth_sdk.Client({user!r}, {token!r}, {secret!r}); client.endpoint = {url!r}",
    "3.1.0": "import bandwidth; "
             "api = bandwidth.client('voice', {user!r}, {token!r}, {secret!r}, api_endpoint={url!r})",
}


class SDK:
    """One client, logged in as a user."""

    def __init__(self, version, rest, token="t-acme", secret="s-acme"):
        python = FOLDER / version / "bin" / "python"
        if not (FOLDER / version / "complete").exists():
            raise Skipped(f"no bandwidth-sdk {version}: Tests/Interop/install-sdks installs it")
        self.process = subprocess.Popen(
            [python, "-u", "-c", LOOP], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        url = "http://%s:%d" % rest.endpoint
        self.do(OPENINGS[version].format(user=rest.user, token=token, secret=secret, url=url))

    def do(self, line):
        """The value of a line; whatever it raises is unexpected."""
        answer = self.ask(line)
        if "error" in answer:
            raise Unexpected(f"{line}: {answer['error']}")
        return answer["value"]

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        text = self.process.stdout.readline()
        if not text:
            raise Unexpected(f"the client ended with {line}")
        return json.loads(text)

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
