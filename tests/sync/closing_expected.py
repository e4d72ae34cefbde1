"""What must be true of returns, approvals, unsigned files and closed periods after each step of a history.

Each step is compared with the one before; a restore begins anew.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, SQLModel, col, select

from app.core.epoch import current_epoch
from app.fieldwork.periods.models import ClosedPeriod
from app.fieldwork.visits.models import Visit, VisitVersion
from app.sync.wire.models import LedgerEntry, QuarantinedOperation
from tests.reports.reading import read_csv
from tests.reports.year.definitions import WHOLE, Definitions
from tests.sync.history_base import OURS

if TYPE_CHECKING:
    from tests.sync.closing_history import ClosingHistory

Op = dict[str, Any]
DECIDED = {"accept": "accepted", "return": "returned"}
FIGURES = {"visits": "Lượt thăm hộ", "met": "Hộ đã gặp", "guided": "Hộ được hướng dẫn"}


@dataclass(frozen=True)
class Closed:
    """A closed period when it was seen first: what it stores, and its visits by id with their versions."""

    content: tuple[Any, ...]
    versions: dict[str, int]


@dataclass
class Standing:
    """The state after a step: the visits, what was applied, and all closed periods so far."""

    epoch: str = ""
    visits: dict[str, Visit] = field(default_factory=dict)
    applied: set[str] = field(default_factory=set)
    vouched: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    closed: dict[str, Closed] = field(default_factory=dict)

    def check(self, history: "ClosingHistory") -> None:
        """Compare with the step before."""
        history.database.read(lambda session: self._check(history, session))

    def _check(self, history: "ClosingHistory", session: Session) -> None:
        step = _Step(history, session)
        if step.epoch == self.epoch:
            changes = step.changes(self.applied)
            for id, visit in step.visits.items():
                before = self.visits.get(id)
                if before and before.withdrawn_at is None and visit.withdrawn_at is None:
                    _check_review(before, visit, changes.get(id, []), history.decided.get(id, ""))
            self._check_vouched(step, changes)
        self._check_closed(step)
        self._check_answers(history, step)
        self._check_refused(history)
        self.epoch, self.visits = step.epoch, step.visits
        self.applied, self.vouched = step.applied, set(step.vouched)

    def _check_vouched(self, step: "_Step", changes: dict[str, list[Op]]) -> None:
        """What was accepted from an unsigned file counts under the supervisor's name."""
        accepted = {(one.record_id, one.decided_by) for one in step.vouched.values()}
        for visit in step.visits.values():
            if visit.vouched_by:
                assert (visit.id, visit.vouched_by) in accepted, "vouched for, and accepted by nobody"
        for op_id in step.vouched.keys() - self.vouched:
            one = step.vouched[op_id]
            visit = step.visits[one.record_id]
            others = [op for op in changes.get(visit.id, []) if op["op_id"] != op_id]
            if not others and not step.is_late(visit.id, step.made[op_id]) and not visit.withdrawn_at:
                assert visit.vouched_by == one.decided_by, "accepted from an unsigned file under no name"

    def _check_closed(self, step: "_Step") -> None:
        """The figures of a closed period do not change, nor the visits that are among them; but changes that
        were acknowledged before a restore come back."""
        for period in step.closed:
            content = (period.columns, period.rows, period.adjustments, period.notes, period.closed_at)
            if period.id not in self.closed:
                days = {
                    id: visit.version
                    for id, visit in step.visits.items()
                    if _counts(visit) and period.first <= visit.counted_on <= period.last
                }
                self.closed[period.id] = Closed(content, days)
            seen = self.closed[period.id]
            assert content == seen.content, "the figures of a closed period have changed"
            for id, version in seen.versions.items():
                visit = step.visits.get(id)
                stands = visit is not None and _counts(visit) and visit.version == version
                assert stands or id in step.reoffered, "a visit of a closed period has changed"

    def _check_answers(self, history: "ClosingHistory", step: "_Step") -> None:
        """What an author answered is stored with its visit, also if the amendment is refused because the
        visit was withdrawn, or its period closed, meanwhile."""
        arrived = set(step.applied)
        for phone in (history.phones[who] for who in OURS):
            new = phone.refusals.keys() - self.refused
            arrived |= {one for one in new if phone.refusals[one]["code"] in ("withdrawn", "period_closed")}
        for op in (step.made[op_id] for op_id in arrived & step.made.keys()):
            if answer := op["data"].get("answer"):
                stored = step.visits[op["data"]["id"]].answers or []
                assert answer in [one["text"] for one in stored], "an answer is lost"

    def _check_refused(self, history: "ClosingHistory") -> None:
        """Nothing is refused as part of a closed period that does not have it."""
        among = {id for closed in self.closed.values() for id in closed.versions}
        for phone in (history.phones[who] for who in OURS):
            for op_id in phone.refusals.keys() - self.refused:
                if phone.refusals[op_id]["code"] == "period_closed":
                    id = phone.made[op_id]["data"]["id"]
                    assert id in among, "refused as part of a closed period that does not have it"
                    assert "acked_version" not in phone.fixes[op_id], "acknowledged, and refused by now"
            self.refused |= phone.refusals.keys()


