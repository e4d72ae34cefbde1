"""Closed periods as the wire has them."""

from datetime import date

from sqlmodel import Session
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.core.clock import wire_time
from app.fieldwork.periods.queries import closed_days


class ClosedRow(TypedDict):
    """The days of a closed period, and when it was closed."""

    first: str
    last: str
    closed_at: str


class ClosedPeriods(TypedDict):
    """The closed periods whose records phones have. `version` grows when one is closed or reopened."""

    version: int
    periods: list[ClosedRow]


def closed_rows(session: Session, commune_id: str, oldest_day: date) -> list[ClosedRow]:
    """The closed periods that are not over before `oldest_day`, the earliest first."""
    return [
        {
            "first": one["first"].isoformat(),
            "last": one["last"].isoformat(),
            "closed_at": wire_time(one["closed_at"]),
        }
        for one in sorted(closed_days(session, commune_id), key=lambda one: (one["first"], one["last"]))
        if one["last"] >= oldest_day
    ]
