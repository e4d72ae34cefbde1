"""Random histories in which households are erased: nothing brings one back.

HISTORIES=500 SEED=7 runs 500 more of them, from number 7 on.
"""

from tests.rounds import histories
from tests.upkeep.maintenance.conftest import Instance
from tests.upkeep.maintenance.erasing_history import ErasingHistory
from tests.upkeep.maintenance.reviewed_history import ReviewedHistory
from tests.world import World


@histories("database_url", 1, 6)
def test_history_brings_no_erased_household_back(number: int, instance: Instance, world: World) -> None:
    ErasingHistory(number, instance, world).run()


@histories("database_url", 104, 105)
def test_check_finds_nothing_after_any_history_of_decisions(
    number: int, instance: Instance, world: World
) -> None:
    ReviewedHistory(number, instance, world).run()
