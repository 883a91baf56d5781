"""The life of an app's process: design section "Apps", contract sections 5 and 7."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.processes import (
    ENDS_WHEN_TOLD,
    Clock,
    ask,
    bench,
    end_when_ready,
    eventually,
    failing,
    running,
    send,
    time_out_when,
)

from jupyter_porthole.processes import AppProcess, Launch, LaunchError, app_process, pauses, run
from jupyter_porthole.processes.pauses import Pauses
from jupyter_porthole.processes.places import Place


def test_two_wants_start_one_process(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = apps.add("serve()")
            before = time.time()
            app.want()
            app.want()
            assert await asyncio.gather(*(app.wait_ready(30) for _ in range(5))) == [True] * 5
            app.want()
            assert (app.state, apps.starts["app"]) == ("running", 1)
            assert [process.pid for process in apps.members()] == [app.pid]
            assert (await ask(app)).endswith(b"ok")
            assert app.started_at is not None
            assert before <= app.started_at <= time.time()
            assert apps.states() == ["starting", "running"]

    asyncio.run(scenario())


def test_nothing_starts_unasked(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = apps.add("serve()")
            assert not await app.wait_ready(5)
            assert (app.state, app.place, app.pid, apps.starts) == ("stopped", None, None, {})

    asyncio.run(scenario())


def test_waiting_ends_at_the_timeout(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = apps.add("time.sleep(60)")
            app.want()
            started = time.monotonic()
            assert not await app.wait_ready(0.2)
            assert time.monotonic() - started >= 0.2
            assert app.state == "starting"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("code", "message", "status"),
    [
        ("sys.exit(3)", "It ended with exit status 3.", 3),
        ("os.kill(os.getpid(), 15)", "It was ended by signal SIGTERM.", -15),
        ("pass", "It ended with exit status 0 before it was ready.", 0),
    ],
)
def test_an_exit_is_seen_at_once(tmp_path: Path, code: str, message: str, status: int) -> None:
    """Long before the timeout, with the last lines of its output, however it ends."""

    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            # The last line is written right before the end, without a line feed.
            prints = "for n in range(30): os.write(2, b'\\x1b[31mline %d\\x1b[0m\\n' % n)\n"
            app = apps.add(prints + "os.write(1, b'x' * 600)\n" + code)
            await failing(app)
            failure = app.failure
            assert failure is not None
            assert (failure.message, failure.exit_status) == (message, status)
            assert failure.lines == [*(f"line {n}" for n in range(11, 30)), "x" * 500]
            assert (app.place, app.pid) == (None, None)
            assert message in apps.log()
            assert "line 29" in apps.log()

    asyncio.run(scenario())


def test_what_is_never_ready_fails_at_the_timeout(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            started = time.monotonic()
            app = await failing(apps.add("time.sleep(60)", timeout=0.2))
            assert time.monotonic() - started >= 0.2
            assert app.failure is not None
            assert app.failure.message == "It was not ready within 0.2 s."
            await eventually(lambda: not apps.members(), "it is gone")

    asyncio.run(scenario())


def test_what_is_never_ready_is_ended_with_all_its_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = apps.add(
                "fork(lambda: time.sleep(60)); print('busy', flush=True); time.sleep(60)"
            )

            def has_child() -> bool:
                return len(apps.members()) == 2 and app.output.total > 0

            time_out_when(monkeypatch, has_child, "it has a child and has printed")
            await failing(app)
            assert app.failure is not None
            assert app.failure.message == "It was not ready within 60 s."
            assert (app.failure.exit_status, app.failure.lines) == (None, ["busy"])
            await eventually(lambda: not apps.members(), "both are gone")

    asyncio.run(scenario())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock that pauses and lives are measured by, but not slept by."""
    clock = Clock()
    monkeypatch.setattr(pauses, "time", clock)
    monkeypatch.setattr(app_process, "time", clock)
    return clock


