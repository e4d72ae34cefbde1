"""Starting the process that writes a file, so that the server answers others meanwhile.

`Job` goes to its standard input, because others can read a command line. The file has no name: it is gone
when nobody reads it any more, however the server ends.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

from app.core.errors import TooLarge, Unavailable
from app.reports.visit_download.job import JOB_JSON, Job

PROCESS = Path(__file__).parent / "worker_process.py"
SECONDS = 120
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
        ended = subprocess.run(
            [sys.executable, "-I", str(PROCESS)],
            input=JOB_JSON.dump_json(job), stdout=file, stderr=subprocess.DEVNULL,
            start_new_session=True, timeout=seconds, check=False,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable from error
    if ended.returncode == TOO_MANY:
        raise TooLarge
    if ended.returncode:
        raise Unavailable
