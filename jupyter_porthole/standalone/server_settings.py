"""What is said about the server in front of the app, on the command line and in files."""

from __future__ import annotations

import os
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from traitlets import Bool, Float, Int, Unicode, default, validate
from traitlets.config import Configurable

from .tls import Certificates


class ServerSettings(Configurable):
    """The server. A hub says most of it, by variables of the environment."""

    base_url = Unicode(
        help="""Where the app is seen; all else is answered by 404. If not given:
        $JUPYTERHUB_SERVICE_PREFIX, or /.""",
    ).tag(config=True)

    address = Unicode(
        help="""The address to listen on; empty for all. If not given: that of
        $JUPYTERHUB_SERVICE_URL, or 127.0.0.1.""",
    ).tag(config=True)

    port = Int(
        min=0,
        max=65535,
        help="""The port to listen on; 0 for a free one. If not given: that of
        $JUPYTERHUB_SERVICE_URL, or 8888.""",
    ).tag(config=True)

    server_port = Int(
        0, min=0, max=65535, help="""The port of the app itself; 0 for a free one."""
    ).tag(config=True)

    no_authentication = Bool(
        False,
        help="""Let everyone in. Who can connect can use the app, with all that it can do on
        this machine.""",
    ).tag(config=True)

    activity_interval = Float(
        300.0,
        help="""How often JupyterHub is told when the app was last in use, in seconds; 0: never.
        $JUPYTERHUB_ACTIVITY_URL says where.""",
    ).tag(config=True)

    websocket_max_message_size = Int(
        None,
        allow_none=True,
        help="""Has no effect: WebSocket messages are passed on without being read, so they may
        have any size. Accepted because `jupyter standaloneproxy` has it.""",
    ).tag(config=True)

    certfile = Unicode(
        help="""A file in PEM with the certificate, to speak TLS. If not given:
        $JUPYTERHUB_SSL_CERTFILE.""",
    ).tag(config=True)

    keyfile = Unicode(
        help="""A file in PEM with the certificate's key. If not given:
        $JUPYTERHUB_SSL_KEYFILE.""",
    ).tag(config=True)

    client_ca = Unicode(
        help="""A file in PEM with who signs the certificates of clients, which must show one
        then. If not given: $JUPYTERHUB_SSL_CLIENT_CA.""",
    ).tag(config=True)

    trust_xheaders = Bool(
        help="""Whether a proxy in front sets X-Forwarded-For and the like, so that they are
        believed. If not given: whether a JupyterHub has started this.""",
    ).tag(config=True)

    allow_remote_access = Bool(
        help="""Whether any Host is accepted, or only names of this machine: another site can
        have its own name lead to here. If not given: yes, unless this listens on loopback only
        and no JupyterHub has started it.""",
    ).tag(config=True)

    node = Unicode(
        "",
        help="""The Node to run the sidecar with, 22.22.2 or newer. Empty: the one that was
        installed with jupyter-porthole.""",
    ).tag(config=True)

    grant_ttl = Float(
        5.0,
        min=0,
        help="""How long the answer to the question whether somebody may enter is remembered, in
        seconds.""",
    ).tag(config=True)

    response_timeout = Float(
        0.0,
        min=0,
        help="""How long the app may take until its answer begins, in seconds. 0: as long as it
        likes.""",
    ).tag(config=True)

    @property
    def certificates(self) -> Certificates:
        """The files of TLS."""
        return Certificates(self.certfile, self.keyfile, self.client_ca)

    @default("base_url")
    def _base_url_default(self) -> str:
        return _as_root(os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "/"))

    @validate("base_url")
    def _without_last_slash(self, proposal: Any) -> str:
        return _as_root(proposal["value"])

    @default("address")
    def _address_default(self) -> str:
        url = _service_url()
        if url is None:
            return "127.0.0.1"
        # As `jupyterhub-singleuser` reads it: no host means all addresses.
        return "" if url.hostname in (None, "*") else url.hostname

    @default("port")
    def _port_default(self) -> int:
        url = _service_url()
        if url is None:
            return 8888
        return url.port or {"http": 80, "https": 443}.get(url.scheme, 8888)

    @default("certfile")
    def _certfile_default(self) -> str:
        return os.environ.get("JUPYTERHUB_SSL_CERTFILE", "")

    @default("keyfile")
    def _keyfile_default(self) -> str:
        return os.environ.get("JUPYTERHUB_SSL_KEYFILE", "")

    @default("client_ca")
    def _client_ca_default(self) -> str:
        return os.environ.get("JUPYTERHUB_SSL_CLIENT_CA", "")

    @default("trust_xheaders")
    def _trust_xheaders_default(self) -> bool:
        return _service_url() is not None

    @default("allow_remote_access")
    def _allow_remote_access_default(self) -> bool:
        return _service_url() is not None or not _is_loopback(self.address)


def _as_root(path: str) -> str:
    """Return a path as it stands in addresses, without the last slash."""
    inner = quote(path.strip("/"), safe="/%!$&'()*+,;=:@-._~")
    return f"/{inner}" if inner else ""


def _service_url() -> SplitResult | None:
    """Return where the hub that has started us wants us to listen, if one has."""
    url = os.environ.get("JUPYTERHUB_SERVICE_URL")
    return urlsplit(url) if url else None


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
