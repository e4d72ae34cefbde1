"""Whether a bug is seen: its tests run in a changed copy, to the first that fails."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.copies import BuildError, plant
from tests.mutants.planted import POSTGRESQL, Planted
from tests.mutants.running import FAILED, Run, run_node, run_pytest

SECONDS = 240  # for the named test of one bug
BUILD = Run(FAILED, "make build")


def arguments(bug: Planted, tests: Sequence[str]) -> list[str]:
    """What pytest is given: on PostgreSQL only what needs it, unless a test is named with its parameters."""
    without = [] if bug.database == POSTGRESQL or "[" in bug.seen_by else ["-k", "not postgresql"]
    return [*without, *tests]


def run_named(bug: Planted, folder: Path) -> Run:
    """Run the named test in a copy."""
    if bug.is_seen_in_node:
        return run_node(folder, bug.seen_by.partition("::")[0], SECONDS)
    return run_pytest(folder, arguments(bug, [bug.seen_by]), SECONDS)


def detect(bug: Planted, project: Path, tests: Sequence[str] = (), seconds: float = SECONDS) -> Run:
    """Plant a bug in a copy of the project and run its named test there, or these tests of pytest instead."""
    folder = Path(tempfile.mkdtemp(prefix="tung-nha-mutant-"))
    try:
        plant(bug, project, folder / "copy", builds=bug.is_built)
        if tests:
            return run_pytest(folder / "copy", arguments(bug, tests), seconds)
        return run_named(bug, folder / "copy")
    except BuildError:
        return BUILD
    finally:
        shutil.rmtree(folder, ignore_errors=True)
