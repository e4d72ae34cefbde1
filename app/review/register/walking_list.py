"""Households in the order in which they are walked to (hamlet, alley, house number), with the last visit."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.areas import Hamlet
from app.core.text import by_address, has_words, search_text, words_to_find
from app.fieldwork.derived.household_days.models import VisitedHousehold
from app.fieldwork.households.models import Household


@dataclass(frozen=True)
class WalkingEntry:
    """A household that lives there; `reached_on`: the day of the last counted visit that found somebody."""

    household: Household
    hamlet: str
    reached_on: date | None


def list_entries(
    session: Session, actor: Actor, hamlet_ids: Collection[str], words: str = ""
) -> list[WalkingEntry]:
    """The active households of these hamlets whose label has all of `words`, without regard to accents."""
    hamlets = list(session.exec(visible_to(actor, Hamlet).where(col(Hamlet.id).in_(hamlet_ids))))
    names = {hamlet.id: hamlet.name for hamlet in hamlets}
    order = {hamlet.id: hamlet.position for hamlet in hamlets}
    households = list_living(session, actor, names)
    if words:
        labels = [_label(one) for one in households]
        wanted = words_to_find(words, labels)
        households = [one for one, label in zip(households, labels, strict=True) if has_words(label, wanted)]
    households.sort(key=lambda one: order[one.hamlet_id])
    reached = _reached(session, actor, names)
    return [WalkingEntry(one, names[one.hamlet_id], reached.get(one.id)) for one in households]


def list_living(session: Session, actor: Actor, hamlet_ids: Collection[str]) -> list[Household]:
    """The households that live in these hamlets, by alley, house number and given name."""
    living = visible_to(actor, Household).where(
        col(Household.hamlet_id).in_(hamlet_ids),
        Household.state == "active",
        col(Household.merged_into).is_(None),
        col(Household.erased_at).is_(None),
    )
    return sorted(
        session.exec(living), key=lambda one: (by_address(one.alley, one.house_no, one.head_name), one.id)
    )


def next_entry(entries: list[WalkingEntry], household_id: str) -> WalkingEntry | None:
    """The next one to visit, as the phone suggests it: the first after this household, in its hamlet, that is
    not reached; after the last one the list begins again."""
    here = next((n for n, entry in enumerate(entries) if entry.household.id == household_id), None)
    if here is None:
        return None
    hamlet_id = entries[here].household.hamlet_id
    following = [*entries[here + 1 :], *entries[:here]]
    return next(
        (entry for entry in following if entry.household.hamlet_id == hamlet_id and entry.reached_on is None),
        None,
    )


def _label(household: Household) -> str:
    return search_text(f"{household.head_name} {household.house_no} {household.alley}")


def _reached(session: Session, actor: Actor, hamlet_ids: Collection[str]) -> dict[str, date]:
    """The day of the last counted visit that found somebody, by household."""
    in_hamlets = visible_to(actor, Household).where(col(Household.hamlet_id).in_(hamlet_ids))
    visited = visible_to(actor, VisitedHousehold).where(
        col(VisitedHousehold.household_id).in_(in_hamlets.with_only_columns(col(Household.id))),
        col(VisitedHousehold.met_on).is_not(None),
    )
    return {row.household_id: row.met_on for row in session.exec(visited) if row.met_on}