def test_pauses_double_up_to_a_limit(clock: Clock) -> None:
    several = Pauses()
    assert several.seconds_left == 0
    for seconds in (0.5, 1, 2, 4, 8, 16, 30, 30):
        several.begin()
        assert several.seconds_left == seconds
        clock.now += seconds - 0.25
        assert several.seconds_left == 0.25
        clock.now += 0.25
        assert several.seconds_left == 0
    several.begin()
    several.reset()
    assert several.seconds_left == 0
    several.begin()
    assert several.seconds_left == 0.5


@pytest.mark.usefixtures("clock")
def test_a_crashed_app_is_started_again_after_growing_pauses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever requests come meanwhile."""
    monkeypatch.setattr(pauses, "FIRST", 0.0625)
    monkeypatch.setattr(pauses, "LONGEST", 0.25)

    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = apps.add(ENDS_WHEN_TOLD.format(status=7))
            app.on_change.append(end_when_ready)

            def want_it() -> bool:
                app.want()
                return app.restarts >= 4

            await eventually(want_it, "it was started four times more")
            assert apps.states()[:12] == ["starting", "running", "failed"] * 4
            ends = [change for change in apps.history["app"] if change.state == "failed"][:4]
            starts = [change for change in apps.history["app"] if change.state == "starting"]
            assert [end.pause for end in ends] == [0.0625, 0.125, 0.25, 0.25]
            for end, start in zip(ends, starts[1:5], strict=True):
                assert start.at - end.at >= end.pause

    asyncio.run(scenario())


def test_a_request_does_not_wait_for_a_long_pause_after_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(pauses, "FIRST", 60)

    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await running(apps.add(ENDS_WHEN_TOLD.format(status=7)))
            send(app, signal.SIGTERM)
            await apps.until("failed")
            app.want()
            started = time.monotonic()
            assert not await app.wait_ready(30)
            assert time.monotonic() - started < 30
            assert (app.state, apps.starts["app"]) == ("failed", 1)
            assert app.failure is not None
            assert app.failure.message == "It ended with exit status 7."
            # Nor is it a request that starts it when the pause is over.
            clock.now += 60
            app.want()
            assert (app.state, app.seconds_until_retry) == ("failed", 0)

    asyncio.run(scenario())


def test_a_request_waits_for_a_short_pause_after_a_crash(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await running(apps.add("serve()"))
            first = app.pid
            send(app, signal.SIGKILL)
            await apps.until("failed")
            assert await app.wait_ready(30)
            assert app.pid != first

    asyncio.run(scenario())


def test_pauses_are_short_again_after_a_long_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(pauses, "FIRST", 0.0625)

    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = apps.add(ENDS_WHEN_TOLD.format(status=7))
            app.want()
            for life, pause in ((0, 0.0625), (9.75, 0.125), (10, 0.0625), (0, 0.125)):
                await apps.until("running")
                clock.now += life
                send(app, signal.SIGTERM)
                await apps.until("failed")
                assert app.seconds_until_retry == pause

    asyncio.run(scenario())


def test_an_app_that_ends_well_waits_for_the_next_request(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await running(apps.add(ENDS_WHEN_TOLD.format(status=0)))
            send(app, signal.SIGTERM)
            await apps.until("stopped")
            assert (app.failure, app.place, app.pid) == (None, None, None)
            await running(app)
            assert (apps.starts["app"], app.restarts) == (2, 0)

    asyncio.run(scenario())


@pytest.mark.usefixtures("clock")
def test_an_app_that_shall_always_run_is_started_again_after_a_good_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pauses, "FIRST", 0.0625)

    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await running(apps.add(ENDS_WHEN_TOLD.format(status=0), restart="always"))
            send(app, signal.SIGTERM)
            await apps.until("failed")
            await apps.until("starting")
            assert app.restarts == 1
            failed, again = apps.history["app"][-2:]
            assert again.at - failed.at >= failed.pause == 0.0625

    asyncio.run(scenario())


def test_an_app_that_shall_never_restart_waits_for_the_next_request(
    tmp_path: Path, clock: Clock
) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await running(apps.add(ENDS_WHEN_TOLD.format(status=7), restart="never"))
            send(app, signal.SIGTERM)
            await apps.until("failed")
            assert app.failure is not None
            clock.now += app.seconds_until_retry
            await asyncio.sleep(0.2)
            assert (app.state, apps.starts["app"]) == ("failed", 1)
            await running(app)
            assert (apps.starts["app"], app.restarts) == (2, 0)

    asyncio.run(scenario())


def test_a_failed_start_is_tried_again_by_requests_after_growing_pauses(
    tmp_path: Path, clock: Clock
) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await failing(apps.add("sys.exit(1)"))
            for number, pause in enumerate((0.5, 1, 2), 1):
                assert (app.seconds_until_retry, apps.starts["app"]) == (pause, number)
                clock.now += pause - 0.25
                app.want()
                assert (app.state, app.seconds_until_retry) == ("failed", 0.25)
                assert app.failure is not None
                clock.now += 0.25
                await failing(app)
            assert (apps.starts["app"], app.restarts) == (4, 0)

    asyncio.run(scenario())


def test_a_failed_start_is_not_tried_again_unasked(tmp_path: Path, clock: Clock) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await failing(apps.add("sys.exit(1)", restart="always"))
            clock.now += app.seconds_until_retry
            await asyncio.sleep(0.2)
            assert (app.state, apps.starts["app"]) == ("failed", 1)

    asyncio.run(scenario())


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("code", ["sys.exit(1)", ENDS_WHEN_TOLD.format(status=7)])
def test_a_person_starts_it_during_a_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(pauses, "FIRST", 60)
    monkeypatch.setattr(pauses, "LONGEST", 120)

    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = apps.add(code)
            app.on_change.append(end_when_ready)
            app.want()
            await apps.until("failed")
            await app.start()
            assert (app.state, app.failure) == ("starting", None)
            await apps.until("failed")
            assert (apps.starts["app"], app.restarts) == (2, 0)
            # The pauses began anew.
            assert [each.pause for each in apps.history["app"] if each.pause] == [60, 60]

    asyncio.run(scenario())


def test_a_person_stops_and_restarts_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await running(apps.add("serve()"))
            first = app.pid
            restarting = asyncio.create_task(app.restart())
            await apps.until("stopping")
            # Whoever waits gets the new one.
            assert await app.wait_ready(30)
            await restarting
            assert app.pid != first
            await app.stop()
            assert (app.state, app.place, app.pid) == ("stopped", None, None)
            assert not apps.members()
            assert apps.states()[2:] == [
                *("stopping", "stopped", "starting", "running"),
                *("stopping", "stopped"),
            ]
            await running(app)

    asyncio.run(scenario())


def test_stop_outlives_its_caller(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await running(apps.add("serve()"))
            stopping = asyncio.create_task(app.stop())
            await apps.until("stopping")
            stopping.cancel()
            await apps.until("stopped")
            assert not apps.members()

    asyncio.run(scenario())


async def _prepare_slowly(_: Place) -> Launch:
    await asyncio.sleep(60)
    raise AssertionError


@pytest.mark.parametrize("way", ["stop", "close"])
@pytest.mark.parametrize("turns", [0, 2, 5, 50])
def test_it_ends_while_it_is_starting(tmp_path: Path, way: str, turns: int) -> None:
    """At whatever point of its start it is."""

    async def scenario() -> None:
        async def prepare_deafly(place: Place) -> Launch:
            """Swallow a cancellation, as `asyncio.wait_for` of Python before 3.12 may do."""
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
            return apps.launch("time.sleep(60)", place)

        async with bench(tmp_path) as apps:
            several = [
                apps.add("time.sleep(60)", name="alive"),
                apps.add_prepared(_prepare_slowly, "slow"),
                apps.add_prepared(prepare_deafly, "deaf"),
            ]
            for app in several:
                app.want()
            for _ in range(turns):
                await asyncio.sleep(0)
            started = time.monotonic()
            if way == "stop":
                await asyncio.gather(*(app.stop() for app in several))
            else:
                await apps.processes.close()
            # What nobody ends would take so long.
            assert time.monotonic() - started < 60
            assert [app.state for app in several] == ["stopped"] * 3
            assert not apps.members()
            # What was started late would show by now.
            await asyncio.sleep(0.05)
            assert not apps.members()

    asyncio.run(scenario())


def test_nothing_starts_after_the_end(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app, crashing = apps.add("serve()"), apps.add("sys.exit(1)", name="crashing")
            await running(app)
            await failing(crashing)
            await apps.processes.close()
            for each in (app, crashing):
                each.want()
                await each.start()
                await each.restart()
                assert each.state == "stopped"
            assert apps.starts == {"app": 1, "crashing": 1}

    asyncio.run(scenario())


def test_an_end_waits_until_the_event_loop_knows_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It complains of a process whose end it has not learnt of before its own."""
    waitpid = os.waitpid
    late: set[int | None] = set()
    known: list[int] = []

    def wait_longer(pid: int, options: int) -> tuple[int, int]:
        result = waitpid(pid, options)
        if pid in late:
            time.sleep(0.3)
            known.append(pid)
        return result

    monkeypatch.setattr(os, "waitpid", wait_longer)
    monkeypatch.setattr(run, "NOTICE_PATIENCE", 30)

    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            several = [apps.add("serve()", name=name) for name in ("stopped", "closed")]
            stopped, closed = await asyncio.gather(*map(running, several))
            order = [stopped.pid, closed.pid]
            late.update(order)
            await stopped.stop()
            assert known == order[:1]
            await apps.processes.close()
            assert known == order

    asyncio.run(scenario())


