"""The communes of `benchmarks/nation.py`: some with people and households, the others with their hamlets."""

from typing import Any

from sqlmodel import Session

from app.commune.areas import Hamlet, start_commune
from app.commune.catalog.services import add_default_services
from app.core.clock import utc_now
from app.core.db import Database
from benchmarks import databases, dataset
from benchmarks.sizing import Place

# Of a commune with phones; members and households of a hamlet.
HAMLETS, MEMBERS, HOUSEHOLDS = 3, 5, 120


def drive(database: Database, places: list[Place]) -> list[tuple[str, str]]:
    """Begin the communes that have phones; returns their members."""
    found: list[tuple[str, str]] = []
    for place in places:
        first = len(found)
        commune = database.write(
            lambda session, code=place.code, first=first: dataset.fill_commune(  # type: ignore[misc]
                session, code, HAMLETS, MEMBERS, HOUSEHOLDS, first
            )
        )
        found += commune.members
    return found


def begin(store: databases.Store, database: Database, places: list[Place]) -> None:
    """Begin the other communes, with their services and hamlets."""
    ids: dict[str, str] = {}
    for start in range(0, len(places), 100):
        ids |= database.write(lambda session, some=places[start : start + 100]: _start(session, some))  # type: ignore[misc]
    connection = store.connect()
    try:
        heads = dict(connection.execute("SELECT commune_id, head FROM feed_counter").fetchall())
        rows = (
            _hamlet(ids[place.code], heads, number) for place in places for number in range(place.hamlets)
        )
        store.load(connection, Hamlet, rows)
        for commune_id, head in heads.items():
            connection.execute("UPDATE feed_counter SET head = %s WHERE commune_id = %s", (head, commune_id))
        store.settle(connection)
    finally:
        connection.close()


def _start(session: Session, places: list[Place]) -> dict[str, str]:
    """The ids of the communes, by code."""
    ids = {}
    for place in places:
        commune = start_commune(session, place.code, utc_now)
        assert commune is not None
        add_default_services(session, commune.id)
        ids[place.code] = commune.id
    return ids


def _hamlet(commune_id: str, heads: dict[str, int], number: int) -> dict[str, Any]:
    heads[commune_id] += 1
    row = Hamlet(
        commune_id=commune_id,
        id=f"thon-{number}",
        name=f"Thôn {number + 1}",
        position=number,
        feed_seq=heads[commune_id],
    )
    return row.model_dump()
