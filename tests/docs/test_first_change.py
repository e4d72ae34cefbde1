"""The first change of CONTRIBUTING, made in a copy of the project exactly as it is written there."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.sources import ROOT

pytestmark = pytest.mark.slow

COPIED = ("app", "docs", "service_worker", "static", "templates", "tests")
FILES = ("Makefile", "pyproject.toml", "CONTRIBUTING.md", "requirements.lock", "requirements-build.lock")
# Those that fail after the second step, and that the third one mends.
TESTS = ("tests/locale/test_catalog.py", "tests/contract/test_golden_pages.py", "tests/field/test_node.py")
SELECTED = "catalog or golden or visit.test"


def test_first_change_breaks_nothing_once_every_step_is_done(tmp_path: Path) -> None:
    project = _copy(tmp_path / "project")
    recipe = (project / "CONTRIBUTING.md").read_text("utf-8").split("## A first change")[1].split("\n## ")[0]
    asked = re.search(r'In `([^`]+)`, change `("[^`]+")` to `("[^`]+")`', recipe)
    assert asked, "the second step names a file, a sentence and the new one"
    file, old, new = asked.groups()
    _replace(project / file, old, new)
    messages, golden = re.findall(r"```sh\n(.+?)```", recipe, re.DOTALL)
    _run(messages, project)
    translated = re.search(r'In `([^`]+)`[^`]*`(msgstr "")`[^`]*`(msgstr "[^`]+")`', recipe)
    assert translated, "the third step gives the English"
    catalog, empty, english = translated.groups()
    _replace(project / catalog, f"msgid {new}\n{empty}\n", f"msgid {new}\n{english}\n")
    changed = re.search(r"change the sentence in\s+`([^`]+)`\s+and in\s+`([^`]+)`", recipe)
    assert changed, "the third step names the tests that have the sentence"
    for test in changed.groups():
        _replace(project / test, old, new)
    _run(golden.replace("git diff", "test -d"), project)
    tests = [path for path in (project / "tests").rglob("*.*") if path.suffix in (".py", ".js", ".json")]
    assert [path for path in tests if old in path.read_text("utf-8") and path != Path(__file__)] == []
    _run(".venv/bin/python service_worker/build --fast", project)  # as `make test-fast` does before its tests
    _run(f".venv/bin/python -m pytest -q -p no:xdist {' '.join(TESTS)} -k '{SELECTED}'", project)


def _copy(folder: Path) -> Path:
    """The project's files, with what is installed here."""
    for name in COPIED:
        ignored = shutil.ignore_patterns("node_modules", "__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
        os.utime(folder / name, (0, 0))  # installed already
    for name in (".venv", "service_worker/node_modules"):
        (folder / name).symlink_to((ROOT / name).resolve())
    return folder


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1, f"{file.name} has {old} {text.count(old)} times"
    file.write_text(text.replace(old, new), encoding="utf-8")


def _run(script: str, folder: Path) -> None:
    done = subprocess.run(["bash", "-euc", script], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