def test_changes_are_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = apps.add("serve()")
            told: list[tuple[str, bool]] = []

            def fail(_: AppProcess) -> None:
                raise RuntimeError("a broken callback")

            app.on_change.insert(0, fail)
            app.on_change.append(lambda app: told.append((app.state, app.place is not None)))
            await running(app)
            app.on_change.remove(fail)
            assert "callback" in apps.log()
            apps.records.clear()
            send(app, signal.SIGKILL)
            await apps.until("failed")
            assert list(dict.fromkeys(told)) == [
                ("starting", False),
                ("starting", True),
                ("running", True),
                ("failed", False),
            ]

    asyncio.run(scenario())


def test_jupyters_signal_handlers_stay(tmp_path: Path) -> None:
    def handlers() -> dict[int, Any]:
        return {number: signal.getsignal(number) for number in signal.valid_signals()}

    async def scenario() -> None:
        before = handlers()
        wakeup = signal.set_wakeup_fd(-1)
        signal.set_wakeup_fd(wakeup)
        async with bench(tmp_path) as apps:
            await running(apps.add("serve()"))
            assert handlers() == before
        assert handlers() == before
        assert signal.set_wakeup_fd(wakeup) == wakeup

    asyncio.run(scenario())


def test_it_gets_its_own_session_and_nothing_of_jupyters(tmp_path: Path) -> None:
    async def scenario() -> None:
        leaking, other = os.pipe()
        async with bench(tmp_path) as apps:
            await running(apps.add("serve()", name="other"))
            app = await running(
                apps.add(
                    "import stat\n"
                    "print(os.getsid(0) == os.getpid(), sys.stdin.read() == '')\n"
                    "print(sorted(os.listdir('/proc/self/fd'))[:-1])\n"
                    "print(os.stat(1).st_ino == os.stat(2).st_ino, os.getcwd(), flush=True)\n"
                    "serve()"
                )
            )
            assert app.output.tail_lines(3) == [
                "True True",
                "['0', '1', '2']",
                f"True {tmp_path.resolve()}",
            ]
        os.close(leaking)
        os.close(other)

    if sys.platform.startswith("linux"):
        asyncio.run(scenario())


