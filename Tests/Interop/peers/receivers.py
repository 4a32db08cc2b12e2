"""Receivers of events that behave in ways no library would let them: byte for byte, by the path of the URL."""

import socket
import struct
import threading
import time

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def request(connection):
    """One request: (first line, fields in lower case, body); None where the other side has gone."""
    text = b""
    while b"\r\n\r\n" not in text:
        more = connection.recv(65536)
        if not more:
            return None
        text += more
    head, _, body = text.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(fields.get("content-length", 0)):
        more = connection.recv(65536)
        if not more:
            return None
        body += more
    return first, fields, body


class OddReceiver:
    """Does with each connection what `manners` says for the path: a function of the connection, false to close it."""

    def __init__(self, address, manners, port=9000):
        self.manners, self.requests, self.most = manners, [], 0
        self.lock, self.open = threading.Lock(), 0
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.listener = socket.create_server((address, port), family=family, backlog=1024)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://{address}:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with self.lock:
            self.open += 1
            self.most = max(self.most, self.open)
        try:
            while found := request(connection):
                path = found[0].split()[1].partition("?")[0]
                with self.lock:
                    self.requests.append((path, *found[1:]))
                if not self.manners[path.split("/")[1]](connection):
                    break
        except OSError:
            pass
        finally:
            with self.lock:
                self.open -= 1
            connection.close()

    def of(self, path):
        """(fields, body) of each request to a path, in their order."""
        with self.lock:
            return [found[1:] for found in self.requests if found[0] == f"/{path}"]

    def stop(self):
        self.listener.close()


def says(text, stays=True):
    """Answers these bytes."""
    return lambda connection: connection.sendall(text) or stays


def never(connection):
    """Answers nothing for as long as anybody waits."""
    connection.settimeout(30)
    connection.recv(1)
    return False


def drips(text, pause=0.2):
    """Answers one byte at a time."""

    def manner(connection):
        for place in range(len(text)):
            connection.sendall(text[place:place + 1])
            time.sleep(pause)
        return True

    return manner


def resets(text):
    """Answers these bytes, and breaks the connection off with RST."""

    def manner(connection):
        connection.sendall(text)
        time.sleep(0.1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    return manner


def floods(head, part):
    """Answers a head, and then the same part without end."""

    def manner(connection):
        connection.sendall(head)
        while True:
            connection.sendall(part)

    return manner
