"""What must be true of a history after every step, computed from what its phones made and got as answers.

It does not use the application's own code for that: days, replicas and contents are computed here again.
"""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, SQLModel, select

from app.core.epoch import current_epoch
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.fieldwork.households.models import Household
from app.fieldwork.outreach.models import OutreachSession, OutreachVersion
from app.fieldwork.remarks.models import RemarkVersion, ReportRemark
from app.fieldwork.visits.models import FollowUp, Visit, VisitVersion
from app.review.citizen_requests.models import CitizenRequest
from app.sync.wire.models import LedgerEntry, QuarantinedOperation
from tests.derived_tables import wrong_tables
from tests.sync.simulated_phone import Key, SimulatedPhone

if TYPE_CHECKING:
    from tests.sync.history import History

OLDEST = timedelta(days=60)
VISITS_FOR = timedelta(days=60)  # that phones have visits of which nothing is asked any more
Op = dict[str, Any]
_DAYS = ("met_on", "guided_on", "last_counted_on", "last_result", "last_follow_up_on")


def check(history: "History") -> None:
    """Check that nothing is lost or doubled, and that everything counts where and when it happened."""
    for phone in history.phones.values():
        boxes = [operation["op_id"] for operation in phone.queue], list(phone.sent), list(phone.fixes)
        assert sorted(op_id for box in boxes for op_id in box) == sorted(phone.made)
    world = history.world
    for commune_id in (world.commune_id, world.neighbour_id):
        history.database.read(lambda session, of=commune_id: _Commune(history, session, of).check())  # type: ignore[misc]
    if len(history.trace) % 3 == 0 or history.trace[-1] == "the end":  # or somebody decides before
        evaluate_all(history.database)
        for commune_id in (world.commune_id, world.neighbour_id):
            history.database.read(partial(_check_derived, commune_id=commune_id, now=history.clock()))


def _check_derived(session: Session, commune_id: str, now: datetime) -> None:
    assert wrong_tables(session, commune_id, now) == {}


def check_replicas(history: "History") -> None:
    """Check that every phone's replica is that of a new phone, but for what the phone itself deletes."""
    merged = {household.id for household in history.all(select(Household)) if household.merged_into}
    for phone in history.phones.values():
        fresh = phone.fresh_rows()
        assert not merged & {id for kind, id in fresh if kind == "household"}
        known = {
            key: row
            for key, row in phone.rows.items()
            if key in fresh or not (key[0] == "member" or (key[0] == "visit" and _is_purged(row, phone)))
        }
        assert without_days(known) == without_days(fresh), "a replica that differs from the server's rows"


def _is_purged(visit: Op, phone: SimulatedPhone) -> bool:
    """Whether a phone deletes a visit because it is old (`static/field/retention/oldVisits.ts`): the server
    sends nothing of that. No history has needs, for which older visits stay."""
    oldest = _vietnam_day(datetime.fromisoformat(phone.answer["server_time"])) - VISITS_FOR
    waits = visit["review"]["state"] == "returned" or (visit.get("vouched_by") and not visit.get("disowned"))
    is_asked = visit["recorded_by"] == phone.phone.account_id and waits
    return date.fromisoformat(visit["counted_on"]) < oldest and not is_asked


def without_days(rows: dict[Key, Op]) -> dict[Key, Op]:
    """A household's row is not sent again for what a newer visit says (`tests/sync/test_last_days.py`)."""
    return {key: {name: row[name] for name in row if name not in _DAYS} for key, row in rows.items()}


