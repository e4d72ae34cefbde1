"""Starting the process that reads and compares a list, and watching it.

The process writes its result into the database itself: the server that started it may end meanwhile, and
another one may answer the page.
"""

import json
import signal
import subprocess
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path

from app.core.db import Database
from app.core.errors import Unavailable
from app.core.strings import current_language, language, lazy
from app.core.subprocesses import limited
from app.core.subprocesses.limited import Limits
from app.intake.household_import.runs.commands import STOPPED, WORKER_SECONDS, fail

PROCESS = Path(__file__).parent / "worker_process.py"
# It ends before the page says that it has: `WORKER_SECONDS`.
LIMITS = Limits(memory_bytes=1 << 30, cpu_seconds=100, wall_seconds=WORKER_SECONDS - 10, file_bytes=None)
TOO_LONG = lazy("Đọc tệp quá lâu nên đã dừng: hãy chia danh sách thành nhiều tệp.")
NOT_STARTED = lazy("Máy chủ chưa chạy được việc đọc tệp. Chưa ghi gì: hãy bấm Thử lại.")


@dataclass(frozen=True)
class Job:
    """One attempt to read the file of an import; `language`: of the sentences about its rows. `key_file`:
    with the id key, or empty."""

    database_url: str
    key_file: str
    file: str
    commune_id: str
    import_id: str
    attempt: int
    language: str = field(default_factory=current_language)


def start(database: Database, job: Job, seconds: float = WORKER_SECONDS) -> int:
    """Start a process for `job` and a thread that waits for it; returns the process id, 0 if there is none.

    After `seconds` the process is killed. However it ends, the import does not stay in the state `reading`.
    """
    try:
        process = limited.start(PROCESS, LIMITS)
    except OSError:
        _fail(database, job, NOT_STARTED)
        return 0
    threading.Thread(target=_watch, args=(database, job, process, seconds), daemon=True).start()
    return process.pid


def _watch(database: Database, job: Job, process: "subprocess.Popen[bytes]", seconds: float) -> None:
    problem = STOPPED
    try:
        process.communicate(json.dumps(asdict(job)).encode(), timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        problem = TOO_LONG
    if process.returncode == -signal.SIGALRM:
        problem = TOO_LONG
    if process.returncode != 0:
        _fail(database, job, problem)


def _fail(database: Database, job: Job, problem: str) -> None:
    with language(job.language):
        sentence = str(problem)
    try:
        database.write(lambda session: fail(session, job.commune_id, job.import_id, job.attempt, sentence))
    except Unavailable:
        return  # the page shows the import as failed once the time of the process is over
