"""Steps of merging hamlets at the desk, and the figures before and after."""

from collections import Counter
from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.core.db import Database
from app.fieldwork.derived.total_models import DailyTotal
from app.fieldwork.visits.models import Visit
from app.upkeep.maintenance.check import check
from tests.web.desk.desk_client import words
from tests.web.desk.visits.paper_client import hidden_value

FIELDS = ("into", "since", "losing", "surviving")


def confirmation(desk: TestClient, losing: str, surviving: str, since: str = "") -> str:
    answer = desk.get(f"/desk/hamlets/{losing}/merge", params={"into": surviving, "since": since})
    assert answer.status_code == 200, words(answer.text)
    page: str = answer.text
    return page


def confirm(desk: TestClient, losing: str, page: str) -> Any:
    form = {name: hidden_value(page, name) for name in FIELDS}
    return desk.post(f"/desk/hamlets/{losing}/merge", data=form)


def merge(desk: TestClient, losing: str, surviving: str, since: str = "") -> None:
    answer = confirm(desk, losing, confirmation(desk, losing, surviving, since))
    assert answer.status_code == 303, words(answer.text)


def totals(database: Database) -> Counter[tuple[str, str, str]]:
    """Visits of the commune by day, service and outcome."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for row in database.read(lambda session: list(session.exec(select(DailyTotal)))):
        counted[(row.day.isoformat(), row.service, row.outcome)] += row.visits
    return +counted


def hamlets_of_visits(database: Database) -> dict[str, str]:
    def work(session: Session) -> dict[str, str]:
        return {visit.id: visit.hamlet_id for visit in session.exec(select(Visit))}

    return database.read(work)


def problems(database: Database) -> list[str]:
    return [problem for one in check(database) for problem in one.problems]
