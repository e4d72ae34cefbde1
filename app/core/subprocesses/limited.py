"""Running a script in a process with limited memory, time and output.

Files come from outside and may unpack to any size, and a list may be as long as a commune's: neither may take
the server's memory, nor keep others waiting. `apply_limits.py` limits the process before it reads anything.
What it is told goes to its standard input, because others can read a command line; its error messages are
discarded, because they may hold people's names.
"""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Thread, Timer
from typing import BinaryIO, NamedTuple

APPLY_LIMITS = Path(__file__).with_name("apply_limits.py")


@dataclass(frozen=True)
class Limits:
    """What a process may use. `output_bytes`: the most that `run` reads of its output. `file_bytes`: of any
    file that it writes, None for one that opens the database, whose file may be larger than any limit."""

    memory_bytes: int
    cpu_seconds: int
    wall_seconds: float
    output_bytes: int = 0
    file_bytes: int | None = 0


class OutputTooLarge(subprocess.SubprocessError):
    """The process wrote more than `Limits.output_bytes`."""


class Ended(NamedTuple):
    """How a process ended, negative for a signal, and what it wrote to its standard output."""

    returncode: int
    output: bytes


def start(
    script: Path,
    limits: Limits,
    *arguments: str,
    stdin: BinaryIO | int = subprocess.PIPE,
    stdout: BinaryIO | int = subprocess.DEVNULL,
    has_packages: bool = True,
) -> "subprocess.Popen[bytes]":
    """Start `script`, isolated, without packages if it needs none. The limit of time holds also if who
    started it has ended. Raises OSError if no process can be started."""
    python = [sys.executable, "-I", *(() if has_packages else ("-S",))]
    limiting = [sys.executable, "-I", "-S", str(APPLY_LIMITS), json.dumps(asdict(limits))]
    return subprocess.Popen(
        [*limiting, *python, str(script), *arguments],
        stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL, start_new_session=True,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
    )  # fmt: skip


def run(
    script: Path,
    limits: Limits,
    *arguments: str,
    content: bytes | BinaryIO,
    output: BinaryIO | None = None,
    has_packages: bool = True,
) -> Ended:
    """Run `script` to its end with `content` at its standard input. What it writes is returned, or with
    `output` written into that file.

    Raises `subprocess.TimeoutExpired`, `OutputTooLarge`, and OSError if no process can be started.
    """
    stdin = subprocess.PIPE if isinstance(content, bytes) else content
    process = start(
        script, limits, *arguments, stdin=stdin, stdout=output or subprocess.PIPE, has_packages=has_packages
    )
    timer = Timer(limits.wall_seconds, process.kill)
    feeder = Thread(target=_feed, args=(process, content if isinstance(content, bytes) else b""), daemon=True)
    with process:
        try:
            timer.start()
            feeder.start()
            found = _read(process, limits.output_bytes)
            process.wait()
        finally:
            is_over = not timer.is_alive() or process.poll() == -signal.SIGALRM
            timer.cancel()
            process.kill()
            feeder.join()
    if is_over:
        raise subprocess.TimeoutExpired(script.name, limits.wall_seconds)
    return Ended(process.returncode, found)


def _read(process: "subprocess.Popen[bytes]", most: int) -> bytes:
    """The output, piece by piece: a read of at most so many bytes takes memory for all of them."""
    found = bytearray()
    while process.stdout and (piece := process.stdout.read1(1 << 16)):  # type: ignore[attr-defined]
        found += piece
        if len(found) > most:
            raise OutputTooLarge
    return bytes(found)


def _feed(process: "subprocess.Popen[bytes]", content: bytes) -> None:
    if process.stdin is None:
        return
    with suppress(BrokenPipeError):
        process.stdin.write(content)
    with suppress(BrokenPipeError):
        process.stdin.close()
