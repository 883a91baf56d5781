"""Ask a server on this machine whether it answers."""

from __future__ import annotations

import http.client


def answers(port: int, path: str, token: str = "") -> bool:
    """Tell whether GET `path` on 127.0.0.1 gives 200, with Jupyter's token if one is given."""
    headers = {"Authorization": f"token {token}"} if token else {}
    # No urllib: it would send this to the proxy that the environment may name.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
