"""What apps print: in memory, for those who follow it, and in files."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import stat
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from support.processes import bench, failing, has_ended, running
from support.wait import wait_until

from jupyter_porthole.processes import AppProcess
from jupyter_porthole.processes.log_file import log_folder, remove_stale_logs
from jupyter_porthole.processes.output import KEPT, Output
from jupyter_porthole.processes.output_pipe import CHUNK

MEGABYTE = 1_000_000


def test_the_end_of_the_output_is_kept() -> None:
    output = Output()
    output.append(b"a" * 100)
    assert output.read_from(40) == (b"a" * 60, 100)
    assert output.read_from(40).offset == 40
    assert output.read_from(100) == (b"", 100)
    output.append(b"b" * KEPT)
    piece = output.read_from(100)
    assert piece == (b"b" * KEPT, KEPT + 100)
    assert piece.offset == 100
    # What a follower has missed shows.
    piece = output.read_from(60)
    assert (len(piece.data), piece.offset, output.total) == (KEPT, 100, KEPT + 100)
    # One that followed another Jupyter's app begins anew.
    assert output.read_from(10 * KEPT) == (b"", KEPT + 100)


def test_followers_are_woken() -> None:
    async def scenario() -> None:
        output = Output()
        waiting = [asyncio.create_task(output.wait_beyond(offset)) for offset in (0, 1, 5)]
        gone = asyncio.create_task(output.wait_beyond(0))
        await asyncio.sleep(0)
        gone.cancel()
        output.append(b"abc")
        done, _ = await asyncio.wait(waiting, timeout=0.1)
        assert done == set(waiting[:2])
        output.append(b"defg")
        await asyncio.wait_for(waiting[2], 10)
        await output.wait_beyond(6)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("printed", "lines"),
    [
        (b"", []),
        (b"\n \n", []),
        (b"one\ntwo", ["one", "two"]),
        (b"one\r\n\r\ntwo\r\n\n\n", ["one", "", "two"]),
        (
            b"\x1b[1;31mred\x1b[0m \x1b]0;title\x07text\x1b]8;;x\x1b\\\x1b(B\x1b7\x07\x00",
            ["red text"],
        ),
        (b" 10%\r 50%\r100%\n", ["100%"]),
        ("naïve \U0001f680 \x85|".encode() + b"\xff\xf0", ["naïve \U0001f680 |\ufffd\ufffd"]),
        (b"x" * 501, ["x" * 500]),
        (b"a\tb\x1b[", ["a\tb"]),
        (b"\n".join(b"%d" % n for n in range(100)), [f"{n}" for n in range(80, 100)]),
    ],
)
def test_lines_are_as_a_terminal_shows_them(printed: bytes, lines: list[str]) -> None:
    output = Output()
    output.append(b"an earlier start's\n")
    since = output.total
    output.append(printed)
    assert output.tail_lines(20, since) == lines


def test_odd_output_takes_no_time() -> None:
    output = Output()
    for piece in (b"\x1b]", b"\x1b[", b"\x1b", b"\r", b"\x1b[0"):
        output.append(piece * (KEPT // len(piece)))
        # Of this thread alone: whatever else the machine does.
        started = time.thread_time()
        output.tail_lines(20)
        assert time.thread_time() - started < 1


@contextlib.contextmanager
def _peak_of_memory() -> Iterator[list[int]]:
    """Measure how many bytes are taken at most; yield a list that gets the number."""
    is_ours = not tracemalloc.is_tracing()
    if is_ours:
        tracemalloc.start()
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    peaks: list[int] = []
    yield peaks
    peaks.append(tracemalloc.get_traced_memory()[1] - before)
    if is_ours:
        tracemalloc.stop()


def test_100_megabytes_neither_block_nor_grow(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            code = (
                "server = listen()\n"
                "block = b'x' * 99 + b'\\n'\n"
                "for _ in range(100): sys.stdout.buffer.write(block * 10_000)\n"
                "print('end', flush=True)\n"
                "serve(server)"
            )
            app = apps.add(code)
            app.want()
            with _peak_of_memory() as peaks:
                most = before = 0
                while app.state == "starting":
                    await asyncio.sleep(0)
                    most, before = max(most, app.output.total - before), app.output.total
            assert app.state == "running"
            assert app.output.total == 100 * MEGABYTE + len("end\n")
            assert app.output.tail_lines(1) == ["end"]
            assert peaks[0] < 10 * MEGABYTE
            # Others had their turns all the time.
            assert most <= CHUNK
            files = sorted(apps.log_folder.iterdir())
            assert [file.name for file in files] == ["app.log", "app.log.1"]
            assert all(file.stat().st_size <= 5 * MEGABYTE for file in files)
            assert files[1].stat().st_size > 4 * MEGABYTE
            assert files[0].read_bytes().endswith(b"x\nend\n")

    asyncio.run(scenario())


def test_a_log_is_for_this_user_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        before = os.umask(0)
        try:
            async with bench(tmp_path) as apps:
                app = await running(apps.add("print('hello', flush=True); serve()"))
                first = app.pid
                await app.restart()
                assert await app.wait_ready(30)
                (file,) = apps.log_folder.iterdir()
                assert stat.S_IMODE(file.stat().st_mode) == 0o600
                assert stat.S_IMODE(apps.log_folder.stat().st_mode) == 0o700
                lines = file.read_text().splitlines()
                program = os.path.basename(sys.executable)
                assert [line.split(" ", 2)[2] for line in lines[::2]] == [
                    f"{program} was started, process {first}",
                    f"{program} was started, process {app.pid}",
                ]
                assert lines[1::2] == ["hello", "hello"]
        finally:
            os.umask(before)

    asyncio.run(scenario())


def test_names_become_names_of_files(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            names = ["../../evil", "a/b", "a b", "é" * 200, "."]
            await asyncio.gather(*(running(apps.add("serve()", name=name)) for name in names))
            files = [file.name for file in apps.log_folder.iterdir()]
            assert len(files) == len(names)
            assert all(len(file) < 100 and file.endswith(".log") for file in files)

    asyncio.run(scenario())


def test_a_folder_that_can_not_be_written_harms_nobody(tmp_path: Path) -> None:
    async def scenario() -> None:
        (tmp_path / "logs").write_text("no folder")
        async with bench(tmp_path) as apps:
            app = await running(apps.add("print('hello', flush=True); serve()"))
            await app.restart()
            assert await app.wait_ready(30)
            assert app.output.tail_lines(5) == ["hello", "hello"]
            assert apps.log().count("can't be written") == 1

    asyncio.run(scenario())


def test_a_disk_that_is_full_harms_nobody(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            code = "server = listen(); print('x' * 200_000, flush=True); serve(server)"
            app = await running(apps.add(code))
            assert app.output.total == 200_001
            assert apps.log().count("can't be written") == 1
            assert (apps.log_folder / "app.log").stat().st_size == 100_000

    # A limit of files' sizes, which a write hits in its middle as well.
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        asyncio.run(scenario())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_an_app_whose_child_holds_its_output_is_seen_to_end(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            code = "fork(lambda: time.sleep(60)); print('last words', flush=True); sys.exit(1)"
            app = await failing(apps.add(code))
            assert app.failure is not None
            assert app.failure.lines == ["last words"]

    asyncio.run(scenario())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pipes have a fixed size")
def test_the_last_words_are_read_however_much_there_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            code = """
import fcntl
fcntl.fcntl(1, fcntl.F_SETPIPE_SZ, 1_048_576)
print("x" * 1_000_000 + "\\nlast words", flush=True)
sys.exit(1)
"""

            def be_busy(app: AppProcess) -> None:
                """Keep Jupyter busy as long as the app lives."""
                if app.pid is not None:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        process = psutil.Process(app.pid)
                        wait_until(lambda: has_ended(process), "it has ended")

            app = apps.add(code)
            app.on_change.append(be_busy)
            await failing(app)
            assert app.failure is not None
            assert app.failure.lines[-1] == "last words"

    asyncio.run(scenario())


def test_nothing_stays_open(tmp_path: Path) -> None:
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))

    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = apps.add("print('hello', flush=True); serve()")
            missing = apps.add("sys.exit(1)", name="missing")
            counts = []
            for _ in range(4):
                await running(app)
                await missing.start()
                await missing.wait_ready(30)
                await app.stop()
                await missing.stop()
                counts.append(descriptors())
            assert len(set(counts)) == 1

    if sys.platform.startswith("linux"):
        asyncio.run(scenario())


def test_logs_of_jupyters_that_are_gone_are_removed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    living = os.getppid()
    names = [str(gone.pid), "0", "x", "-1", "9" * 30]
    folders = {name: tmp_path / f"porthole-apps-{name}" for name in names}
    folders["living"] = log_folder(str(tmp_path), living)
    folders["own"] = log_folder(str(tmp_path), os.getpid())
    for folder in folders.values():
        folder.mkdir()
        (folder / "app.log").write_text("text")
    (tmp_path / "other").mkdir()
    remove_stale_logs(str(tmp_path), os.getpid())
    left = {name for name, folder in folders.items() if folder.exists()}
    assert left == {"0", "x", "-1", "9" * 30, "living"}
    assert (tmp_path / "other").exists()
    # Nothing to do, and no folder yet.
    remove_stale_logs(str(tmp_path / "missing"), os.getpid())
