"""Runs the tests that have to see planted and seeded bugs: `make mutants`, or `python -m tests.mutants`.

Ends with 1 if a bug is not seen.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.mutants import lines, table
from tests.mutants.bugs import PLANTED
from tests.mutants.copies import ROOT, copy_project
from tests.mutants.detection import detect, pass_without
from tests.mutants.planted import Planted
from tests.mutants.running import FAILED, NOT_RUN, PASSED, Run, run_each
from tests.mutants.seeded import detected, seeded
from tests.mutants.sources import seeded_names

ALL_SECONDS, SEEDED_SECONDS = 900, 3600
NOBODY = "no test"


def main() -> int:
    """The command."""
    options = _options()
    project = options.project.resolve()
    bugs = [bug for bug in PLANTED if _is_wanted(bug, options.words)]
    passing = pass_without(bugs, project)
    found = {bug.name: _report(bug, _see(bug, project, passing, uses_record=options.all)) for bug in bugs}
    if options.write:
        places = {bug.name: bug.file for bug in PLANTED}
        table.write(table.PLANTED, places, options.write, found)
    unseen = [name for name, test in found.items() if test in ("", NOBODY)]
    if not options.words and not options.planted:
        unseen += _run_seeded(project, options.write)
    print("\n".join(["", *(f"NOT SEEN: {name}" for name in unseen)]) if unseen else "\nEvery bug is seen.")
    return 1 if unseen else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="only bugs whose name or file has one of these")
    parser.add_argument(
        "--all", action="store_true", help="what the named test does not see: all that touch the line"
    )
    parser.add_argument(
        "--project", type=Path, default=ROOT, help="another checkout, whose tests are to see them"
    )
    parser.add_argument("--planted", action="store_true", help="not those that are seeded elsewhere")
    parser.add_argument(
        "--write", choices=table.COLUMNS, help="write what was found to this column of the page"
    )
    return parser.parse_args()


def _is_wanted(bug: Planted, words: Sequence[str]) -> bool:
    return not words or any(word in bug.name or word in bug.file for word in words)


def _see(bug: Planted, project: Path, passing: set[str], *, uses_record: bool) -> Run:
    """The named test; then, if asked for, what touches the bug's line."""
    run = Run(NOT_RUN, why=f"{bug.seen_by} is missing, or does not pass without the bug")
    if bug.name in passing:
        run = detect(bug, project)
    if run.ended == FAILED or not uses_record or not lines.is_recorded():
        return run
    tests = lines.touching(bug, project)
    return detect(bug, project, tests, ALL_SECONDS) if tests else Run(PASSED)


def _report(bug: Planted, run: Run) -> str:
    """Print how it ended; the test that saw the bug, or what to say instead."""
    test = run.first if run.ended == FAILED else NOBODY if run.ended == PASSED else ""
    print(f"{bug.name} ({bug.file})\n    → {test or run.why}", flush=True)
    return test


def _run_seeded(project: Path, column: str | None) -> list[str]:
    """Run the tests of the seeded bugs; those that are not detected."""
    tests = seeded(*seeded_names())
    folder = Path(tempfile.mkdtemp(prefix="tung-nha-seeded-"))
    try:
        copy_project(project, folder / "copy")
        ended = run_each(folder / "copy", ["-m", "mutant", "tests"], SEEDED_SECONDS)
        others = sorted({test for bug, test in tests.items() if not detected(bug, test, ended)})
        if others:
            ended |= run_each(folder / "copy", ["-m", "", *others], SEEDED_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found = {bug: detected(bug, test, ended) for bug, test in tests.items()}
    for bug, test in found.items():
        print(f"{bug}\n    → {test or 'not detected'}")
    if column:
        table.write(
            table.SEEDED,
            dict.fromkeys(tests, ""),
            column,
            {bug: test.partition("[")[0] for bug, test in found.items() if test},
        )
    return [bug for bug, test in found.items() if not test]


if __name__ == "__main__":
    sys.exit(main())
