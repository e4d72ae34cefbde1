"""Which households' rows phones have to get again, because their visits do not say what has changed.

A phone has of a household the row, and the visits that were numbered after it; all others are in the row's
days. So a newer visit needs no number of the household, and a visit costs no more than its own row
(docs/decisions/0099).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from app.core.batch import Row
from app.core.db import table_of
from app.core.feed import feed
from app.core.sql.prepared import Prepared, in_list
from app.fieldwork.derived.household_days.models import VisitedHouseholdValues
from app.fieldwork.derived.visit_facts import VisitState
from app.fieldwork.households.models import Household

# Of older visits the row alone says what they come to: phones get none of them (docs/decisions/0138).
SENT_FOR = timedelta(days=183)


class CountedVisit(NamedTuple):
    """What a visit that counts says of its household. `order`: in which order visits of one day stand;
    `in_hamlet`: whether the phones that have the household get the visit."""

    order: tuple[datetime, str]
    result: str
    follow_up_on: date | None
    measures: frozenset[str]
    in_hamlet: bool

    @classmethod
    def of(cls, state: VisitState) -> "CountedVisit | None":
        """None if it does not count."""
        visit, fact = state.visit, state.fact
        if fact is None:
            return None
        return cls(
            (visit["occurred_at"], visit["id"]),
            visit["result"],
            visit["follow_up_on"],
            fact.measures,
            visit["hamlet_id"] == state.household_hamlet_id,
        )


class Visiting(NamedTuple):
    """What a visit that is not withdrawn says of its household; `counted` is None if it does not count."""

    household_id: str
    day: date
    counted: CountedVisit | None

    @classmethod
    def of(cls, state: VisitState) -> "Visiting | None":
        """None if it was withdrawn."""
        if state.is_withdrawn:
            return None
        return cls(state.visit["household_id"], state.visit["counted_on"], CountedVisit.of(state))


def outdated_rows(
    was: Iterable[VisitedHouseholdValues],
    now: Iterable[VisitedHouseholdValues],
    news: Iterable[Visiting],
    today: date,
) -> list[str]:
    """The households of which a phone would not know what they are `now` by the rows of `news`, the visits
    that changed; `was`: the days before, of those that visits left."""
    stored = {row["household_id"]: row for row in was}
    counted: defaultdict[str, list[Visiting]] = defaultdict(list)
    for visit in news:
        if visit.counted:
            counted[visit.household_id].append(visit)
    rows = {row["household_id"]: row for row in now}
    return sorted(
        id
        for id in stored.keys() | rows.keys()
        if not _is_known(stored.get(id), rows.get(id), counted[id], today)
    )


def lock_households(session: Session, commune_id: str, household_ids: Iterable[str]) -> None:
    """Lock them as a push does, after the visits and before the feed, if `send_again` may number them."""
    if ids := sorted(set(household_ids)):
        _LOCK.run(session, commune_id=commune_id, ids=ids)


def send_again(session: Session, commune_id: str, household_ids: Sequence[str]) -> None:
    """Give these households' rows new numbers of the feed."""
    rows: list[Row] = [{"id": id, "commune_id": commune_id} for id in household_ids]
    feed(session, commune_id, rows)
    _NUMBER.run_all(session, rows)


def _is_known(
    was: VisitedHouseholdValues | None,
    now: VisitedHouseholdValues | None,
    news: Sequence[Visiting],
    today: date,
) -> bool:
    if not all(visit.counted and visit.counted.in_hamlet and visit.day > today - SENT_FOR for visit in news):
        return False
    if was and _is_earlier(now, was):
        return False
    newest = max(news, key=_order) if news else None
    if now is None or now["last_counted_on"] is None:
        return True
    if newest and newest.counted and newest.day == now["last_counted_on"]:
        said = (newest.counted.result, newest.counted.follow_up_on)
        return said == (now["last_result"], now["last_follow_up_on"])
    return was is None or all(was[name] == now[name] for name in _LAST)


def _is_earlier(now: VisitedHouseholdValues | None, was: VisitedHouseholdValues) -> bool:
    """Whether one of the last days is an earlier one than it was."""
    return any(((now and now[name]) or date.min) < (was[name] or date.min) for name in _DAYS)


def _order(visit: Visiting) -> tuple[date, tuple[datetime, str]]:
    assert visit.counted is not None, "the others were left out"
    return visit.day, visit.counted.order


_DAYS: tuple[Literal["met_on", "guided_on", "last_counted_on"], ...] = (
    "met_on",
    "guided_on",
    "last_counted_on",
)
_LAST: tuple[Literal["last_counted_on", "last_result", "last_follow_up_on"], ...] = (
    "last_counted_on",
    "last_result",
    "last_follow_up_on",
)
_HOUSEHOLD = table_of(Household)
_LOCK = Prepared(
    select(_HOUSEHOLD.c.id)
    .where(_HOUSEHOLD.c.commune_id == bindparam("commune_id"), in_list(_HOUSEHOLD.c.id, "ids"))
    .order_by(_HOUSEHOLD.c.id)
    .with_for_update(key_share=True)
)
_NUMBER = Prepared(
    update(_HOUSEHOLD)
    .where(_HOUSEHOLD.c.commune_id == bindparam("commune_id"), _HOUSEHOLD.c.id == bindparam("id"))
    .values({_HOUSEHOLD.c.feed_seq: bindparam("feed_seq")})
)
