"""Node's IPC channel, spoken from Python.

Node's side is opened by `process.on('message')` in a process that finds the number of its
end of a socket pair in `NODE_CHANNEL_FD`. Messages are lines of JSON; those whose `cmd`
begins with `NODE_` are Node's own (lib/internal/child_process.js in Node's source).
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: Messages as both sides send them: JSON objects.
Message = dict[str, Any]

#: How much is read at a time, in bytes.
CHUNK = 64 * 1024

#: How many sockets may be on their way at a time: the kernel counts them as open files
#: of this user. Further ones wait here.
MOST_IN_FLIGHT = 128


#: How a line ends, and how it ends when its socket can't be sent: of two members with
#: one name the last one counts, and Node leaves commands that are not its own to us.
LINE_END = b"}\n"
CANCELLATION = b',"cmd":"cancelled"}\n'


@dataclass
class Passage:
    """A socket on its way to the other process."""

    socket: socket.socket
    message: Message
    #: Called once: with ``True`` when the other process has the socket, with ``False`` when
    #: it never will. In between it may be neither read, written nor closed.
    done: Callable[[bool], None]


class Channel:
    """One end of the channel to a Node process."""

    def __init__(
        self, end: socket.socket, receive: Callable[[Message], None], ended: Callable[[], None]
    ) -> None:
        """Serve one end of a socket pair.

        :param receive: called with each message.
        :param ended: called when the other end is gone, unless this one was closed first.
        """
        self._end = end
        self._receive = receive
        self._ended = ended
        self._unread = b""
        #: What is still to be sent, in order: bytes, and a socket that goes with their last one.
        self._unsent: deque[tuple[bytes, Passage | None]] = deque()
        #: Those that wait for the other process's word, which comes in their order.
        self._in_flight: deque[Passage] = deque()
        self._waiting: deque[Passage] = deque()
        self._is_open = True
        self._is_blocked = False
        self._loop = asyncio.get_running_loop()
        end.setblocking(False)
        self._loop.add_reader(end, self._read)

    def send(self, message: Message) -> None:
        """Send a message; nothing happens if the other end is gone."""
        if self._is_open:
            self._put(_line(message), None)

    def send_socket(self, passage: Passage) -> None:
        """Pass a connected socket on, with a message that goes with it."""
        if not self._is_open:
            passage.done(False)
        elif len(self._in_flight) < MOST_IN_FLIGHT:
            self._launch(passage)
        else:
            self._waiting.append(passage)

    @property
    def load(self) -> int:
        """How many sockets are on their way."""
        return len(self._in_flight) + len(self._waiting)

    def close(self) -> None:
        """Close this end, which makes the other process end."""
        if not self._is_open:
            return
        self._is_open = False
        self._loop.remove_reader(self._end)
        self._loop.remove_writer(self._end)
        self._end.close()
        self._unsent.clear()
        stranded = [*self._in_flight, *self._waiting]
        self._in_flight.clear()
        self._waiting.clear()
        for passage in stranded:
            self._tell(passage.done, False)

    # Sending

    def _launch(self, passage: Passage) -> None:
        self._in_flight.append(passage)
        line = _line({"cmd": "NODE_HANDLE", "type": "net.Socket", "msg": passage.message})
        # Node takes the socket that came last for the line that ends next. With the last
        # bytes, it comes when its line is whole, however the line is cut.
        self._put(line[: -len(LINE_END)], None)
        self._put(LINE_END, passage)

    def _put(self, data: bytes, passage: Passage | None) -> None:
        self._unsent.append((data, passage))
        if not self._is_blocked:
            self._write()

    def _write(self) -> None:
        while self._unsent:
            data, passage = self._unsent[0]
            try:
                sent = self._send_now(data, passage)
            except BlockingIOError:
                self._wait_for_room(True)
                return
            except ConnectionError:
                # The other end is gone. What it has said before is still to be read.
                self._unsent.clear()
                break
            except OSError:
                if passage is None:
                    raise
                # The kernel refuses the socket (ETOOMANYREFS in unix(7)). Node must not take
                # the line for that of a socket: it would give it the next one that comes.
                self._unsent[0] = (CANCELLATION, None)
                self._in_flight.remove(passage)
                self._loop.call_soon(self._tell, passage.done, False)
                continue
            if sent < len(data):
                self._unsent[0] = (data[sent:], None)
            else:
                self._unsent.popleft()
        self._wait_for_room(False)

    def _wait_for_room(self, is_blocked: bool) -> None:
        if is_blocked and not self._is_blocked:
            self._loop.add_writer(self._end, self._write)
        elif self._is_blocked and not is_blocked:
            self._loop.remove_writer(self._end)
        self._is_blocked = is_blocked

    def _send_now(self, data: bytes, passage: Passage | None) -> int:
        if passage is None:
            return self._end.send(data)
        return socket.send_fds(self._end, [data], [passage.socket.fileno()])

    # Receiving

    def _read(self) -> None:
        try:
            data = self._end.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            self._ended()
            return
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if not isinstance(message, dict):
                continue
            kind = message.get("cmd")
            if kind is None:
                self._tell(self._receive, message)
            elif kind in ("NODE_HANDLE_ACK", "NODE_HANDLE_NACK"):
                self._land(kind == "NODE_HANDLE_ACK")

    def _land(self, is_taken: bool) -> None:
        # Empty if this end was closed by what the lines before have brought about.
        if self._in_flight:
            self._tell(self._in_flight.popleft().done, is_taken)
        if self._waiting:
            self._launch(self._waiting.popleft())

    def _tell(self, callback: Callable[[Any], None], news: Any) -> None:
        """Call back. An error there must not keep the next ones from hearing."""
        try:
            callback(news)
        except Exception as error:
            self._loop.call_exception_handler(
                {"message": "Error in a callback of the sidecar's channel", "exception": error}
            )


def _line(message: Message) -> bytes:
    return json.dumps(message).encode() + b"\n"