def _launch(tmp_path: Path, command: list[Any], **changes: Any) -> Launch:
    fields = {"environment": {"PATH": os.defpath}, "cwd": str(tmp_path), **changes}
    return Launch(command, **fields)


@pytest.mark.parametrize(
    ("command", "changes", "message"),
    [
        (["no-such-program", "--token=secret"], {}, "Command not found: no-such-program"),
        (["./plain", "--token=secret"], {}, "Not executable: ./plain"),
        (["./orphan"], {}, "The interpreter that ./orphan asks for was not found."),
        (["./garbage"], {}, "./garbage can't be started: Exec format error."),
        (["true"], {"cwd": "/no/such/folder"}, "Folder not found: /no/such/folder"),
        ([], {}, "It has no command."),
        (["true", 1], {}, "Its command or environment is malformed: "),
        (["true", "\0"], {}, "Its command or environment is malformed: "),
        (["true"], {"environment": {"A=B": "secret"}}, "Its command or environment is malformed"),
    ],
)
@pytest.mark.usefixtures("clock")
def test_what_can_not_be_started_is_named(
    tmp_path: Path, command: list[Any], changes: dict[str, Any], message: str
) -> None:
    (tmp_path / "plain").write_text("")
    (tmp_path / "orphan").write_text("#!/no/such/interpreter\n")
    (tmp_path / "garbage").write_bytes(b"\x7fELF garbage")
    for name in ("orphan", "garbage"):
        (tmp_path / name).chmod(0o755)

    async def scenario() -> None:
        async def prepare(_: Place) -> Launch:
            return _launch(tmp_path, command, **changes)

        async with bench(tmp_path) as apps:
            app = await failing(apps.add_prepared(prepare))
            assert app.failure is not None
            assert app.failure.message.startswith(message)
            assert (app.failure.exit_status, app.failure.lines) == (None, [])
            assert "secret" not in apps.log()
            assert app.seconds_until_retry == 0.5

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (LaunchError("The template has no {field}."), "The template has no {field}."),
        (KeyError("x"), "Its start can't be prepared: KeyError: 'x'"),
        (SystemExit(2), "Its start can't be prepared: SystemExit: 2"),
    ],
)
def test_a_preparation_that_fails_is_told(
    tmp_path: Path, error: BaseException, message: str
) -> None:
    async def scenario() -> None:
        async def prepare(_: Place) -> Launch:
            raise error

        async with bench(tmp_path) as apps:
            app = await failing(apps.add_prepared(prepare))
            assert app.failure is not None
            assert app.failure.message == message

    asyncio.run(scenario())


