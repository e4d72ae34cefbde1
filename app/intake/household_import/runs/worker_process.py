"""The script that `worker.py` runs in a process of its own: makes `app` importable and does one job."""

import json
import resource
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[4]))

MEMORY_BYTES, CPU_SECONDS, WALL_SECONDS = 1 << 30, 100, 140

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
signal.alarm(WALL_SECONDS)  # also if the server that would kill it has ended

from app.core.strings import set_language  # noqa: E402 - after the limits
from app.intake.household_import.runs import reading  # noqa: E402
from app.intake.household_import.runs.worker import Job  # noqa: E402

job = Job(**json.load(sys.stdin))
set_language(job.language)
reading.run(job)
