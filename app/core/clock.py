"""Time: instants are aware and UTC; days are Vietnam's."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

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
    return _utc(instant).isoformat(timespec="milliseconds")[:-6] + "Z"


class Instant(TypeDecorator[datetime]):
    """A UTC instant. SQLite has no time zones: the zone is removed on writing and added on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | None] | None:
        """SQLite stores a text that sorts by time, the one that SQLAlchemy's own `DateTime` writes."""
        return _as_text if dialect.name == "sqlite" else None

    def result_processor(
        self, dialect: Dialect, _coltype: object
    ) -> Callable[[str | None], datetime | None] | Callable[[datetime | None], datetime | None]:
        return _from_text if dialect.name == "sqlite" else _in_utc


def _utc(instant: datetime) -> datetime:
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)


def _as_text(instant: datetime | None) -> str | None:
    return None if instant is None else _utc(instant).isoformat(" ", "microseconds")[:-6]


def _from_text(text: str | None) -> datetime | None:
    # With the zone in the text, because `replace` takes longer than reading it.
    return None if text is None else datetime.fromisoformat(text + "+00:00")


def _in_utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)
