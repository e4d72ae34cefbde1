"""A copy of the project with one sentence changed, built: the next version of the app."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.e2e.server import ROOT

PARTS = ("app", "static", "templates", "service_worker")
GREETING, NEXT_GREETING = "Xin chào", "Chào buổi mới"


def next_version(folder: Path) -> Path:
    """A built copy of the project in `folder` whose *Hôm nay* has `NEXT_GREETING`."""
    for part in PARTS:
        shutil.copytree(
            ROOT / part, folder / part, ignore=shutil.ignore_patterns("node_modules", "__pycache__")
        )
    (folder / "service_worker" / "node_modules").symlink_to(ROOT / "service_worker" / "node_modules")
    today = folder / "templates" / "field" / "today.html"
    template = today.read_text("utf-8")
    assert GREETING in template
    today.write_text(template.replace(GREETING, NEXT_GREETING), "utf-8")
    subprocess.run([sys.executable, folder / "service_worker" / "build", "--fast"], check=True)
    return folder
