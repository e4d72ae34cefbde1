"""The type checker and the linter read every file of the code of browsers."""

import os
import re
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


def _run(program: str, *options: str) -> str:
    """What a tool of service_worker/node_modules says."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
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
