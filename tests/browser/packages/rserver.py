"""Stands in for RStudio Server's `rserver`, which no package index has.

It insists on the arguments that jupyter-rsession-proxy 2.5.1 passes, and behaves as the real one
does without a login: it redirects to an address of its own with a port, gives out cookies for its
path, and takes calls only with the token of one of them.
"""

from __future__ import annotations

import html
import json
import os
import re
import socketserver
import sys
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler
from pathlib import Path

FLAGS = (
    "auth-none",
    "database-config-file",
    "rsession-which-r",
    "secure-cookie-key-file",
    "server-data-dir",
    "server-user",
    "www-frame-origin",
    "www-port",
    "www-root-path",
    "www-socket",
    "www-thread-pool-size",
    "www-verify-user-agent",
)
TOKEN = "c5rf"

PAGE = """<!doctype html>
<title>RStudio</title>
<p id="cookies">{cookies}</p>
<p id="session">starting</p>
<script>
fetch("rpc/client_init", {{
  method: "POST",
  headers: {{ "X-CSRF-Token": "{token}" }},
  body: JSON.stringify({{ method: "client_init" }})
}})
  .then(response => response.json())
  .then(answer => {{
    document.getElementById("session").textContent = answer.result;
  }});
</script>
"""


def demand(condition: object, what: str) -> None:
    """End with a message unless a condition holds."""
    if not condition:
        sys.exit(f"rserver: {what}")


def read_arguments(arguments: list[str]) -> dict[str, str]:
    """Return the values of the flags, if they make sense."""
    values = dict(argument.removeprefix("--").split("=", 1) for argument in arguments)
    unknown = set(values) - set(FLAGS)
    demand(not unknown, f"unknown: {unknown}")
    demand("{" not in " ".join(arguments), f"a template has been left: {arguments}")
    demand(values.get("auth-none") == "1", "auth-none")
    root = values.get("www-root-path", "")
    demand(re.fullmatch(r"/.*/rstudio/", root), f"www-root-path: {root}")
    demand(Path(values["server-data-dir"]).is_dir(), "server-data-dir")
    database = Path(values["database-config-file"]).read_text(encoding="utf-8")
    demand("provider=sqlite" in database, f"database-config-file: {database}")
    demand(os.environ.get("USER") == values["server-user"], "USER in the environment")
    demand(values.get("www-socket") and "www-port" not in values, "www-socket alone")
    return values


class Handler(BaseHTTPRequestHandler):
    """Answers as RStudio's server does."""

    protocol_version = "HTTP/1.1"
    root: str
    user: str

    def do_GET(self) -> None:
        """Send to the login or to the page, or show the page."""
        path = self.path.partition("?")[0]
        if path == "/auth-sign-in":
            where = f"path={self.root.rstrip('/')}; HttpOnly; SameSite=Lax"
            self._redirect(
                self.root, [f"user-id={self.user}|x|y; {where}", f"csrf-token={TOKEN}; {where}"]
            )
        elif path != "/":
            self._answer(404, b"not found")
        elif not self._cookies().get("user-id", "").startswith(f"{self.user}|"):
            self._redirect(f"{self.root}auth-sign-in?appUri={self.root}")
        else:
            names = html.escape(" ".join(sorted(self._cookies())))
            page = PAGE.format(cookies=names, token=TOKEN)
            self._answer(200, page.encode(), [("Content-Type", "text/html")])

    def do_POST(self) -> None:
        """Take a call."""
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        token = self._cookies().get("csrf-token")
        if self.path != "/rpc/client_init" or token != self.headers.get("X-CSRF-Token"):
            self._answer(401, b"{}")
            return
        answer = json.dumps({"result": f"{call['method']} of {self.user}"})
        self._answer(200, answer.encode(), [("Content-Type", "application/json")])

    def address_string(self) -> str:
        """Return who asks: there are no addresses on Unix sockets."""
        return "proxy"

    def _cookies(self) -> dict[str, str]:
        cookies = SimpleCookie(self.headers.get("Cookie", ""))
        return {name: morsel.value for name, morsel in cookies.items()}

    def _redirect(self, path: str, cookies: list[str] | None = None) -> None:
        headers = [("Set-Cookie", cookie) for cookie in cookies or []]
        self._answer(302, b"", [("Location", f"http://localhost:8787{path}"), *headers])

    def _answer(self, status: int, body: bytes, headers: list[tuple[str, str]] | None = None):
        self.send_response(status)
        for name, value in headers or []:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Listens on a Unix socket."""

    daemon_threads = True


def main() -> None:
    """Serve until the end, or tell which flags there are."""
    if "--help" in sys.argv:
        print("\n".join(f"--{flag} arg" for flag in FLAGS))
        return
    values = read_arguments(sys.argv[1:])
    Handler.root = values["www-root-path"]
    Handler.user = values["server-user"]
    with Server(values["www-socket"], Handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
