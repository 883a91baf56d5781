"""An app whose start takes until a file is there: `slow_start.py PORT FILE`."""

from __future__ import annotations

import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGE = """<!DOCTYPE html>
<title>Slow app</title>
<h1>The slow app at {path}</h1>
<a href="below/page?x=1">The page below</a>
"""


class Handler(BaseHTTPRequestHandler):
    """Answers every path with its name."""

    def do_GET(self) -> None:
        """Answer."""
        body = PAGE.format(path=self.path).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


port, file = int(sys.argv[1]), Path(sys.argv[2])
print("Loading the model <1 of 2>", flush=True)
while not file.exists():
    time.sleep(0.05)
    if file.with_suffix(".more").exists():
        print("Still loading", flush=True)
        file.with_suffix(".more").unlink()
ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
