"""Linux's own word on listening sockets, by netlink: sock_diag(7).

It looks at the listening ones only. The tables in /proc name all connections, too: with
some ten thousand of them (a busy server leaves as many behind for a minute) one look
takes 50 ms.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from typing import NamedTuple

# From the headers linux/netlink.h, linux/sock_diag.h, linux/inet_diag.h and net/tcp_states.h.
NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLMSG_ERROR = 2
NLMSG_DONE = 3
NLM_F_REQUEST = 0x001
NLM_F_DUMP = 0x300
TCP_LISTEN = 10

#: `struct nlmsghdr`: length, type, flags, sequence, port.
HEADER = struct.Struct("=IHHII")

#: `struct inet_diag_req_v2`: family, protocol, extensions, states, then the address that is
#: looked for, of which only the local port is told.
REQUEST = struct.Struct("=BBBxI2s46x")

#: `struct inet_diag_msg`: family, local port (in network order) and address, user id, inode.
LISTENER = struct.Struct("=B3x2s2x16s40xII")

#: How long an answer may take, in seconds. The kernel has it ready; a sandbox may swallow
#: the question.
PATIENCE = 1.0

#: How much is read at a time, in bytes; the kernel sends at most 32 KiB at once.
CHUNK = 64 * 1024


class ListeningSocket(NamedTuple):
    """A TCP socket that listens."""

    address: str
    port: int
    #: Whose it is: the user id.
    uid: int
    #: What it is known by among the descriptors of its processes, as long as it is open.
    inode: int


def find_listeners(port: int) -> Iterator[ListeningSocket]:
    """Yield each TCP socket that listens on a port.

    :param port: 0 for all ports.
    :raises OSError: where the kernel doesn't answer such questions.
    """
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG) as kernel:
        kernel.settimeout(PATIENCE)
        for family in (socket.AF_INET, socket.AF_INET6):
            size = HEADER.size + REQUEST.size
            header = HEADER.pack(size, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 0, 0)
            states = 1 << TCP_LISTEN
            sport = struct.pack("!H", port)
            kernel.send(header + REQUEST.pack(family, socket.IPPROTO_TCP, 0, states, sport))
            for payload in _answers(kernel):
                found, local, address, uid, inode = LISTENER.unpack_from(payload)
                length = 4 if found == socket.AF_INET else 16
                yield ListeningSocket(
                    socket.inet_ntop(found, address[:length]),
                    int.from_bytes(local, "big"),
                    uid,
                    inode,
                )


def _answers(kernel: socket.socket) -> Iterator[bytes]:
    while True:
        data = kernel.recv(CHUNK)
        while data:
            length, kind, *_ = HEADER.unpack_from(data)
            payload = data[HEADER.size : length]
            if kind == NLMSG_DONE:
                return
            if kind == NLMSG_ERROR:
                (error,) = struct.unpack_from("=i", payload)
                raise OSError(-error, "The kernel doesn't tell who listens.")
            yield payload
            # Messages begin at multiples of four bytes.
            data = data[(length + 3) & ~3 :]
