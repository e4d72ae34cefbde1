"""What a household has said of itself, on its page: a smart device, a business."""

from dataclasses import dataclass

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.fieldwork.households.models import HOUSEHOLD_FACTS, HouseholdFact
from app.reports.extras.models import wanted_extras
from app.review.register.detail import HouseholdDetail
from app.web.desk.page.labels import Link, source_link
from app.web.desk.records.quarantine.labels import (
    FACT_VALUES,
    HOUSEHOLD_FIELDS,
    UNKNOWN_FACT,
    household_value,
)
from app.web.rendering import moment


@dataclass(frozen=True)
class FactButton:
    """What the fact can be set to; an empty value is not known."""

    value: str
    label: str


@dataclass(frozen=True)
class FactLine:
    """One fact: what is known, who has said it and when (empty if that is not stored any more), and what it
    can be set to."""

    name: str
    label: str
    text: str
    who: Link | None
    when: str
    buttons: list[FactButton]


def fact_lines(session: Session, actor: Actor, detail: HouseholdDetail) -> list[FactLine]:
    """The facts that the commune wants, and those that are stored: they can be corrected when nobody asks
    any more."""
    wanted = wanted_extras(session, actor)
    shown = [name for name in HOUSEHOLD_FACTS if name in wanted or getattr(detail.household, name)]
    return [] if detail.household.erased_at else [_line(name, detail) for name in shown]


def _line(name: HouseholdFact, detail: HouseholdDetail) -> FactLine:
    value: str = getattr(detail.household, name) or ""
    said = [one for one in detail.changes if one.fields.get(name) == value and name not in one.late]
    newest = said[-1] if said and value else None
    choices = {} if detail.household.merged_into else {**FACT_VALUES, "": UNKNOWN_FACT}
    return FactLine(
        name=name,
        label=str(HOUSEHOLD_FIELDS[name]),
        text=household_value(name, value),
        who=source_link(newest.writer) if newest else None,
        when=moment(newest.at) if newest else "",
        buttons=[FactButton(code, str(word)) for code, word in choices.items() if code != value],
    )
