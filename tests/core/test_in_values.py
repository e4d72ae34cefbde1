"""`in_values`: a list of values as one parameter of a statement that SQLAlchemy compiles once."""

from sqlmodel import Session, col, select

from app.core.db import Database
from app.core.sql.prepared import in_values
from app.core.sql.query_hints import no_index_hint
from app.fieldwork.households.models import Household
from tests.world import World


def test_each_list_finds_its_own_rows_also_of_a_statement_that_was_compiled_before(
    database: Database, world: World
) -> None:
    lists = [[world.duc], [world.mai, world.anh], [], [world.duc, "nobody"], ["a'b", "\u0111", "%"]]

    def find(session: Session, values: list[str]) -> set[str]:
        ids = [
            set(session.exec(select(Household.id).where(in_values(column, values))))
            for column in (col(Household.id), no_index_hint(col(Household.id)))
        ]
        assert ids[0] == ids[1]
        return ids[0]

    found = database.read(lambda session: [find(session, values) for values in lists])
    assert found == [{world.duc}, {world.mai, world.anh}, set(), {world.duc}, set()]
