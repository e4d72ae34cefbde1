"""Changed copies of the project."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.mutants.planted import Planted

ROOT = Path(__file__).parents[2]
_IGNORED = (".git", ".venv", "var", "dist", "node_modules", ".mypy_cache", ".ruff_cache", ".hypothesis")
_NODE_MODULES, _BUILT = "service_worker/node_modules", "static/dist"


class BuildError(Exception):
    """The bug stops the build."""


def copy_project(project: Path, folder: Path) -> None:
    """Copy a project to a new folder. It has to be built; what is installed is linked."""
    shutil.copytree(project, folder, symlinks=True, ignore=shutil.ignore_patterns(*_IGNORED))
    (folder / _NODE_MODULES).symlink_to((project / _NODE_MODULES).resolve())
    shutil.copytree(project / _BUILT, folder / _BUILT)


def plant(bug: Planted, project: Path, folder: Path, *, builds: bool) -> None:
    """Copy a project with the bug, built if it has to be. Raises `BuildError`, and `ValueError` if the
    bug's file has changed."""
    copy_project(project, folder)
    file = folder / bug.file
    file.write_text(bug.plant(file.read_text("utf-8")), "utf-8")
    if builds:
        shutil.rmtree(folder / _BUILT)
        build = [sys.executable, str(folder / "service_worker/build"), "--fast"]
        done = subprocess.run(build, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BuildError(done.stderr.strip().rpartition("\n")[2])
