"""The script that `worker.py` runs in a process of its own: makes `app` importable and does one job."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[4]))

from app.core.strings import set_language
from app.intake.household_import.runs import reading
from app.intake.household_import.runs.worker import Job

job = Job(**json.load(sys.stdin))
set_language(job.language)
reading.run(job)