class _Commune:
    """One commune's rows, and what its phones made."""

    def __init__(self, history: "History", session: Session, commune_id: str) -> None:
        self.history, self.session, self.commune_id = history, session, commune_id
        self.phones = [one for one in history.phones.values() if one.phone.commune_id == commune_id]
        self.made: dict[str, Op] = {id: op for phone in self.phones for id, op in phone.made.items()}
        self.visits = {visit.id: visit for visit in self.rows(Visit)}
        purged = history.purged[commune_id].items()
        self.ledger = {op_id: entry for op_id, entry in purged if entry.record_id in self.visits}
        self.ledger |= {entry.op_id: entry for entry in self.rows(LedgerEntry)}
        self.sessions = {session.id: session for session in self.rows(OutreachSession)}

    def rows(self, model: type[SQLModel]) -> list[Any]:
        columns: Any = model
        return list(self.session.exec(select(model).where(columns.commune_id == self.commune_id)))

    def check(self) -> None:
        assert wrong_tables(self.session, self.commune_id, self.history.clock()) == {}
        self._check_households()
        self._check_acknowledged()
        self._check_rejected()
        self._check_applied()
        self._check_days()

    def _check_households(self) -> None:
        standing = {household.id for household in self.rows(Household) if not household.merged_into}
        assert {visit.household_id for visit in self.visits.values()} <= standing
        assert {row.household_id for row in self.rows(FollowUp)} <= standing

    def _check_acknowledged(self) -> None:
        epoch = current_epoch(self.session, self.commune_id).id
        for phone in self.phones:
            acknowledged = {op_id for op_id, (_, _, acked) in phone.sent.items() if acked == epoch}
            assert acknowledged <= self.ledger.keys(), "acknowledged, and not in the ledger"

    def _check_rejected(self) -> None:
        quarantined = {row.op_id for row in self.rows(QuarantinedOperation)}
        for phone in self.phones:
            counted = [op_id for op_id in phone.fixes if op_id in self.ledger or op_id in quarantined]
            assert not counted, "rejected, and in the ledger or in quarantine"

    def _check_applied(self) -> None:
        assert self.ledger.keys() <= self.made.keys(), "an operation that no phone made"
        applied = [self.made[op_id] for op_id, entry in self.ledger.items() if entry.status == "applied"]
        ids = _ids_by_type(applied)
        assert Counter(list(self.visits)) == ids["visit.record"]
        versions = Counter(version.visit_id for version in self.rows(VisitVersion))
        assert versions <= ids["visit.amend"]
        assert ids["visit.amend"] - versions <= _without_change(applied)
        assert Counter(list(self.sessions)) == ids["outreach.record"]
        assert Counter(one.session_id for one in self.rows(OutreachVersion)) == ids["outreach.amend"]
        withdrawn = {session.id for session in self.sessions.values() if session.withdrawn_at}
        assert withdrawn == ids["outreach.withdraw"].keys()
        requests = Counter(one.id for one in self.rows(CitizenRequest))
        assert requests == ids["request.record"], "other citizens' requests than were applied"
        remarks = self.rows(ReportRemark)
        assert Counter(one.id for one in remarks) == ids["remark.record"]
        amended = Counter(one.remark_id for one in self.rows(RemarkVersion))
        assert amended == ids["remark.amend"], "other versions of remarks than were applied"
        assert {one.id for one in remarks if one.withdrawn_at} == ids["remark.withdraw"].keys()

    def _check_days(self) -> None:
        for op_id, op in self.made.items():
            visit = self.visits.get(op["data"]["id"]) if op["type"] == "visit.record" else None
            if visit and op_id in self.ledger:
                delays = {timedelta(), *self.history.delays[op_id, visit.received_at]}
                days = {_day(op["at"], delay, visit.received_at) for delay in delays}
                assert visit.counted_on in days, "counted on another day"


def _without_change(operations: list[Op]) -> Counter[str]:
    """How many amendments of each visit say what another operation said: with one an author confirms what
    counts in a closed period from an unsigned file, and there is nothing to keep of before."""
    said = Counter(
        (operation["data"]["id"], operation["data"]["note"], operation["data"]["household_id"])
        for operation in operations
        if operation["type"] in ("visit.record", "visit.amend")
    )
    found = Counter[str]()
    for (visit_id, _note, _household_id), count in said.items():
        found[visit_id] += count - 1
    return found


def _ids_by_type(operations: list[Op]) -> defaultdict[str, Counter[str]]:
    """How often operations of each type were applied to each record."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for operation in operations:
        found[operation["type"]][operation["data"]["id"]] += 1
    return found


def _day(at: str, delay: timedelta, received_at: datetime) -> date:
    """The day of what a phone with a correct clock wrote at `at`."""
    claimed = datetime.fromisoformat(at) + delay
    return _vietnam_day(min(max(claimed, received_at - OLDEST), received_at))


def _vietnam_day(moment: datetime) -> date:
    return (moment + timedelta(hours=7)).date()
