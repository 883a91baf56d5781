"""What the demo says in the terminal."""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import urlencode

from .processes import Child


def say(text: str) -> None:
    """Print at once, also where the output is a file or a pipe."""
    print(text, flush=True)


def complain(text: str) -> None:
    """Print to the error output."""
    print(text, file=sys.stderr, flush=True)


def tell_other_port(name: str, given: int | None, default: int, port: int) -> None:
    """Say so if the app called `name` could not have its usual port."""
    if given is None and port != default:
        say(f"Port {default} is in use: the {name} takes {port}.")


def address_block(server: dict[str, Any], base_url: str, site_port: int, service_port: int) -> str:
    """Return where to look; `server` is what Jupyter says about itself."""
    query = "?" + urlencode({"token": server["token"]}) if server["token"] else ""
    jupyter = f"http://127.0.0.1:{server['port']}{base_url}"
    return (
        f"\nOpen in a browser:\n\n    {jupyter}lab{query}\n\n"
        'There: the two tiles under "Web Apps" in the launcher, or Welcome.ipynb.\n'
        "Behind it, on 127.0.0.1 only:\n"
        f"    static site      port {site_port}   {jupyter}proxy/{site_port}/\n"
        f"    FastAPI service  port {service_port}   {jupyter}proxy/{service_port}/\n\n"
        "Stop with Ctrl-C."
    )


def failure(child: Child, what: str) -> str:
    """Return a sentence about `child` and its last output."""
    output = "\n".join(f"    {line}" for line in child.last_lines()) or "    (none)"
    return f"{child.name[0].upper()}{child.name[1:]} {what}. Its last output:\n{output}"
