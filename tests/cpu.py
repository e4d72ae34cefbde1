"""CPU seconds of a process and of all that it starts: servers, browsers, databases, builds.

They hold on a busy machine, where seconds on the clock do not. Linux counts them in a control group, which
needs root.
"""

import json
import os
import sqlite3
import time
import zlib
from pathlib import Path

NANO, MICRO = 1e9, 1e6
CALIBRATION_ROWS = 4_000


class CpuGroup:
    """A new control group with this process, and with every process that it starts from now on.

    Raises OSError where there are no control groups or this process may not make one.
    """

    def __init__(self) -> None:
        # Version 1 has a hierarchy for CPU times alone.
        first = Path("/sys/fs/cgroup/cpuacct")
        self._folder = (first if first.is_dir() else Path("/sys/fs/cgroup")) / f"tung-nha-{os.getpid()}"
        self._folder.mkdir()
        (self._folder / "cgroup.procs").write_text(str(os.getpid()))

    def seconds(self) -> float:
        """What its processes have used since the group was made, those that have ended too."""
        usage = self._folder / "cpuacct.usage"
        if usage.exists():
            return int(usage.read_text()) / NANO
        return int((self._folder / "cpu.stat").read_text().split()[1]) / MICRO


def calibrate() -> float:
    """CPU seconds of this machine for a fixed piece of work: JSON, SQLite and zlib on the same rows."""
    began = time.process_time()
    rows = [
        {"id": f"{n:032x}", "name": f"Nguyễn Văn {n}", "note": "đã hướng dẫn " * 4}
        for n in range(CALIBRATION_ROWS)
    ]
    text = json.dumps(rows)
    for _ in range(15):
        rows = json.loads(text)
        with sqlite3.connect(":memory:") as database:
            database.execute("CREATE TABLE household (id TEXT PRIMARY KEY, name TEXT, note TEXT)")
            database.executemany("INSERT INTO household VALUES (:id, :name, :note)", rows)
            names = database.execute("SELECT lower(name) FROM household ORDER BY note, name DESC").fetchall()
        zlib.compress(json.dumps(names).encode(), 6)
    return time.process_time() - began
