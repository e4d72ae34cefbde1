"""The project once more, with one sentence changed and built: the version that comes next."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.e2e.server import ROOT

PARTS = ("app", "static", "templates", "service_worker")
WAS, IS = "Xin chào", "Chào buổi mới"


def next_version(folder: Path) -> Path:
    """A built copy of the project in `folder` whose *Hôm nay* greets with other words."""
    for part in PARTS:
        shutil.copytree(
            ROOT / part, folder / part, ignore=shutil.ignore_patterns("node_modules", "__pycache__")
        )
    (folder / "service_worker" / "node_modules").symlink_to(ROOT / "service_worker" / "node_modules")
    today = folder / "templates" / "field" / "today.html"
    greeting = today.read_text("utf-8")
    assert WAS in greeting
    today.write_text(greeting.replace(WAS, IS), "utf-8")
    subprocess.run([sys.executable, str(folder / "service_worker" / "build.py")], check=True)
    return folder
