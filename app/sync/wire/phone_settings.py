"""What a commune has set that its phones go by, in the answer of an exchange."""

from typing import Any, Literal, NotRequired, get_args

from sqlalchemy import Label, Table, bindparam, select
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.commune.settings import CommuneSettings, ReportExtras
from app.core.db import table_of
from app.core.types import Row

Question = Literal["smart_device", "business", "venue"]
QUESTIONS: tuple[Question, ...] = get_args(Question)


class PhoneSettings(TypedDict):
    """What is as usual is left out. `month_start_day`: the day on which the commune's months begin, if not 1.
    `silence_days`: after how many days without contact a phone seals what it has, if not 30.
    `questions`: what members ask for, if anything: of each household, once, what it says of itself, and of a
    session its venue."""

    month_start_day: NotRequired[int]
    silence_days: NotRequired[int]
    questions: NotRequired[list[Question]]


def _column(table: Table, name: str) -> Label[Any]:
    is_communes = table.c.commune_id == bindparam("commune_id")
    return select(table.c[name]).where(is_communes).scalar_subquery().label(name)


SETTING_COLUMNS = (
    _column(table_of(CommuneSettings), "month_start_day"),
    _column(table_of(CommuneSettings), "silence_days"),
    _column(table_of(ReportExtras), "wanted"),
)
"""For a statement with `commune_id`: what `phone_settings` reads."""


def phone_settings(state: Row) -> PhoneSettings:
    """The settings in a row with `SETTING_COLUMNS`, which are empty if the commune has set nothing."""
    settings: PhoneSettings = {}
    if (state["month_start_day"] or 1) != 1:
        settings["month_start_day"] = state["month_start_day"]
    if (state["silence_days"] or 30) != 30:
        settings["silence_days"] = state["silence_days"]
    if asked := [one for one in QUESTIONS if one in (state["wanted"] or ())]:
        settings["questions"] = asked
    return settings


def add_settings(answer: PhoneSettings, settings: PhoneSettings) -> None:
    """Say them in an answer."""
    answer.update(settings)
