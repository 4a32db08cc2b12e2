"""What Python's xmlrpc.client provisions decides the next call."""

import http.client
import time
import xmlrpc.client

from harness import expect, scenario
from peers.sip import Unexpected, end, established


class From(xmlrpc.client.Transport):
    """A connection that comes from one loopback address."""

    def __init__(self, source):
        super().__init__()
        self.source = source

    def make_connection(self, host):
        if not self._connection or host != self._connection[0]:
            self._connection = host, http.client.HTTPConnection(host, source_address=(self.source, 0))
        return self._connection[1]


def interface(stage, source):
    return xmlrpc.client.ServerProxy(
        f"http://{stage.switch_address}:8080/xmlapi/xmlapi", transport=From(source), allow_none=True
    )


def bare_switch(stage, trusted):
    """A switch that knows customers and nothing else, and trusts the address."""
    stage.start_switch(configuration={"http": {"trusted_hosts": [trusted]}})
    return interface(stage, trusted)


def refused(call, *fragments):
    """The call must end in a fault whose text holds the fragments."""
    try:
        answer = call()
    except xmlrpc.client.Fault as fault:
        for fragment in fragments:
            if fragment not in fault.faultString:
                raise Unexpected(f"{fault.faultString} lacks {fragment}") from None
        return fault
    raise Unexpected(f"no fault but {answer}")


def way_out(api, address, port):
    """A vendor, its connection, a set with every number and a group; the ids of group and connection."""
    vendor = api.createVendor({"name": "late", "web_login": "late", "web_password": "w", "i_time_zone": 1})["i_vendor"]
    connection = api.createVendorConnection(
        {"i_vendor": vendor, "name": "late-1", "destination": f"{address}:{port}", "capacity": 5, "enforce_capacity": True}
    )["i_connection"]
    world = api.addDestinationSet({"name": "late-world", "currency": "EUR"})["i_destination_set"]
    api.addRouteToDestinationSet({"i_destination_set": world, "prefix": "", "price_1": 0.01, "price_n": 0.01, "timeout": 30})
    group = api.addRoutingGroup({"name": "late-out", "policy": "least_cost"})["i_routing_group"]
    api.addRoutingGroupMember(
        {"i_routing_group": group, "i_connection": connection, "i_destination_set": world, "preference": 10}
    )
    return group, connection


def new_account(api, name, group, **more):
    return api.createAccount(
        {
            "username": name, "web_password": "w-1", "authname": f"{name}-auth", "voip_password": "v-1",
            "i_billing_plan": 1, "i_routing_group": group, "max_sessions": 2, **more,
        }
    )["i_account"]


@scenario("a call goes through what Python provisioned a moment ago; blocked it is refused; its record is fetched")
def provisioned_call(stage):
    api = bare_switch(stage, stage.address(9))
    switch = stage.switch.endpoint
    caller, vendor = stage.party(stage.address(30)), stage.vendor(3)
    leg = caller.invite(switch, "15550001")
    expect(leg.final().status, 401, "a caller that is not provisioned")
    group, _ = way_out(api, *stage.vendors[3])
    account = new_account(api, "late", group)
    rule = {"i_account": account, "i_protocol": 1, "remote_ip": stage.address(30)}
    api.addAuthRule(rule)
    refused(lambda: api.addAuthRule(rule), "conflicting parameters")
    leg, other = established(caller, vendor, switch)
    end(leg, other)
    api.blockAccount({"i_account": account})
    expect(caller.invite(switch, "15550001").final().status, 403, "a call of a blocked account")
    api.unblockAccount({"i_account": account})
    end(*established(caller, vendor, switch))
    until, records = time.monotonic() + 5, []
    while len(records) < 3 and time.monotonic() < until:
        records = api.getAccountCDRs({"i_account": account, "type": "all"})["cdrs"]
        time.sleep(0.05)
    expect([record["result"] for record in records], [0, 403, 0], "the results of the records")
    expect(records[0]["cld_in"], "15550001", "the number of the first record")
    time.strptime(records[0]["setup_time"], "%H:%M:%S.000 GMT %a %b %d %Y")


@scenario("deleting an account ends its calls")
def deleted_account(stage):
    api = bare_switch(stage, stage.address(9))
    caller, vendor = stage.party(stage.address(30)), stage.vendor(3)
    group, _ = way_out(api, *stage.vendors[3])
    account = new_account(api, "gone", group)
    api.addAuthRule({"i_account": account, "i_protocol": 1, "remote_ip": stage.address(30)})
    leg, other = established(caller, vendor, stage.switch.endpoint)
    api.deleteAccount({"i_account": account})
    leg.expect_hang_up()
    other.expect_hang_up()
    expect(caller.invite(stage.switch.endpoint, "1").final().status, 401, "a call of an account that is gone")
    refused(lambda: api.getAccountInfo({"i_account": account}), "Wrong i_account")


@scenario("an account below a customer is seen by it and by root, and by nobody beside it")
def scope_in_trusted_mode(stage):
    api = bare_switch(stage, stage.address(9))
    mine = api.createCustomer({"name": "mine", "web_password": "w", "i_tariff": None, "i_wholesaler": 1})["i_customer"]
    other = api.createCustomer({"name": "other", "web_password": "w", "i_tariff": None})["i_customer"]
    account = new_account(api, "below", None, i_customer=mine)
    expect(api.getAccountInfo({"i_account": account, "i_customer": mine})["i_customer"], mine, "the owner")
    expect(api.getAccountInfo({"i_account": account, "i_customer": 1})["username"], "below", "what root sees")
    foreign = refused(lambda: api.getAccountInfo({"i_account": account, "i_customer": other}), "Wrong i_account")
    unknown = refused(lambda: api.getAccountInfo({"i_account": 99999, "i_customer": other}))
    expect((foreign.faultCode, foreign.faultString), (unknown.faultCode, unknown.faultString), "foreign and unknown")
    expect(api.listAccounts({"i_customer": other})["accounts"], [], "the accounts of the other customer")
    refused(lambda: api.createAccount({"username": "x"}), "web_password")
    refused(lambda: new_account(api, "rootless", None), "i_routing_group is mandatory for root customer")


@scenario("a thousand accounts are made one by one, at the same speed from first to last")
def many_accounts(stage):
    api = bare_switch(stage, stage.address(9))
    customer = api.createCustomer({"name": "many", "web_password": "w", "i_tariff": None})["i_customer"]
    times = []
    for number in range(1000):
        began = time.monotonic()
        new_account(api, f"n{number}", None, i_customer=customer)
        times.append(time.monotonic() - began)
    first, last = sorted(times[:100])[50], sorted(times[-100:])[50]
    if last > 4 * first + 0.005:
        raise Unexpected(f"an account took {first * 1000:.1f} ms at first and {last * 1000:.1f} ms at last")
    expect(len(api.listAccounts({"i_customer": customer})["accounts"]), 1000, "the accounts listed")
    page = api.listAccounts({"i_customer": customer, "offset": 990, "limit": 50})["accounts"]
    expect(len(page), 10, "the last page")
