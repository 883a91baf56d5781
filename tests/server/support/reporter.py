"""An app that tells how it was started and what it is asked for.

It is run as a program: `reporter.py PLACE [OPTION=VALUE …]`. The place is a port or the path of
a Unix socket. Options are carried out in their order, then it listens:

- `print=TEXT` prints a line,
- `wait=FIFO` waits until somebody has opened that FIFO for writing and closed it again,
- `exit=STATUS` ends it,
- `unready=COUNT` has it answer that many requests of `/ready` by 503,
- `certificate=FILE` has it speak TLS, by a file that holds the key, too.

Requests are answered by JSON; a WebSocket gets that as its first message, and then its own
messages back. Parameters of the query do something first: `print=TEXT`, and `exit=STATUS`
right after the answer.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import os
import socket
import ssl
import sys
import threading
from io import BufferedReader


class Reporter:
    """The app."""

    def __init__(self, place: str, options: list[str]) -> None:
        self._place = place
        self._unready = 0
        self._tls: ssl.SSLContext | None = None
        self._connections = itertools.count(1)
        for option in options:
            name, _, value = option.partition("=")
            if name == "print":
                print(value, flush=True)
            elif name == "wait":
                with open(value, "rb") as fifo:
                    fifo.read()
            elif name == "exit":
                sys.exit(int(value))
            elif name == "unready":
                self._unready = int(value)
            elif name == "certificate":
                self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self._tls.load_cert_chain(value)

    def run(self) -> None:
        """Listen for as long as it lives."""
        if self._place.isdigit():
            server = socket.create_server(("127.0.0.1", int(self._place)))
        else:
            server = socket.socket(socket.AF_UNIX)
            server.bind(self._place)
            server.listen()
        while True:
            connection, _ = server.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        try:
            connection = self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
            number = next(self._connections)
            with connection, connection.makefile("rb") as file:
                while self._answer(connection, file, number):
                    pass
        except OSError:
            # The other side has gone, or doesn't like the certificate.
            pass

    def _answer(self, connection: socket.socket, file: BufferedReader, number: int) -> bool:
        line = file.readline().decode("latin1").rstrip("\r\n")
        if not line:
            return False
        fields = []
        while field := file.readline().decode("latin1").rstrip("\r\n"):
            name, _, value = field.partition(":")
            fields.append((name, value.strip()))
        headers = {name.lower(): value for name, value in fields}
        body = file.read(int(headers.get("content-length", 0)))
        target = line.split(" ")[1]
        path, _, query = target.partition("?")
        parameters = dict(part.partition("=")[::2] for part in query.split("&"))
        report = {
            "line": line,
            "target": target,
            "fields": fields,
            "body": body.decode("latin1"),
            "connection": number,
            "arguments": sys.argv[1:],
            "cwd": os.getcwd(),
            "pid": os.getpid(),
            "environment": {
                name: value for name, value in os.environ.items() if name.startswith("APP_")
            },
        }
        if "print" in parameters:
            print(parameters["print"], flush=True)
        if headers.get("upgrade", "").lower() == "websocket":
            key = headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
            accept = base64.b64encode(hashlib.sha1(key.encode()).digest())
            connection.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
            send_message(connection, 1, json.dumps(report).encode())
            echo(connection, file)
            return False
        status = "200 OK"
        if path == "/ready" and self._unready > 0:
            self._unready -= 1
            status = "503 Service Unavailable"
        payload = json.dumps(report).encode()
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(payload)}\r\n\r\n"
        )
        connection.sendall(head.encode() + payload)
        if "exit" in parameters:
            os._exit(int(parameters["exit"]))
        return headers.get("connection", "").lower() != "close"


def send_message(connection: socket.socket, opcode: int, payload: bytes) -> None:
    """Send a WebSocket frame (RFC 6455, section 5.2)."""
    length = len(payload)
    if length < 126:
        size = bytes([length])
    elif length < 65536:
        size = b"\x7e" + length.to_bytes(2, "big")
    else:
        size = b"\x7f" + length.to_bytes(8, "big")
    connection.sendall(bytes([0x80 | opcode]) + size + payload)


def echo(connection: socket.socket, file: BufferedReader) -> None:
    """Send each frame back, the last one too, which closes the connection."""
    while header := file.read(2):
        opcode, length = header[0] & 0x0F, header[1] & 0x7F
        if length == 126:
            length = int.from_bytes(file.read(2), "big")
        elif length == 127:
            length = int.from_bytes(file.read(8), "big")
        mask = file.read(4)
        payload = bytes(
            byte ^ key for byte, key in zip(file.read(length), itertools.cycle(mask), strict=False)
        )
        send_message(connection, opcode, payload)
        if opcode == 8:
            return


if __name__ == "__main__":
    Reporter(sys.argv[1], sys.argv[2:]).run()
