"""A long log that is written directly has what pushes and decisions would have left."""

import pytest
from sqlmodel import Session, SQLModel, col, func, select

from app.core.clock import utc_now
from app.core.db import Database
from app.fieldwork.derived import update as derived
from app.fieldwork.derived.flags.models import DayFlag, VisitFlag
from app.fieldwork.derived.needs.models import HouseholdNeed
from app.fieldwork.outreach.models import OutreachSession
from app.fieldwork.remarks.models import ReportRemark
from app.fieldwork.visits.models import FollowUp, Visit
from app.sync.wire.models import LedgerEntry
from benchmarks import databases, dataset, log

VISITS = 2_000


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_whole_log_is_what_the_definitions_say_in_the_proportions_of_the_demo(kind: str) -> None:
    with databases.store(kind) as store:
        database = Database(store.url)
        commune = dataset.settle(database, 5, 6, 800)
        log.write(store, commune.id, VISITS, whole=True, a_day=500)

        def look(session: Session) -> None:
            wrong = [(table.model.__name__, n) for table, n in derived.wrong(session, commune.id, utc_now())]
            assert wrong == []
            assert count(session, Visit) == count(session, LedgerEntry) == VISITS
            flags = select(func.count(col(VisitFlag.visit_id).distinct()))
            flagged = session.exec(flags.where(col(VisitFlag.notice).is_(False))).one()
            assert 0.05 < flagged / VISITS < 0.15
            assert 0.04 < count(session, FollowUp) / VISITS < 0.12
            assert 0.04 < count(session, HouseholdNeed) / VISITS < 0.12
            assert count(session, OutreachSession) == 50
            assert count(session, ReportRemark) == 25
            assert count(session, DayFlag) > 0

        database.read(look)
        database.close()


def count(session: Session, model: type[SQLModel]) -> int:
    return session.exec(select(func.count()).select_from(model)).one()
