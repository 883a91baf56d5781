"""All processes of an app end with it and with Jupyter, contract section 7, whatever they do."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import psutil
import pytest
from support.processes import (
    BENCH,
    bench,
    eventually,
    failing,
    find_by_variable,
    has_ended,
    running,
    send,
)
from support.wait import wait_until

from jupyter_porthole.processes import all_processes, app_process, guardian_process, pauses

#: A child in a session of its own, a daemon (without a parent, too), both with a child.
FAMILY = """
def nap():
    fork(lambda: time.sleep(60))
    time.sleep(60)

def child():
    os.setsid()
    nap()

def daemon():
    os.setsid()
    fork(nap)

fork(nap)
fork(child)
fork(daemon)
"""
#: The app, three sleepers with a child each; the one that began the daemon has ended.
MEMBERS = 7

DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"


async def _with_family(apps, code: str = "", name: str = "app"):  # type: ignore[no-untyped-def]
    app = await running(apps.add(code + FAMILY + "serve()", name=name))
    await eventually(lambda: len(apps.members()) == MEMBERS, "all of the family live")
    return app


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a stop wait long before it kills."""
    assert app_process.STOP_PATIENCE == 5
    monkeypatch.setattr(app_process, "STOP_PATIENCE", 60)


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the end take as long as the machine wants."""
    assert (all_processes.CLOSE_PATIENCE, all_processes.CLOSE_LIMIT) == (1, 1.8)
    monkeypatch.setattr(all_processes, "CLOSE_LIMIT", 60)


@pytest.mark.usefixtures("patient")
def test_stop_ends_the_whole_family(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await _with_family(apps)
            started = time.monotonic()
            await app.stop()
            assert not apps.members()
            # All heeded SIGTERM.
            assert time.monotonic() - started < 60

    asyncio.run(scenario())


def test_the_family_of_an_app_that_crashes_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it is started again, however short the pause: they may hold its port."""
    monkeypatch.setattr(pauses, "FIRST", 0)

    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await _with_family(apps)
            first = set(apps.members())
            send(app, signal.SIGKILL)
            await apps.until("failed")
            await apps.until("starting")
            assert not first & set(apps.members())

    asyncio.run(scenario())


@pytest.mark.usefixtures("unhurried")
def test_the_end_ends_all_families_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            await _with_family(apps)
            several = [apps.add(DEAF + "serve()", name=str(number)) for number in range(5)]
            await asyncio.gather(*map(running, several))
            started = time.monotonic()
            await apps.processes.close()
            # A second for all that ignore SIGTERM, not for each.
            assert 1 <= time.monotonic() - started < len(several)
            assert not apps.members()

    asyncio.run(scenario())


@pytest.mark.usefixtures("patient", "unhurried")
def test_the_end_does_not_wait_for_a_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(all_processes, "CLOSE_PATIENCE", 0.2)

    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await running(apps.add(DEAF + "serve()"))
            stopping = asyncio.create_task(app.stop())
            await apps.until("stopping")
            started = time.monotonic()
            await apps.processes.close()
            assert time.monotonic() - started < 60
            assert not apps.members()
            await stopping
            assert app.state == "stopped"

    asyncio.run(scenario())


def test_what_ignores_sigterm_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_process, "STOP_PATIENCE", 0.3)

    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await running(apps.add(DEAF + "fork(lambda: time.sleep(60)); serve()"))
            started = time.monotonic()
            await app.stop()
            assert time.monotonic() - started >= 0.3
            assert not apps.members()

    asyncio.run(scenario())


