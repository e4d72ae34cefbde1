"""What must hold of a history at every moment, worked out from what its phones made and were told.

Nothing of it asks the application how it would do it: days are counted, lists compared and contents looked up
here once more.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, SQLModel, select

from app.core.db import history_of
from app.households.models import Household
from app.sync.models import LedgerEntry, Quarantined
from app.visits import totals
from app.visits.models import FollowUp, Visit, VisitVersion

if TYPE_CHECKING:
    from tests.sync.history import History

OLDEST = timedelta(days=60)
Op = dict[str, Any]


def look(history: "History") -> None:
    """Nothing is lost, nothing doubled, and everything counts where and when it happened."""
    for phone in history.phones.values():
        boxes = [operation["op_id"] for operation in phone.queue], list(phone.sent), list(phone.fixes)
        assert sorted(op_id for box in boxes for op_id in box) == sorted(phone.made)
    world = history.world
    for commune_id in (world.commune_id, world.neighbour_id):
        history.database.read(lambda session, of=commune_id: _Commune(history, session, of).look())  # type: ignore[misc]


def lists_are_whole(history: "History") -> None:
    """Every phone's copy of the list is what a new phone would be given."""
    merged = {home.id for home in history.all(select(Household)) if home.merged_into}
    for phone in history.phones.values():
        fresh = phone.fresh_rows()
        assert not merged & {id for kind, id in fresh if kind == "household"}
        known = {key: row for key, row in phone.rows.items() if key in fresh or key[0] != "member"}
        assert known == fresh, "a list that is not the server's"


class _Commune:
    """One commune's rows beside what its phones made."""

    def __init__(self, history: "History", session: Session, commune_id: str) -> None:
        self.history, self.session, self.commune_id = history, session, commune_id
        self.phones = [one for one in history.phones.values() if one.phone.commune_id == commune_id]
        self.made: dict[str, Op] = {id: op for phone in self.phones for id, op in phone.made.items()}
        self.ledger = {entry.op_id: entry for entry in self.rows(LedgerEntry)}
        self.visits = {visit.id: visit for visit in self.rows(Visit)}

    def rows(self, model: type[SQLModel]) -> list[Any]:
        columns: Any = model
        return list(self.session.exec(select(model).where(columns.commune_id == self.commune_id)))

    def look(self) -> None:
        assert totals.differences(self.session, self.commune_id) == []
        self.everything_is_at_a_household()
        self.what_was_sent_is_here()
        self.what_was_refused_is_not()
        self.what_was_applied_is_here_once()
        self.visits_count_on_their_days()

    def everything_is_at_a_household(self) -> None:
        standing = {home.id for home in self.rows(Household) if not home.merged_into}
        assert {visit.household_id for visit in self.visits.values()} <= standing
        assert {promise.household_id for promise in self.rows(FollowUp)} <= standing

    def what_was_sent_is_here(self) -> None:
        epoch = history_of(self.session).epoch
        for phone in self.phones:
            called_sent = {op_id for op_id, (_, _, acked) in phone.sent.items() if acked == epoch}
            assert called_sent <= self.ledger.keys(), "called sent, and not on the server"

    def what_was_refused_is_not(self) -> None:
        kept = {row.op_id for row in self.rows(Quarantined)}
        for phone in self.phones:
            counted = [op_id for op_id in phone.fixes if op_id in self.ledger or op_id in kept]
            assert not counted, "sent back to its author, and kept"

    def what_was_applied_is_here_once(self) -> None:
        assert self.ledger.keys() <= self.made.keys(), "of nobody here"
        applied = [self.made[op_id] for op_id, entry in self.ledger.items() if entry.status == "applied"]
        recorded = {one["data"]["id"] for one in applied if one["type"] == "visit.record"}
        assert self.visits.keys() == recorded
        amended = Counter(one["data"]["id"] for one in applied if one["type"] == "visit.amend")
        assert Counter(version.visit_id for version in self.rows(VisitVersion)) == amended

    def visits_count_on_their_days(self) -> None:
        for op_id, op in self.made.items():
            visit = self.visits.get(op["data"]["id"]) if op["type"] == "visit.record" else None
            if visit and op_id in self.ledger:
                delays = {timedelta(), *self.history.delays[op_id, visit.received_at]}
                days = {_day(op["at"], delay, visit.received_at) for delay in delays}
                assert visit.counted_on in days, "counted on another day"


def _day(at: str, delay: timedelta, received_at: datetime) -> date:
    """The day in Vietnam, seven hours before Greenwich's, of what a phone wrote at `at` by a right clock."""
    told = datetime.fromisoformat(at) + delay
    return (min(max(told, received_at - OLDEST), received_at) + timedelta(hours=7)).date()
