"""Programs that are taken for known apps, because of their names and arguments."""

from __future__ import annotations

import sys
from pathlib import Path

#: Answers below its own prefix only, by the path that it got.
SOURCE = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

options = dict(each.lstrip("-").split("=", 1) for each in sys.argv if "=" in each)
prefix = options.get("prefix", "")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        is_known = self.path.startswith(f"{prefix}/")
        body = self.path.encode()
        self.send_response(200 if is_known else 404)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET


ThreadingHTTPServer(("127.0.0.1", int(options["port"])), Handler).serve_forever()
"""


def posing_as(name: str, folder: Path, port: int, *arguments: str) -> list[str]:
    """Write such a program, and return its command line.

    :param arguments: `--prefix=/x` has it answer there only; the others are for show.
    """
    program = folder / name
    program.write_text(SOURCE)
    return [sys.executable, str(program), *arguments, f"--port={port}"]