class _Step:
    """The rows of the commune after a step, and what its phones made. `reoffered`: records of which a change
    came again after a restore. `vouched`: what was accepted from unsigned files, by operation."""

    def __init__(self, history: "ClosingHistory", session: Session) -> None:
        self._session, self._commune_id = session, history.world.commune_id
        self.epoch = current_epoch(session, self._commune_id).id
        phones = [history.phones[who] for who in OURS]
        self.made: dict[str, Op] = {id: op for phone in phones for id, op in phone.made.items()}
        again = [op for phone in phones for op in (*phone.queue, *(one[0] for one in phone.sent.values()))]
        self.reoffered = {op["data"]["id"] for op in again if "acked_version" in op}
        self.visits = {visit.id: visit for visit in self._rows(Visit)}
        self.applied = {one.op_id for one in self._rows(LedgerEntry) if one.status == "applied"}
        self.late = {
            (one.visit_id, one.seq, one.content["note"]) for one in self._rows(VisitVersion) if one.late
        }
        self.vouched = {
            one.op_id: one
            for one in self._rows(QuarantinedOperation)
            if one.kind == "visit" and one.reason == "unsigned" and one.state == "applied" and one.decided_by
            and one.op_id in self.applied
        }  # fmt: skip
        self.closed = [one for one in self._rows(ClosedPeriod) if one.reopened_at is None]

    def changes(self, applied: set[str]) -> dict[str, list[Op]]:
        """The amendments that this step applied, by visit, without those that came too late."""
        found: dict[str, list[Op]] = {}
        for op_id in self.applied - applied:
            op = self.made[op_id]
            if op["type"] == "visit.amend" and not self.is_late(op["data"]["id"], op):
                found.setdefault(op["data"]["id"], []).append(op)
        return found

    def is_late(self, id: str, op: Op) -> bool:
        """Whether a write was stored as a version only."""
        return (id, op["seq"], op["data"].get("note")) in self.late

    def _rows(self, model: type[SQLModel]) -> list[Any]:
        columns: Any = model
        return list(self._session.exec(select(model).where(col(columns.commune_id) == self._commune_id)))


def check_returns(history: "ClosingHistory") -> None:
    """Every return is on all phones of its author, with the supervisor's words, whatever raced it; unless its
    household is in another team's hamlet by now, of which they get no rows: that the desk says beside it."""
    returned = select(Visit).where(Visit.review_state == "returned", col(Visit.withdrawn_at).is_(None))
    visits = history.all(returned.where(Visit.commune_id == history.world.commune_id))
    history.ensure_signed_in()
    for visit in visits:
        said = "máy không nhận lượt trả lại" in history.desk.get(f"/desk/visits/{visit.id}").text
        for phone in (history.phones[who] for who in OURS):
            if phone.phone.account_id == visit.recorded_by:
                is_theirs = visit.hamlet_id in {hamlet["id"] for hamlet in phone.answer["hamlets"]}
                assert said is not is_theirs, "whether a return is on a phone, and the desk says otherwise"
                review = phone.rows["visit", visit.id]["review"] if is_theirs else None
                words = review and (review["state"], review["reason"], review["note"])
                expected = ("returned", visit.review_reason, visit.review_note) if is_theirs else None
                assert words == expected, "a return without words"


def check_sums(history: "ClosingHistory") -> None:
    """The closed weeks and the open one are together what is counted now."""
    closed = history.closed_weeks()
    shown, counted = Counter[str](), Counter[str]()
    for week in closed:
        codes = [code for code, _heading, _kind in week.columns]
        shown.update({code: week.rows[-1][1 + codes.index(code)] for code in FIGURES})
    open_week = history.open_week()
    history.ensure_signed_in()
    headings, *_others, whole = read_csv(history.desk.get(f"/desk/reports/{open_week.code}.csv").content)
    shown.update({code: int(whole[headings.index(name)] or 0) for code, name in FIGURES.items()})

    def count(session: Session) -> None:
        definitions = Definitions(session, history.world.commune_id, history.clock())
        for week in (*(one.period for one in closed), open_week):
            figures = definitions.figures(week.first, week.last)[WHOLE]
            counted.update({code: figures[code] for code in FIGURES})

    history.database.read(count)
    assert shown == counted, "the closed weeks and the open one are not what is counted"


def _check_review(before: Visit, after: Visit, changes: list[Op], word: str) -> None:
    """A return stands until its author has read it; an approval never survives an edit; and nobody but the
    supervisor and the author changes a decision."""
    if word:
        assert after.review_state == DECIDED[word]
    elif not changes:
        same = (after.review_state, after.reviewed_at) == (before.review_state, before.reviewed_at)
        assert same, "a decision has changed by itself"
    elif before.review_state == "returned" and not any(_reads(op, before.reviewed_at) for op in changes):
        same = (after.review_state, after.reviewed_at) == ("returned", before.reviewed_at)
        assert same, "a return is gone that its author has not read"
    else:
        assert after.review_state == "received", "an edit that nobody has decided on"


def _reads(amendment: Op, returned_at: datetime | None) -> bool:
    """Whether the form of an amendment showed the return, or an older build made it."""
    seen = amendment["data"].get("seen_return", ...)
    return seen is ... or (
        seen is not None and returned_at is not None and returned_at <= datetime.fromisoformat(seen)
    )


def _counts(visit: Visit) -> bool:
    return visit.withdrawn_at is None and visit.review_state != "returned"
