"""What a search finds, in which order: the vectors of tests/contract/vectors/search.json, which the phone's
tests use too."""

import json
import uuid
from pathlib import Path

from sqlmodel import Session

from app.commune.areas import Hamlet
from app.core.batch import Batch
from app.core.db import Database
from app.fieldwork.households.commands import new_household
from app.fieldwork.households.models import Household, HouseholdVersion
from app.review.register.listing import HouseholdFilters, Sort, find_some, list_households
from tests.review.deduplication.merges import actor_of
from tests.world import World

VECTORS = json.loads((Path(__file__).parents[2] / "contract" / "vectors" / "search.json").read_text("utf-8"))


def test_names_and_numbers_that_were_typed_come_first_as_on_the_phone(
    database: Database, world: World
) -> None:
    numbers = database.write(lambda session: _add(session, world))

    def found(query: str, sort: Sort) -> list[str]:
        def read(session: Session) -> list[str]:
            actor = actor_of(session, world.commune_id, world.binh)
            hamlets = [session.get_one(Hamlet, (world.commune_id, world.tay))]
            filters = HouseholdFilters(words=query, sort=sort)
            listed = list_households(session, actor, hamlets, filters).households
            return [numbers[one.household.id] for one in listed if one.household.id in numbers]

        return database.read(read)

    def first(query: str) -> str:
        actor = database.read(lambda session: actor_of(session, world.commune_id, world.binh))
        some = database.read(lambda session: find_some(session, actor, query, 99))
        return next(numbers[household.id] for household, _hamlet in some if household.id in numbers)

    for case in VECTORS["cases"]:
        assert found(case["query"], "address") == case["found"], case["query"]
        assert sorted(found(case["query"], "latest")) == sorted(case["found"]), case["query"]
        if case["query"] != "ngõ 1":  # equally near are seven, which *Tìm* lists by given name
            assert first(case["query"]) == case["found"][0], case["query"]


def _add(session: Session, world: World) -> dict[str, str]:
    """The households of the vectors in Thôn Tây: their numbers by id."""
    batch = Batch(world.commune_id)
    numbers = {}
    for house_no, alley, name in VECTORS["households"]:
        id = str(uuid.uuid5(uuid.NAMESPACE_URL, house_no))
        numbers[id] = house_no
        batch.add(Household, new_household(id, world.tay, name, house_no, alley))
    batch.write(session, (Household, HouseholdVersion))
    return numbers
