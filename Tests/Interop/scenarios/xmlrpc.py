"""The XML-RPC interface in the hands of other programs, with real calls."""

import datetime
import http.client
import re
import signal
import socket
import ssl
import subprocess
import time
import xmlrpc.client

from harness import expect, scenario
from peers.management import PATH, Management
from peers.needs import need
from peers.sip import Unexpected, digest, established

MEMBERS = {
    "ID": str, "CALL_ID": str, "CLI": str, "CLD": str, "I_ACCOUNT": int, "I_CUSTOMER": int, "I_ENVIRONMENT": int,
    "I_CONNECTION": (int, type(None)), "CC_STATE": str, "DELAY": float, "DURATION": float, "CALLER_MEDIA_IP": str,
    "CALLEE_MEDIA_IP": str, "SETUP_TIME": str, "DIRECTION": str,
}


def start(stage, **options):
    """Starts the switch with a trusted address: (the endpoint to call, the interface, a client at the trusted address)."""
    trusted = stage.address(50)
    configuration = {"http": {"trusted_hosts": [trusted]}, **options.pop("configuration", {})}
    endpoint = stage.start_switch(configuration=configuration, **options)
    management = Management(stage.switch)
    return endpoint, management, management.trusted(trusted)


def only(rows):
    if len(rows) != 1:
        raise Unexpected(f"{len(rows)} calls are listed, not 1: {rows}")
    return rows[0]


def listed(client, state, within=3.0):
    """The one call of listAllCalls once it is in this state."""
    until = time.monotonic() + within
    while True:
        row = only(client.listAllCalls({"i_customer": 1}))
        if row["CC_STATE"] == state:
            return row
        if time.monotonic() > until:
            raise Unexpected(f"the call is {row['CC_STATE']}, not {state}")
        time.sleep(0.02)


def active(client):
    return [row["CC_STATE"] for row in client.listActiveCalls({"i_customer": 1})]


def fault(call, code, text):
    """The call must end in this fault."""
    try:
        result = call()
    except xmlrpc.client.Fault as error:
        if error.faultCode != code or text not in error.faultString:
            raise Unexpected(f"the fault is {error}, not {code} with {text!r}") from None
        return
    raise Unexpected(f"no fault {code}, but {result!r}")


@scenario("xmlrpc.client in trusted mode sees a call ring slowly, fail over, be answered, be hung up and die")
def xmlrpc_states(stage):
    switch, _, client = start(stage, vendors=2)
    expect(client.listAllCalls({"i_customer": 1}), [], "before the call")
    caller, first, second = stage.party(), stage.vendor(0), stage.vendor(1)
    leg = caller.invite(switch, "15550001", user="2125550142")
    refusing = first.incoming()
    row = listed(client, "ARComplete")
    for name, kind in MEMBERS.items():
        if not isinstance(row.get(name), kind):
            raise Unexpected(f"{name} is {row.get(name)!r}")
    wanted = {
        "CALL_ID": leg.call_id, "CLI": "2125550142", "CLD": "15550001", "I_ACCOUNT": 3, "I_CUSTOMER": 2, "I_ENVIRONMENT": 1,
        "I_CONNECTION": 1, "DURATION": 0.0, "CALLER_MEDIA_IP": stage.caller_address, "CALLEE_MEDIA_IP": "",
        "DIRECTION": "vendor",
    }
    expect({name: row[name] for name in wanted}, wanted, "the ringing call")
    setup = datetime.datetime.strptime(row["SETUP_TIME"], "%Y%m%dT%H:%M:%S.%f").replace(tzinfo=datetime.timezone.utc)
    if abs((datetime.datetime.now(datetime.timezone.utc) - setup).total_seconds()) > 10:
        raise Unexpected(f"SETUP_TIME is {row['SETUP_TIME']}")
    time.sleep(0.2)
    delay = row["DELAY"]
    refusing.reply(503, "Busy")
    other = second.incoming()
    row = listed(client, "ARComplete")
    expect((row["I_CONNECTION"], row["DELAY"] > delay + 0.1, row["DURATION"]), (2, True, 0.0), "after the failover")
    other.reply(180, "Ringing")
    leg.wait(180)
    expect((listed(client, "ARComplete")["I_CONNECTION"], active(client)), (2, ["ARComplete"]), "while it rings")
    other.reply(200, "OK", body=other.description())
    leg.ack(leg.wait(200))
    other.receive("ACK")
    answered = listed(client, "Connected")
    time.sleep(0.2)
    row = listed(client, "Connected")
    expect(row["DELAY"], answered["DELAY"], "DELAY of the answered call")
    expect((row["DURATION"] > answered["DURATION"] + 0.1, row["CALLEE_MEDIA_IP"]), (True, stage.vendors[1][0]), "the answered call")
    leg.hang_up()
    other.receive("BYE")
    row = listed(client, "Disconnecting")
    expect(active(client), [], "listActiveCalls of a call that is being ended")
    other.reply(200, "OK")
    dead = listed(client, "Dead")
    expect(dead["ID"], answered["ID"], "ID over the whole life")
    time.sleep(0.1)
    later = listed(client, "Dead")
    expect((later["DELAY"], later["DURATION"]), (dead["DELAY"], dead["DURATION"]), "times of a dead call")
    expect(client.disconnectCall({"ID": dead["ID"]}), {"result": "Call not found or not accessible"}, "ending a dead call")


