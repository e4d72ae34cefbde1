"""Starting the process that writes a file, so that the server answers others meanwhile.

The file has no name: it is gone
when nobody reads it any more, however the server ends.
"""

import subprocess
import tempfile
from pathlib import Path
from typing import BinaryIO

from app.core.errors import TooLarge, Unavailable
from app.core.subprocesses import limited
from app.core.subprocesses.limited import Limits
from app.reports.visit_download.job import JOB_JSON, Job

PROCESS = Path(__file__).parent / "worker_process.py"
SECONDS = 120
MEMORY_BYTES, CPU_SECONDS = 1 << 30, 100
TOO_MANY = 3  # exit code of a list of more than `MAX_VISITS`


def write_file(job: Job, folder: Path, seconds: float = SECONDS) -> BinaryIO:
    """The finished file, open at its beginning; it was written in `folder`.

    Raises `TooLarge` for a list of more than `MAX_VISITS`, and `Unavailable` if it could not be written
    within `seconds`: the database or the disk failed, or the list is too long for this machine.
    """
    try:
        file: BinaryIO = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - the caller reads it
    except OSError as error:
        raise Unavailable from error
    try:
        _run(job, file, seconds)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _run(job: Job, file: BinaryIO, seconds: float) -> None:
    try:
        limits = Limits(MEMORY_BYTES, CPU_SECONDS, seconds, file_bytes=None)
        ended = limited.run(PROCESS, limits, content=JOB_JSON.dump_json(job), output=file)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable from error
    if ended.returncode == TOO_MANY:
        raise TooLarge
    if ended.returncode:
        raise Unavailable
