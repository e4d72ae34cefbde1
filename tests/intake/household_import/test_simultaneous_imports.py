"""Several imports of one commune at the same time."""

import threading
from collections.abc import Callable
from typing import Any

from app.commune.areas import Commune
from app.core.db import Database
from app.intake.household_import.comparison import ImportPlan
from app.intake.household_import.importer import ImportOptions
from tests.intake.household_import.import_runs import NEW, households, run_import
from tests.world import World


def test_two_imports_at_once_add_a_household_once(database: Database, world: World, a_list: Any) -> None:
    found, before = a_list(NEW), len(households(database))
    run_at_once(4, lambda: run_import(database, found))
    assert len(households(database)) == before + 1


def test_two_first_imports_at_once_begin_a_commune_once(
    database: Database, world: World, a_list: Any
) -> None:
    quiet = Commune(id="c06403", code="06403", name="Vân Nham", kind="xã", province_code="20")
    database.write(lambda session: session.add(quiet))
    found, options = a_list(NEW), ImportOptions(write=True, create_hamlets=True)
    plans = run_at_once(3, lambda: run_import(database, found, options, code="06403"))
    assert sorted(sum(plan.added.values()) for plan in plans) == [0, 0, 1]


def run_at_once(count: int, work: Callable[[], ImportPlan]) -> list[ImportPlan]:
    """The plans of `count` threads that run `work` at the same time."""
    together, plans = threading.Barrier(count), list[ImportPlan]()

    def run() -> None:
        together.wait()
        plans.append(work())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return plans