def test_a_preparation_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await failing(apps.add_prepared(_prepare_slowly, timeout=0.2))
            assert app.failure is not None
            assert app.failure.message == "It was not ready within 0.2 s."

    asyncio.run(scenario())


def test_jupyters_log_holds_no_arguments_and_no_environment(tmp_path: Path) -> None:
    async def scenario() -> None:
        async def prepare(place: Place) -> Launch:
            launch = apps.launch("serve()", place)
            environment = {**launch.environment, "TOKEN": "secret-one"}
            return Launch([*launch.command, "secret-two"], environment, launch.cwd)

        async with bench(tmp_path) as apps:
            app = await running(apps.add_prepared(prepare))
            await app.stop()
            everything = apps.log() + (tmp_path / "logs" / "app.log").read_text()
            assert "secret" not in everything
            program = os.path.basename(sys.executable)
            assert f"app: started {program} (process " in apps.log()
            assert "app: ready." in apps.log()
            assert "app: stopped." in apps.log()

    asyncio.run(scenario())


@contextlib.contextmanager
def _no_more_descriptors() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_it_starts_when_there_are_descriptors_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pauses, "FIRST", 0.0625)

    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = apps.add("serve()")
            await running(app)
            with _no_more_descriptors():
                await failing(apps.add("serve()", name="other"))
                send(app, signal.SIGKILL)
                await apps.until("failed")
                # Time for a look at what is left, which fails.
                await asyncio.sleep(0.3)
            await apps.until("running")
            assert "Too many open files" in apps.log()

    asyncio.run(scenario())
