"""The script that `reading.py` starts in a process of its own: it finds the app and reads one file."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from app.lists import cells

cells.main(sys.argv[1], json.loads(sys.argv[2]))
