"""Fixtures of all tests of the server extension."""

from __future__ import annotations

import copy
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from support.app import App, serving
from support.jupyter import Jupyter, running
from support.named import NO_PAGES

#: The ways from a client to the sidecar: through the door, from a connection that Tornado
#: has served before, and relayed, because that is configured or because Jupyter speaks TLS.
#: A Unix socket is passed on like one of TCP.
WAYS = ("door", "late", "relay", "tls", "unix")

# A shell that starts the tests in the background has them ignore Ctrl-C, and so would every
# Jupyter that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a certificate for 127.0.0.1 that nobody knows, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    leaf.private_key_pem.write_to_path(str(key))
    for blob in leaf.cert_chain_pems:
        blob.write_to_path(str(certificate), append=True)
    return certificate, key


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """Return a Jupyter on TCP with defaults, shared by all tests that leave it as it is."""
    with running(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="session")
def relay_jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """Return one that is configured to relay."""
    config = NO_PAGES | {"Porthole": {"handover": "relay"}}
    with running(tmp_path_factory.mktemp("j"), config=config) as server:
        yield server


@pytest.fixture(scope="session")
def tls_jupyter(
    tmp_path_factory: pytest.TempPathFactory, certificate: tuple[Path, Path]
) -> Iterator[Jupyter]:
    """Return one that speaks TLS."""
    with running(tmp_path_factory.mktemp("j"), certificate=certificate, config=NO_PAGES) as server:
        yield server


@pytest.fixture(scope="session")
def unix_jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """Return one that listens on a Unix socket."""
    folder = tmp_path_factory.mktemp("j")
    with running(folder, unix_socket=folder / "s", config=NO_PAGES) as server:
        yield server


@pytest.fixture(params=WAYS)
def any_jupyter(request: pytest.FixtureRequest) -> Jupyter:
    """Return one Jupyter for each way from its clients to the sidecar.

    Each is started when it is first asked for and runs to the end, so that tests may run in
    any order, file by file.
    """
    if request.param in ("door", "late"):
        server = copy.copy(request.getfixturevalue("jupyter"))
        server.serves_first = request.param == "late"
        return server
    return request.getfixturevalue(f"{request.param}_jupyter")


@pytest.fixture
def app() -> Iterator[App]:
    """Return an app on a free port that records its requests."""
    with serving() as app:
        app.record()
        yield app


@pytest.fixture(scope="module")
def backend() -> Iterator[App]:
    """Return the app that all names of a module lead to; somebody else runs it."""
    with serving() as app:
        yield app


@pytest.fixture
def recorded(backend: App) -> App:
    """Return that app with a new record."""
    backend.requests.clear()
    backend.record()
    return backend
