"""Datagrams as a file that tshark reads, so that nobody needs the right to listen on an interface."""

import socket
import struct

RAW = 101  # LINKTYPE_RAW: each packet begins with its IP header


def write(path, datagrams):
    """A capture of IPv4 datagrams: (seconds, (address, port) it came from, (address, port) it went to, payload)."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, RAW))
        for at, source, target, payload in datagrams:
            packet = _datagram(source, target, payload)
            seconds, part = divmod(round(at * 1e6), 1_000_000)
            file.write(struct.pack("<IIII", seconds, part, len(packet), len(packet)) + packet)


def _datagram(source, target, payload):
    """An IPv4 packet with one UDP datagram, whose checksum is left out."""
    size = 8 + len(payload)
    udp = struct.pack("!HHHH", source[1], target[1], size, 0)
    head = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + size, 0, 0, 64, socket.IPPROTO_UDP, 0,
        socket.inet_aton(source[0]), socket.inet_aton(target[0]))
    total = sum(struct.unpack("!10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    total = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
    return head[:10] + struct.pack("!H", total) + head[12:] + udp + payload
