"""Random histories of phones and a server that is backed up and restored, imported into and invited to.

Whatever happens, and in whatever order: nothing acknowledged is lost, nothing is there twice, a version's
number never means two things, older never beats newer, and of two who changed one thing unseen one is asked.

HISTORIES=500 SEED=7 asks for more of them, from another seed on.
"""

import os

import pytest

from tests.faults.conftest import LONG
from tests.faults.history import History
from tests.faults.seeds import plant
from tests.keeping.conftest import Instance
from tests.world import World

HISTORIES = int(os.environ.get("HISTORIES", "40" if LONG else "3"))
SEED = int(os.environ.get("SEED", "1"))
# A bug, the first history that meets it, and what is seen there.
SEEN = [
    ("no_floor", 2, "one number, two writes"),
    ("no_order", 3, "an older value of a field stands"),
    ("floor_of_the_clock", 2, "only what was taken back cannot be changed"),
    ("last_writer_only", 11, "older has beaten newer"),
    ("had_is_no_conflict", 3, "two wrote, nobody is asked"),
    ("new_ids_of_people", 3, "her records are another account's"),
    ("new_ids_of_households", 3, "what waited and was taken back, or two wrote"),
]


@pytest.mark.parametrize("number", range(SEED, SEED + HISTORIES))
def test_history_loses_nothing_and_doubles_nothing(number: int, instance: Instance, world: World) -> None:
    History(number, instance, world).run()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("seed", "number", "sight"), SEEN)
def test_broken_rule_of_versions_is_seen(
    seed: str, number: int, sight: str, instance: Instance, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(seed, monkeypatch.setattr)
    with pytest.raises(AssertionError, match=sight):
        History(number, instance, world).run()
