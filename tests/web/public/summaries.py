"""Closed reports of the cast's two communes, and tokens that read them."""

import random
from datetime import date, datetime, timedelta

from sqlmodel import Session

from app.commune.calendar.period import PeriodKind, period_of
from app.core.db import Database
from app.fieldwork.periods.models import ReportSummary
from app.reports.open_data.tokens import Owner, Scope, create_token
from tests.world import World

PROVINCE = "20"
COLUMNS = [["households", "Tổng số hộ"], ["visits", "Lượt thăm hộ"], ["attended", "Người dự"]]


def summary(commune_id: str, kind: PeriodKind, day: date, figures: list[int | None]) -> ReportSummary:
    """The line of the period in which this day lies, closed."""
    period = period_of(kind, day, 1)
    return ReportSummary(
        commune_id=commune_id,
        code=period.code,
        kind=kind,
        first=period.first,
        last=period.last,
        closed_at=datetime.fromisoformat(f"{period.last}T03:00:00+00:00") + timedelta(days=2),
        columns=COLUMNS,
        figures=figures,
        adjusted={},
    )


def add_reports(database: Database, world: World, seed: int = 1) -> int:
    """Weeks and months of a year of both communes, one of each reopened; how many are closed."""
    dice = random.Random(seed)
    rows = [
        summary(commune, kind, date(2025, 12, 1) + timedelta(days=step * number), _figures(dice))
        for commune in (world.commune_id, world.neighbour_id)
        for kind, step, count in ((PeriodKind.WEEK, 7, 40), (PeriodKind.MONTH, 31, 11))
        for number in range(count)
    ]
    for row in (rows[3], rows[-1]):
        row.reopened_at = row.closed_at + timedelta(days=1)

    def work(session: Session) -> None:
        for row in rows:
            session.merge(row)

    database.write(work)
    return len(rows) - 2


def _figures(dice: random.Random) -> list[int | None]:
    return [dice.randrange(900), dice.choice((0, 1, 7, dice.randrange(2_000))), dice.choice((None, 0, 12))]


def token_of(database: Database, scope: Scope, now: datetime, days: int = 30) -> str:
    """A new token."""
    owner = Owner(scope, "binh", "Bình")
    return database.write(lambda session: create_token(session, owner, "Power BI", days, now))


def bearer(token: str) -> dict[str, str]:
    """The head of a request with the token."""
    return {"Authorization": f"Bearer {token}"}
