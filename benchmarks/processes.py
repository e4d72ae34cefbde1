"""A server in its own processes, and the CPU time of processes."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Instance:
    """A running server: its port, and the process whose children are its workers."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """CPU seconds of all its processes so far."""
        return cpu_seconds(self.process.pid)


@contextmanager
def server(database_url: str, workers: int = 1, profile: Path | None = None) -> Iterator[Instance]:
    """The app as `python -m app.cli serve` runs it, on a free loopback port; with `profile`, profiled."""
    factory = "benchmarks.profiled:create_app" if profile else "app.main:create_app"
    with uvicorn(
        factory, {"TUNGNHA_DATABASE_URL": database_url, "PROFILE": str(profile or "")}, workers
    ) as it:
        yield it


@contextmanager
def uvicorn(factory: str, environment: dict[str, str], workers: int = 1) -> Iterator[Instance]:
    """uvicorn with an application factory; stopped, and waited for, at the end."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", factory, "--factory", "--port", str(port)]
    command += ["--workers", str(workers), "--log-level", "warning", "--no-access-log"]
    command += ["--no-server-header"]  # as app/cli/server.py
    with tempfile.TemporaryFile() as log, tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"TUNGNHA_MODE": "demo", "TUNGNHA_DATA_DIR": folder} | environment,
            stdout=log,
            stderr=log,
        )
        try:
            if not _answers(process, port):
                log.seek(0)
                raise RuntimeError(f"the server did not start: {log.read()[-2000:].decode()}")
            yield Instance(port, process)
        finally:
            process.terminate()
            process.wait()


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    for _ in range(1200):
        if process.poll() is not None:
            return False
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def peak_of_children(pid: int) -> int:
    """The most bytes that a process which this one has started has had in memory by now.

    What `getrusage` says of children is at least what their parent had when it started them.
    """
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return max((_peak_memory(child) for file in found for child in file.read_text().split()), default=0)


def _peak_memory(pid: str) -> int:
    """0 if it has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0) * 1024


def cpu_seconds(pid: int) -> float:
    """CPU seconds (user and system) of a process and all its descendants, ended ones included."""
    ticks: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # the process has just ended
            ticks[int(entry.name)] = sum(int(field) for field in fields[11:15])
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    family, total = [pid], 0
    while family:
        member = family.pop()
        total += ticks.get(member, 0)
        family += children.get(member, [])
    return total / _TICK
