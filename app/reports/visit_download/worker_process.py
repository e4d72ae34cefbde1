"""The script that `worker.py` runs in a process of its own: makes `app` importable and writes one file."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from app.core.errors import TooLarge
from app.reports.visit_download import writing
from app.reports.visit_download.job import JOB_JSON
from app.reports.visit_download.worker import TOO_MANY

try:
    writing.write(JOB_JSON.validate_json(sys.stdin.buffer.read()), sys.stdout.buffer)
    sys.stdout.buffer.flush()
except TooLarge:
    sys.exit(TOO_MANY)