@scenario("a caller that is asked for credentials is in WaitAuth, and keeps its ID when it answers")
def xmlrpc_waits_for_credentials(stage):
    switch, _, client = start(stage, rules=[])
    caller, vendor = stage.party(), stage.vendor()
    leg = caller.invite(switch, "15550001")
    challenge = leg.wait((401, 407))
    leg.ack(challenge)
    row = listed(client, "WaitAuth")
    expect((row["CALL_ID"], row["I_CONNECTION"], active(client)), (leg.call_id, None, []), "the challenged caller")
    name = "www-authenticate" if challenge.status == 401 else "proxy-authenticate"
    answer = digest(challenge.get(name), "INVITE", leg.target, "alice", "alice-secret")
    field = "Authorization" if challenge.status == 401 else "Proxy-Authorization"
    leg.send_invite(headers=[f"{field}: {answer}"])
    other = vendor.incoming()
    again = listed(client, "ARComplete")
    expect((again["ID"], again["I_ACCOUNT"]), (row["ID"], 3), "the same call with credentials")
    other.reply(486, "Busy")
    leg.ack(leg.final())


@scenario("an answered call ended with disconnectCall: BYE to both, OK once; a ringing one is refused and cancelled")
def xmlrpc_disconnects(stage):
    switch, _, client = start(stage)
    caller, vendor = stage.party(), stage.vendor()
    leg, other = established(caller, vendor, switch)
    identifier = listed(client, "Connected")["ID"]
    expect(client.disconnectCall({"ID": identifier}), {"result": "OK"}, "disconnectCall")
    leg.expect_hang_up()
    other.expect_hang_up()
    listed(client, "Dead")
    expect(client.disconnectCall({"ID": int(identifier)}), {"result": "Call not found or not accessible"}, "again")
    leg = caller.invite(switch, "15550002")
    other = vendor.incoming()
    other.reply(180, "Ringing")
    leg.wait(180)
    ringing = [row for row in client.listActiveCalls({"i_customer": 1}) if row["CLD"] == "15550002"]
    expect(client.disconnectCall({"ID": only(ringing)["ID"]})["result"], "OK", "disconnectCall of a ringing call")
    leg.ack(leg.wait(range(400, 500)))
    other.expect_cancel()
    records = stage.expect_records(2)
    expect([record["ended_by"] for record in records], ["api", "api"], "who ended the calls")


@scenario("requests, urllib, httplib2, curl --digest and curl --anyauth each list and end a call between sipp and sipp")
def xmlrpc_digest_clients(stage):
    switch, management, _ = start(stage)
    clients = management.clients()
    expect(len(clients) >= 3, True, "how many clients this machine has")
    vendor = stage.sipp_vendor("uas-answers", calls=len(clients))
    for number, (name, client) in enumerate(clients.items()):
        caller = stage.sipp_caller("uac-calls-and-is-hung-up-on", switch, port=5060 + 2 * number)
        until = time.monotonic() + 5
        rows = []
        while not rows and time.monotonic() < until:
            rows = [row for row in client.listActiveCalls() if row["CC_STATE"] == "Connected"]
            time.sleep(0.05)
        identifier = only(rows)["ID"]
        expect(client.disconnectCall({"ID": identifier}), {"result": "OK"}, name)
        caller.finish()
    vendor.finish()
    ended = [record["ended_by"] for record in stage.expect_records(len(clients))]
    expect(ended, ["api"] * len(clients), "who ended the calls")