@pytest.mark.usefixtures("patient")
def test_what_is_stopped_is_ended(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await running(apps.add("serve()"))
            send(app, signal.SIGSTOP)
            started = time.monotonic()
            await app.stop()
            assert time.monotonic() - started < 60

    asyncio.run(scenario())


def test_a_daemon_that_clears_the_marker_survives(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            code = """
def daemon():
    os.setsid()
    del os.environ["JUPYTER_PORTHOLE_APP"]
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(60)"])

fork(daemon)
serve()
"""
            app = await running(apps.add(code))

            def daemons() -> list[psutil.Process]:
                """Return it once only the app lives besides."""
                others = [each for each in apps.members() if each.pid != app.pid]
                return others if [_command(each)[1:2] for each in others] == [["-c"]] else []

            (daemon,) = await eventually(daemons, "the daemon lives, its parent has ended")
            await app.stop()
            assert apps.members() == [daemon]
            daemon.kill()
            await eventually(lambda: not apps.members(), "it is gone")

    asyncio.run(scenario())


def test_markers_add_up(tmp_path: Path) -> None:
    """The apps of a Jupyter that is an app itself belong to both."""

    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            code = "print(os.environ['JUPYTER_PORTHOLE_APP'], flush=True); serve()"

            async def prepare(place):  # type: ignore[no-untyped-def]
                launch = apps.launch(code, place)
                launch.environment["JUPYTER_PORTHOLE_APP"] = "outer"
                return launch

            app = await running(apps.add_prepared(prepare))
            (line,) = app.output.tail_lines(1)
            outer, inner = line.split()
            assert (outer, len(inner)) == ("outer", 32)

    asyncio.run(scenario())


def test_another_apps_processes_live_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            first, second = apps.add("serve()", name="first"), apps.add("serve()", name="second")
            await asyncio.gather(running(first), running(second))
            await first.stop()
            assert [process.pid for process in apps.members()] == [second.pid]
            assert second.state == "running"

    asyncio.run(scenario())


def _command(process: psutil.Process) -> list[str]:
    """Return its command; without its end, and right before it, it is empty."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _guardians(jupyter: int | None = None) -> list[psutil.Process]:
    """Return the living guardians of a Jupyter, by default of this process."""
    children = psutil.Process(jupyter).children()
    found = [child for child in children if "guardian_process" in " ".join(_command(child))]
    return [child for child in found if not has_ended(child)]


def _ignores(process: psutil.Process, number: int) -> bool:
    status = Path(f"/proc/{process.pid}/status").read_text()
    (mask,) = (line.split()[1] for line in status.splitlines() if line.startswith("SigIgn"))
    return bool(int(mask, 16) >> (number - 1) & 1)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it is told by /proc")
def test_a_guardian_lives_from_the_first_app_to_the_end(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            assert not _guardians()
            await running(apps.add("serve()"))
            await running(apps.add("serve()", name="other"))
            (guardian,) = _guardians()
            assert not {"HOME", BENCH, "JUPYTER_PORTHOLE_APP"} & guardian.environ().keys()
            # Who ends all of a session by a signal does not end it, once it is up.
            await eventually(lambda: _ignores(guardian, signal.SIGHUP), "it is up")
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                guardian.send_signal(number)
        assert not _guardians()
        assert "guardian" not in apps.log()

    asyncio.run(scenario())


class StandIn(NamedTuple):
    """A stand-in for a Jupyter that runs."""

    pid: int
    #: What its apps are known by.
    bench_id: str
    #: What it prints.
    lines: IO[bytes]


@contextlib.contextmanager
def _stand_in(folder: Path, code: str, *, forks: bool = False) -> Iterator[StandIn]:
    """Run a stand-in for a Jupyter."""
    folder.mkdir()
    script = Path(__file__).parent / "support" / "stand_in.py"
    process = subprocess.Popen(
        [sys.executable, str(script), str(folder), code, "forks" if forks else ""],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    children: list[psutil.Process] = []
    try:
        bench_id = process.stdout.readline().decode().strip()
        assert bench_id
        children = psutil.Process(process.pid).children()
        yield StandIn(process.pid, bench_id, process.stdout)
    finally:
        # With its children of its own.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        for child in children:
            with contextlib.suppress(psutil.Error):
                child.kill()


@pytest.mark.parametrize(("deaf", "forks"), [("", False), (DEAF, False), ("", True)])
def test_all_families_end_with_a_killed_jupyter(tmp_path: Path, deaf: str, forks: bool) -> None:
    """Even if children of its own keep the guardian's pipe open."""
    # All this within two seconds, with half a second to look for them and kill them.
    assert guardian_process.LOOK_INTERVAL + guardian_process.PATIENCE <= 1.5
    with _stand_in(tmp_path / "j", deaf + FAMILY + "serve()", forks=forks) as jupyter:
        wait_until(
            lambda: len(find_by_variable(BENCH, jupyter.bench_id)) == MEMBERS,
            "all of the family live",
        )
        (guardian,) = _guardians(jupyter.pid)
        os.kill(jupyter.pid, signal.SIGKILL)
        wait_until(lambda: not find_by_variable(BENCH, jupyter.bench_id), "all are gone")
        wait_until(lambda: has_ended(guardian), "the guardian has ended")


def test_a_killed_guardian_is_replaced(tmp_path: Path) -> None:
    """And the other one knows what is to be guarded."""
    with _stand_in(tmp_path / "j", FAMILY + "serve()") as jupyter:
        (first,) = _guardians(jupyter.pid)
        first.kill()
        second = psutil.Process(int(jupyter.lines.readline()))
        assert _guardians(jupyter.pid) == [second]
        os.kill(jupyter.pid, signal.SIGKILL)
        wait_until(lambda: not find_by_variable(BENCH, jupyter.bench_id), "all are gone")
        wait_until(lambda: has_ended(second), "the guardian has ended")


def test_a_start_right_before_the_kill_is_guarded(tmp_path: Path) -> None:
    """Its marker is told before it starts."""
    code = "os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)"
    folder = tmp_path / "j"
    folder.mkdir()
    script = Path(__file__).parent / "support" / "stand_in.py"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environment["WITNESS"] = witness = f"witness-{os.getpid()}-{time.monotonic()}"
    ended = subprocess.run(
        [sys.executable, str(script), str(folder), code, ""], env=environment, timeout=30
    )
    assert ended.returncode == -signal.SIGKILL
    wait_until(lambda: not find_by_variable("WITNESS", witness), "nothing is left")


def test_processes_of_a_failed_start_end(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            await failing(apps.add(FAMILY + "time.sleep(0.2); sys.exit(1)"))
            await eventually(lambda: not apps.members(), "the family is gone")

    asyncio.run(scenario())
