"""The lists of bugs keep up with the code: each text is still there once, and each named test."""

from typing import Any

import pytest

from tests.cases import cases
from tests.e2e import mutants as phone
from tests.faults import mutants as server
from tests.field import mutants as field
from tests.mutants.bugs import PLANTED
from tests.mutants.copies import ROOT
from tests.mutants.planted import POSTGRESQL, SQLITE, Planted
from tests.mutants.seeded import detected, seeded
from tests.mutants.sources import exists, seeded_names

SEEDED = seeded(*seeded_names())
_APP = """commune/accounts commune/calendar commune/catalog commune/credentials commune/guides commune/teams
    fieldwork/periods fieldwork/households fieldwork/visits fieldwork/outreach fieldwork/remarks
    fieldwork/derived/flags fieldwork/derived/needs fieldwork/derived/household_days
    review/decisions review/deduplication review/register review/visit_list
    sync/push sync/pull sync/applying/ledger sync/applying/sequence sync/quarantine/replay sync/quarantine
    sync/export reports intake/household_import intake/people_import intake/paper upkeep/maintenance cli core
    province
    web/desk web/operator web/delivery web/middleware"""
_PHONE = "store sync pages ui server core"
FOLDERS = (
    *(f"app/{name}" for name in _APP.split()),
    *(f"static/field/{name}/" for name in _PHONE.split()),
    *("service_worker/", "templates/field/", "templates/desk/", "static/desk/", "static/css/"),
)


@cases("bug", PLANTED)
def test_a_bug_is_one_changed_line_and_its_test_exists(bug: Planted) -> None:
    before = (ROOT / bug.file).read_text("utf-8")
    assert len(bug.plant(before).splitlines()) == len(before.splitlines())
    assert exists(ROOT, bug.seen_by), bug.seen_by


def test_bugs_have_names_of_their_own_and_are_in_every_package() -> None:
    assert len({bug.name for bug in PLANTED} | SEEDED.keys()) == len(PLANTED) + len(SEEDED)
    assert [folder for folder in FOLDERS if not any(bug.file.startswith(folder) for bug in PLANTED)] == []


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
def test_what_one_database_shows_is_seen_on_that_one(database: str) -> None:
    tests = [bug.seen_by for bug in PLANTED if bug.database == database]
    assert [test for test in tests if not test.endswith(f"{database}]")] == []
    assert len(tests) >= {SQLITE: 2, POSTGRESQL: 6}[database]


@cases("bug, test", SEEDED.items())
def test_a_seeded_bug_has_a_test(bug: str, test: str) -> None:
    assert exists(ROOT, test)


def test_lists_of_seeded_bugs_are_read_as_they_are() -> None:
    names = seeded_names()
    assert (names[0], names[2]) == ([*server.MUTANTS], [*field.MUTANTS])


@cases("mutant", server.MUTANTS)
def test_a_bug_of_the_server_replaces_what_is_there(mutant: str) -> None:
    """Its own test is not run each time, and would not be missed."""
    replaced: list[tuple[Any, str]] = []
    server.install(mutant, lambda target, name, _value: replaced.append((target, name)))
    assert replaced
    assert [name for target, name in replaced if not hasattr(target, name)] == []


@cases("mutant, changes", [*phone.MUTANTS.items(), *field.MUTANTS.items()])
def test_a_bug_of_the_phone_changes_texts_that_are_there_once(
    mutant: str, changes: list[tuple[str, str, str]]
) -> None:
    counts = [(ROOT / file).read_text("utf-8").count(old) for file, old, _new in changes]
    assert counts == [1] * len(changes), mutant


def test_a_seeded_bug_counts_as_detected_by_its_own_parameters() -> None:
    passed = {"t.py::test_a[Ho\\xe0n-1]": True, "t.py::test_a[other-1]": False, "t.py::test_b[sqlite]": True}
    assert detected("Hoàn", "t.py::test_a", passed) == "t.py::test_a[Ho\\xe0n-1]"
    assert [detected("other", "t.py::test_a", passed), detected("one", "t.py::test_c", passed)] == ["", ""]
    assert detected("one", "t.py::test_b", passed) == "t.py::test_b[sqlite]"
