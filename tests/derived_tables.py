"""What tests ask of the tables that follow from visits: that they are as their definitions say."""

from datetime import datetime

from sqlmodel import Session

from app.core.db import Database
from app.fieldwork.derived import update as derived
from app.fieldwork.derived.flags.evaluation import evaluate_all
from tests.conftest import NOW


def wrong_tables(session: Session, commune_id: str, now: datetime = NOW) -> dict[str, int]:
    """How many rows differ, by table; empty if all is well."""
    return {str(table.model.__tablename__): count for table, count in derived.wrong(session, commune_id, now)}


def assert_as_defined(database: Database, commune_id: str, now: datetime = NOW) -> None:
    """Before and after the flags of the last changes are computed."""
    assert database.read(lambda session: wrong_tables(session, commune_id, now)) == {}
    evaluate_all(database)
    assert database.read(lambda session: wrong_tables(session, commune_id, now)) == {}
