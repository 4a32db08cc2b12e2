"""Datagrams with the time at which the kernel took them, however late they are read."""

import socket
import struct
import time

SO_TIMESTAMP = 29  # Linux; the module socket does not name it


def ask(asked):
    """Lets the kernel stamp what comes to a socket."""
    asked.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMP, 1)


# The kernel stamps packets only while somebody asks for it, and begins a little later: this socket always asks.
KEEPS_STAMPING = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ask(KEEPS_STAMPING)


def receive(asked):
    """One datagram, its source, and the monotonic time at which the kernel took it."""
    data, ancillary, _, source = asked.recvmsg(65535, 64)
    for level, kind, value in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMP:
            seconds, microseconds = struct.unpack("@ll", value[:struct.calcsize("@ll")])
            return data, source, seconds + microseconds / 1e6 - (time.time() - time.monotonic())
    return data, source, time.monotonic()
