"""Households that may be the one about to be added, by the phone's rule: the same address, or a similar name.

The rule on the phone: `static/field/pages/households/similarHouseholds.ts`.
"""

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.core.text import fold, is_near
from app.fieldwork.visits.household_summary import HouseholdSummary, household_summaries
from app.review.register.commands import HouseholdLabel
from app.review.register.index import Entry, load_register

MAX_SHOWN = 5
MIN_NEAR_LENGTH = 6  # in a shorter name one different letter is another name


def similar_households(
    session: Session, actor: Actor, hamlet_id: str, label: HouseholdLabel, *, but: str = ""
) -> list[HouseholdSummary]:
    """The active households of the hamlet that may be the one with this label, at most five; `but`: the
    household itself."""
    parts = (fold(label.head_name), fold(label.house_no), fold(label.alley))
    neighbours = [
        entry
        for entry in load_register(session, actor).by_address.get(hamlet_id, ())
        if entry.state == "active" and entry.head_name and entry.id != but
    ]
    same = [entry.id for entry in neighbours if _may_be(entry, *parts)]
    near = [entry.id for entry in neighbours if _is_near(entry, parts[0]) and entry.id not in same]
    found = [*same, *near]
    return household_summaries(session, actor, found[:MAX_SHOWN]) if found else []


def _may_be(entry: Entry, head: str, house_no: str, alley: str) -> bool:
    other_head, other_no, other_alley = entry.parts
    if house_no and other_no == house_no and (alley == other_alley or not alley or not other_alley):
        return True
    shorter, longer = sorted((head.split(), other_head.split()), key=len)
    if len(shorter) < 2:
        return shorter == longer
    return all(word in longer for word in shorter)


def _is_near(entry: Entry, head: str) -> bool:
    """*Nguyễn Văn Đứt* may be *Nguyễn Văn Đức*."""
    return len(head) >= MIN_NEAR_LENGTH and is_near(entry.parts[0], head)
