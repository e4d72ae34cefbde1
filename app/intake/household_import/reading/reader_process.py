"""The script that `reader.py` runs in a process of its own: it makes `app` importable and reads one file."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[4]))

from app.intake.household_import.reading import workbook

workbook.main(sys.argv[1], json.loads(sys.argv[2]))