@scenario("programs that read with regular expressions find the challenge, every member and the count they look for")
def xmlrpc_regular_expressions(stage):
    switch, management, client = start(stage)
    established(stage.party(), stage.vendor(), switch)
    connection = http.client.HTTPConnection(stage.switch_address, 8080, timeout=10)
    connection.request("POST", PATH, "")
    answer = connection.getresponse()
    answer.read()
    challenge = answer.getheader("WWW-Authenticate")
    if not re.fullmatch(r'Digest realm="[^",=]+", nonce="[0-9a-f]+", qop="auth", algorithm=MD5', challenge or ""):
        raise Unexpected(f"HTTP {answer.status}: {challenge}")
    parts = dict(part.strip().split("=") for part in challenge[len("Digest "):].split(","))
    expect(sorted(parts), ["algorithm", "nonce", "qop", "realm"], "the challenge taken apart at commas and equals signs")
    body = xmlrpc.client.dumps(({"i_customer": 1},), "listAllCalls")
    bound = http.client.HTTPConnection(stage.switch_address, 8080, source_address=(stage.address(50), 0), timeout=10)
    bound.request("POST", PATH, body)
    answer = bound.getresponse()
    text = answer.read().decode()
    expect((answer.status, int(answer.getheader("Content-Length"))), (200, len(text.encode())), "status and length")
    for name in MEMBERS:
        kind = r"<(?:string|int|double)>([^<]*)</(?:string|int|double)>"
        if not re.search(rf"<member>\s*<name>{name}</name>\s*<value>{kind}</value>\s*</member>", text):
            raise Unexpected(f"{name} is not found in {text}")
    if "<string/>" in text or "<i4>" in text:
        raise Unexpected(f"an empty element or i4 in {text}")
    bound.request("POST", PATH, xmlrpc.client.dumps(({"i_customer": 2},), "disconnectCustomer"))
    expect(re.search(r"<int>(\d+)</int>", bound.getresponse().read().decode()).group(1), "1", "the first integer of the answer")


@scenario("accounts and customers are ended and counted, and nobody sees or ends what is beside or above")
def xmlrpc_scope(stage):
    extra = {
        "customers": [
            {"id": 1, "name": "root", "web_login": "root", "api_password": "root-secret", "api_access": True},
            {"id": 2, "parent": 1, "name": "acme", "web_login": "acme", "api_password": "a", "api_access": True},
            {"id": 4, "parent": 1, "name": "other", "web_login": "other", "api_password": "o", "api_access": True},
        ]
    }
    switch, management, client = start(stage, extra=extra)
    leg, other = established(stage.party(), stage.vendor(), switch)
    mine = Management(stage.switch, "acme", "a").over_urllib()
    foreign = Management(stage.switch, "other", "o").over_urllib()
    identifier = only(mine.listAllCalls())["ID"]
    expect(foreign.listAllCalls(), [], "the calls of another customer")
    expect(foreign.disconnectCall({"ID": identifier})["result"], "Call not found or not accessible", "a foreign call")
    for stranger in (3, 99):
        fault(lambda: foreign.disconnectAccount({"i_account": stranger}), 401, "Wrong i_account")
    for stranger in (1, 2, 99):
        fault(lambda: foreign.disconnectCustomer({"i_customer": stranger}), 401, "Wrong i_customer")
    fault(lambda: mine.disconnectCustomer({"i_customer": 2}), 401, "Wrong i_customer")
    expect(mine.getAccountCallStats(), {"result": "OK", "data": {}}, "the counters of root for another")
    expect(mine.getAccountCallStatsCustomer(), {"result": "OK", "data": {"3": [1, 1]}}, "a customer's own counters")
    expect(client.getAccountCallStats(), {"result": "OK", "data": {}}, "the counters of root's own accounts")
    expect(client.listAllCalls({"i_customer": 1, "recursive": 0}), [], "calls of root itself")
    expect(client.listAllCalls({"i_customer": 1, "i_connection": 1, "i_vendor": 7})[0]["ID"], identifier, "i_connection wins")
    fault(lambda: client.listAllCalls(), 501, "Parameter i_customer is required.")
    fault(lambda: client.listAllCalls({"i_customer": 1, "order": "newest"}), 400, "order")
    calls = xmlrpc.client.MultiCall(client)
    calls.getAccountCallStatsCustomer({"i_customer": 2, "i_environment": 1})
    calls.makeNothing()
    expect(
        [entry if isinstance(entry, dict) else entry[0] for entry in calls().results],
        [{"result": "OK", "data": {"3": [1, 1]}}, {"faultCode": 404, "faultString": "method not found: makeNothing"}], "multicall")
    expect(mine.disconnectAccount({"i_account": 3}), {"result": "OK", "count": 1}, "disconnectAccount")
    leg.expect_hang_up()
    other.expect_hang_up()
    expect(mine.disconnectAccount({"i_account": 3})["count"], 0, "disconnectAccount without calls")


