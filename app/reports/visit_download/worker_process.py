"""The script that `worker.py` runs in a process of its own: makes `app` importable and writes one file."""

import resource
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

MEMORY_BYTES, CPU_SECONDS, WALL_SECONDS = 1 << 30, 100, 140

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
signal.alarm(WALL_SECONDS)  # also if the server that would kill it has ended

from app.core.errors import TooLarge  # noqa: E402 - after the limits
from app.reports.visit_download import writing  # noqa: E402
from app.reports.visit_download.job import JOB_JSON  # noqa: E402
from app.reports.visit_download.worker import TOO_MANY  # noqa: E402

try:
    writing.write(JOB_JSON.validate_json(sys.stdin.buffer.read()), sys.stdout.buffer)
    sys.stdout.buffer.flush()
except TooLarge:
    sys.exit(TOO_MANY)
