"""Whether a bug is seen: its tests run in a changed copy, to the first that fails."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.mutants.copies import BuildError, copy_project, plant
from tests.mutants.planted import POSTGRESQL, Planted
from tests.mutants.running import FAILED, PASSED, Run, run_each, run_node, run_pytest
from tests.mutants.sources import exists

SECONDS = 240  # for the named test of one bug
SECONDS_WITHOUT = 12  # for each named test, on average, where all run without a bug
BUILD = Run(FAILED, "make build")


def arguments(bug: Planted, tests: Sequence[str]) -> list[str]:
    """What pytest is given: on PostgreSQL only what needs it, unless a test is named with its parameters."""
    without = [] if bug.database == POSTGRESQL or "[" in bug.seen_by else ["-k", "not postgresql"]
    return [*without, *tests]


def pass_without(bugs: Sequence[Planted], project: Path) -> set[str]:
    """The names of the bugs whose named test is there and passes in an unchanged copy."""
    named = [bug for bug in bugs if exists(project, bug.seen_by)]
    files = {_file(bug) for bug in named if bug.is_seen_in_node}
    functions = sorted({bug.seen_by.partition("[")[0] for bug in named if not bug.is_seen_in_node})
    with tempfile.TemporaryDirectory(prefix="tung-nha-unchanged-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "copy"
        copy_project(project, copy)
        ended = run_each(copy, functions, SECONDS + SECONDS_WITHOUT * len(functions)) if functions else {}
        in_node = {file for file in files if run_node(copy, file, SECONDS).ended == PASSED}
    return {bug.name for bug in named if _file(bug) in in_node or _passed(bug.seen_by, ended)}


def _file(bug: Planted) -> str:
    return bug.seen_by.partition("::")[0]


def _passed(test: str, ended: Mapping[str, bool]) -> bool:
    """Whether a test passed, for all its parameters unless it is named with some."""
    own = [has_passed for id, has_passed in ended.items() if test in (id, id.partition("[")[0])]
    return bool(own) and all(own)


def run_named(bug: Planted, folder: Path) -> Run:
    """Run the named test in a copy."""
    if bug.is_seen_in_node:
        return run_node(folder, _file(bug), SECONDS)
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