@scenario("over https as over http, on several listeners of both families; a new certificate is shown after SIGHUP")
def xmlrpc_https(stage):
    def certify(name):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
             "-keyout", f"{stage.folder}/key.pem", "-out", f"{stage.folder}/certificate.pem"],
            check=True, capture_output=True,
        )

    def shown():
        pem = ssl.get_server_certificate((stage.switch_address, 8443))
        text = subprocess.run(["openssl", "x509", "-noout", "-subject"], input=pem, capture_output=True, text=True)
        return text.stdout.strip().rpartition("=")[2].strip()

    certify("first")
    listen = [f"http:{stage.switch_address}:8080", f"https:{stage.switch_address}:8443", "https:[::1]:0"]
    tls = {"certificate": f"{stage.folder}/certificate.pem", "key": f"{stage.folder}/key.pem"}
    stage.start_switch(configuration={"http": {"listen": listen, "tls": tls}})
    management = Management(stage.switch)
    management.url = f"https://{stage.switch_address}:8443{PATH}"
    need("curl")
    expect(management.over_curl("--digest", "--insecure").listAllCalls(), [], "listAllCalls over https")
    expect(shown(), "first", "the certificate")
    certify("second")
    stage.switch.process.send_signal(signal.SIGHUP)
    until = time.monotonic() + 5
    while shown() != "second" and time.monotonic() < until:
        time.sleep(0.05)
    expect(shown(), "second", "the certificate after SIGHUP")
    with open(f"{stage.folder}/key.pem", "w") as file:
        file.write("damaged")
    stage.switch.process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    expect(shown(), "second", "the certificate after a SIGHUP with a damaged key")


@scenario("numbers with control characters and line ends are listed so that XML parsers take the answer")
def xmlrpc_control_characters(stage):
    switch, _, client = start(stage)
    leg = stage.party().invite(switch, "1555%0D%0A%01%3C%26%FF", user="20%00%0D%0A%1B%3C/value%3E%C3%A9")
    stage.vendor().listen(0.5)
    rows = client.listAllCalls({"i_customer": 1})
    for row in rows:
        expect(row["CALL_ID"], leg.call_id, "CALL_ID")
        for text in (row["CLI"], row["CLD"]):
            if any(ord(character) < 32 and character not in "\t\r\n" for character in text):
                raise Unexpected(f"a control character in {text!r}")


@scenario("malformed, bottomless and endless requests are faults or 4xx, memory stays bounded, and a call goes on")
def xmlrpc_hostile(stage):
    switch, _, client = start(stage)
    leg, other = established(stage.party(), stage.vendor(), switch)
    bound = (stage.address(50), 0)

    def post(body, headers=()):
        connection = http.client.HTTPConnection(stage.switch_address, 8080, source_address=bound, timeout=20)
        try:
            connection.request("POST", PATH, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    laughs = "<!DOCTYPE a [<!ENTITY a0 'ha'>" + "".join(
        f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)) + "]>"
    call = "<methodCall><methodName>{}</methodName></methodCall>"
    documents = [
        "junk", "<methodCall>", laughs + call.format("&a9;"), call.format("&a;"),
        f"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>{call.format('&x;')}",
        f"<!DOCTYPE a SYSTEM 'http://{stage.address(60)}/x.dtd'>{call.format('listAllCalls')}",
        "<methodCall><methodName>m</methodName><params><param>" + "<value><array><data>" * 10000, "<a>" * 100000,
        call.format("m").encode("utf-16"),
    ]
    before = stage.switch.resident_memory()
    for document in documents:
        status, answer = post(document)
        if status != 200 or b"<int>400</int>" not in answer or b"root:" in answer:
            raise Unexpected(f"HTTP {status}: {answer[:300]}")
    for arguments in ({"ID": ["x"]}, {"ID": {"a": 1}}, {}):
        fault(lambda: client.disconnectCall(arguments), 501 if not arguments else 400, "Parameter ID")
    for number in (-1, 0, 2**31 - 1, "9" * 30, 1.5, [], "x"):
        fault(lambda: client.disconnectAccount({"i_account": number}), 401 if isinstance(number, int) else 400, "i_account")
    expect(client.listAllCalls({"i_customer": 1, "i_account": -5}), [], "calls of an impossible account")

    with socket.create_connection((stage.switch_address, 8080), source_address=bound) as endless:
        endless.settimeout(20)
        endless.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        try:
            for _ in range(1600):
                endless.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        except OSError:
            pass
        answer = b""
        try:
            answer = endless.recv(100)
        except OSError:
            pass
        if answer and b" 413 " not in answer:
            raise Unexpected(f"100 MB in chunks: {answer}")
    try:
        status, _ = post(b"x" * (100 << 20))
    except OSError:
        status = 413
    expect(status, 413, "100 MB with a length")
    grown = stage.switch.resident_memory() - before
    if grown > 64 << 10:
        raise Unexpected(f"memory grew by {grown} KiB")
    expect(listed(client, "Connected")["CALL_ID"], leg.call_id, "the call meanwhile")
    leg.hang_up()
    other.expect_hang_up()
