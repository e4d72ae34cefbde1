"""Random histories of phones and of a server that is backed up and restored, with invitations and imports.

In any order of events: nothing acknowledged is lost or applied twice, two writes never have the same version
number, an older write never replaces a newer one, and concurrent changes of one field become a conflict.

HISTORIES=500 SEED=7 runs 500 more of them, from number 7 on.
"""

import pytest

from tests.faults.history import History, PromotedHistory
from tests.faults.mutants import install
from tests.rounds import histories
from tests.upkeep.maintenance.conftest import Instance
from tests.world import World

# A mutant, the first history that detects it, and the assertion that fails there.
DETECTED = [
    ("no_floor", 2, "one version, two writes"),
    ("no_order", 3, "a field has an older value"),
    ("floor_of_the_clock", 2, "only changes of withdrawn visits are rejected"),
    ("last_writer_only", 11, "an older write has replaced a newer one"),
    ("acked_version_ignored", 3, "concurrent changes without a conflict"),
    ("new_ids_of_people", 3, "her records belong to another account"),
    ("new_ids_of_households", 3, "only conflicts and withdrawn visits stay quarantined"),
]


@histories("database_url", 2, 11, 3)
def test_history_loses_nothing_and_applies_nothing_twice(
    number: int, instance: Instance, world: World
) -> None:
    History(number, instance, world).run()


@histories("database_url", 2, 11, 3)
def test_history_with_a_database_that_loses_its_end_loses_nothing_either(
    number: int, instance: Instance, world: World
) -> None:
    PromotedHistory(number, instance, world).run()


@pytest.mark.mutant
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("mutant", "number", "message"), DETECTED)
def test_mutant_of_the_version_rules_is_detected(
    mutant: str, number: int, message: str, instance: Instance, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(mutant, monkeypatch.setattr)
    with pytest.raises(AssertionError, match=message):
        History(number, instance, world).run()
