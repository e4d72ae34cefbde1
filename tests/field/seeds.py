"""Bugs to be planted in a copy of the phone's code, for the random histories in Node to meet."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESULTS = "static/field/sync/results.js"
SETTLE = "static/field/sync/settle.js"
# A file, what stands there once, and what is put in its place.
SEEDS = {
    "the version of the row beside a conflict is taken for its own": [
        (RESULTS, "result.version ?? got;", "result.version ?? result.row?.version ?? got;")
    ],
    "a new history goes unnoticed": [
        (SETTLE, "state.epoch !== undefined && state.epoch !== answer.epoch", "false")
    ],
}


def plant(seed: str, folder: Path) -> Path:
    """A copy of the phone's code and its tests, with the bug in it."""
    for name in ("static/field", "tests/field"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "service_worker").mkdir()
    shutil.copy(ROOT / "service_worker/resolve.mjs", folder / "service_worker")
    (folder / "service_worker/node_modules").symlink_to(ROOT / "service_worker/node_modules")
    for name, old, new in SEEDS[seed]:
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{seed}: {name} has changed"
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return folder
