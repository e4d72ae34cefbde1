"""Time: instants are aware and UTC; days are Vietnam's."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator

Clock = Callable[[], datetime]

# Asia/Ho_Chi_Minh has had no daylight saving since 1975, so a fixed offset needs no zone database.
VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")


def utc_now() -> datetime:
    """The server's clock, to the millisecond: what the wire carries."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def local_date(instant: datetime) -> date:
    """The calendar day in Vietnam on which `instant` falls."""
    return instant.astimezone(VIETNAM).date()


def wire_time(instant: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`, as the sync protocol writes instants."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


class Instant(TypeDecorator[datetime]):
    """A UTC instant; SQLite has no zones, so the zone is taken off going in and put back coming out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
