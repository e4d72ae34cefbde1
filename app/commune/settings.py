"""What a commune decides about its own work: when its month begins, what makes a visit worth a look, its
days off, and what it wants beside the figures of its reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypedDict

from sqlalchemy import JSON, Date, bindparam, select
from sqlmodel import AutoString, Field, Session, SQLModel

from app.core.clock import Instant
from app.core.db import RowOf, table_of
from app.core.numbers.phone import normalize_phone
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.sql.prepared import Prepared
from app.core.sql.snapshot import once_in_a_read
from app.core.strings import lazy


@dataclass(frozen=True)
class Setting:
    """A setting that supervisors change on *Cài đặt*. `section`: of those that are saved together; `label`
    and `unit`: what stands before and behind it; `allowed`: the values it may have, None for a telephone
    number."""

    section: str
    label: str
    unit: str = ""
    allowed: Sequence[Any] | None = None

    def stored(self, typed: object) -> Any:
        """The value as it is stored (a number in E.164, empty for none); None for one that it may not
        have."""
        text = str(typed).strip()
        if self.allowed is None:
            return normalize_phone(text) if text else ""
        return next((one for one in self.allowed if str(one) == text), None)


# By the names of their columns in `CommuneSettings`, which has the defaults.
SETTINGS = {
    "month_start_day": Setting(
        "month",
        lazy("Tháng bắt đầu từ ngày"),
        lazy("hằng tháng"),
        range(1, 29),  # a day that every month has
    ),
    "flag_daily_visits": Setting(
        "thresholds", lazy("Một người ghi trong một ngày nhiều hơn"), lazy("lượt"), range(10, 201)
    ),
    "flag_burst_visits": Setting("thresholds", lazy("Ghi liền nhau từ"), lazy("lượt"), range(3, 21)),
    "flag_burst_seconds": Setting(
        "thresholds", lazy("Ghi liền nhau, mỗi lượt cách lượt trước chưa đến"), lazy("giây"), range(5, 121)
    ),
    "flag_clock_minutes": Setting("thresholds", lazy("Giờ trên máy sai quá"), lazy("phút"), range(2, 721)),
    "flag_people": Setting(
        "thresholds", lazy("Một việc hướng dẫn cho nhiều hơn"), lazy("người"), range(2, 21)
    ),
    # The longer ones are for hamlets without a signal.
    "silence_days": Setting("silence", lazy("Số ngày không liên lạc"), allowed=(30, 60, 90)),
    "card_phone": Setting("card", lazy("Số để người dân gọi")),
    "legal_basis": Setting("legal-basis", lazy("Căn cứ"), allowed=("consent", "public_task")),
}
# The least and the greatest threshold of flags that a commune may set, both included.
FLAG_BOUNDS = {
    name: (one.allowed[0], one.allowed[-1])
    for name, one in SETTINGS.items()
    if one.section == "thresholds" and one.allowed
}


class CommuneSettingsValues(TypedDict):
    commune_id: str
    month_start_day: int
    flag_daily_visits: int
    flag_burst_visits: int
    flag_burst_seconds: int
    flag_clock_minutes: int
    flag_people: int
    silence_days: int
    card_phone: str
    legal_basis: Literal["consent", "public_task", ""]
    legal_basis_by: str | None
    legal_basis_at: datetime | None


@stores(rows.SETTING, {rows.SETTING: "card_phone legal_basis", rows.DECIDED: "legal_basis_by legal_basis_at"})
class CommuneSettings(SQLModel, RowOf[CommuneSettingsValues], table=True):
    """The settings that a commune changed; a commune without a row has the defaults.

    `month_start_day`: the day on which its months begin, in `SETTINGS`. A month has the name of the one
    in which it ends (`app/commune/calendar/period.py`).

    The others are thresholds of flags (product.md §4), within `FLAG_BOUNDS`: more visits than
    `flag_daily_visits` of one person in a day; `flag_burst_visits` visits in a row, each saved less than
    `flag_burst_seconds` after the one before; a clock that is more than `flag_clock_minutes` wrong; more
    people than `flag_people` helped with one service.

    `silence_days`: after how many days without contact a phone lets its list go and seals its queue, one of
    those in `SETTINGS`.

    `card_phone`: the number that hangs on the commune's notice board, which households call to check a
    member's card; in E.164, or empty.

    `legal_basis`: on which basis of law it has its list of households (`app/commune/legal_basis.py`), empty
    as long as nobody has stated one; by whom and when.
    """

    __tablename__ = "commune_settings"

    commune_id: str = Field(primary_key=True, foreign_key="commune.id")
    month_start_day: int = 1
    flag_daily_visits: int = 40
    flag_burst_visits: int = 5
    flag_burst_seconds: int = 20
    flag_clock_minutes: int = 10
    flag_people: int = 10
    silence_days: int = 30
    card_phone: str = Field(default="", sa_column_kwargs={"server_default": ""})
    legal_basis: Literal["consent", "public_task", ""] = Field(default="", sa_type=AutoString)
    legal_basis_by: str | None = None
    legal_basis_at: datetime | None = Field(default=None, sa_type=Instant)


@stores(rows.SETTING, {rows.SETTING: "name"})
class DayOff(SQLModel, table=True):
    """A day on which nobody is expected to work in a commune: silence on it is no reason to call."""

    __tablename__ = "day_off"

    commune_id: str = Field(primary_key=True, foreign_key="commune.id")
    day: date = Field(primary_key=True)
    name: str


@stores(rows.SETTING, {rows.SETTING: "wanted", rows.DECIDED: "changed_by"})
class ReportExtras(SQLModel, table=True):
    """Which extras (`app/reports/extras`) a commune wants in its reports; without a row it wants none. What
    its households are asked for on phones is among them. `version` grows with each change."""

    __tablename__ = "report_extras"

    commune_id: str = Field(primary_key=True, foreign_key="commune.id")
    wanted: list[str] = Field(sa_type=JSON)
    version: int = 1
    changed_by: str
    changed_at: datetime = Field(sa_type=Instant)


@once_in_a_read
def settings_of(session: Session, commune_id: str) -> CommuneSettings:
    """The commune's settings, or the defaults (in an object that is not stored)."""
    return session.get(CommuneSettings, commune_id) or CommuneSettings(commune_id=commune_id)


@once_in_a_read
def stored_extras(session: Session, commune_id: str) -> ReportExtras | None:
    """The commune's row; None if it has chosen nothing."""
    return session.get(ReportExtras, commune_id)


@once_in_a_read
def days_off(session: Session, commune_id: str, first: date, last: date) -> dict[date, str]:
    """The commune's own days off from `first` to `last`, with their names."""
    rows = _FIND_DAYS_OFF.rows(session, commune_id=commune_id, first=first, last=last)
    return {row["day"]: row["name"] for row in rows}


_DAY_OFF = table_of(DayOff)
_FIND_DAYS_OFF = Prepared(
    select(_DAY_OFF.c.day, _DAY_OFF.c.name).where(
        _DAY_OFF.c.commune_id == bindparam("commune_id"),
        _DAY_OFF.c.day.between(bindparam("first", type_=Date()), bindparam("last", type_=Date())),
    )
)
