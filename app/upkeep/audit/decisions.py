"""Decisions on visits, compared with the desk log: each has its entry there, and each visit its decision."""

from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from app.core.audit.chain import HISTORY_BEGUN
from app.core.clock import wire_time
from app.core.db import table_of
from app.core.desk_log import Entry
from app.fieldwork.visits.codes import DECIDED_STATES
from app.fieldwork.visits.models import Visit
from app.review.decisions.models import Decision, DecisionBatch
from app.upkeep.audit.purge import is_due
from app.upkeep.audit.verification import Chain

_UNDONE = "decision.undone"
_STATES = {"visit.accepted": "accepted", "visit.returned": "returned", "visit.reopened": "received"}
_DECISION, _BATCH, _VISIT = table_of(Decision), table_of(DecisionBatch), table_of(Visit)
_OF_VISIT = (_VISIT.c.id, _VISIT.c.version, _VISIT.c.review_state, _VISIT.c.reviewed_at)
_ROWS = 2_000  # read at a time
_Batch = tuple[str | None, bool]  # the id of a batch, and whether it is its undo
_Verdict = tuple[str, str, str]  # visit, state, and when: an undo stores milliseconds
_Decided = Row[Any]
_Placed = tuple[int, _Decided]  # with the number of its entry; 0 if that was purged
_Noted = dict[_Batch, tuple[int, Entry]]


def decision_problems(session: Session, commune_id: str, chain: Chain) -> Iterator[str]:
    """A sentence for each kind of decision that the desk log contradicts, and for visits that have another
    review than their decisions."""
    noted, purged, lost = _noted(chain), _purged_before(chain), _lost(chain)
    standing = {key: found for key, found in noted.items() if found[0] not in lost}
    of_commune = select(_DECISION).where(_DECISION.c.commune_id == commune_id)
    in_order = of_commune.order_by(_DECISION.c.decided_at, _DECISION.c.undo)
    stored: set[tuple[str | None, str]] = set()
    newest: dict[str, _Placed] = {}
    verdicts: set[_Verdict] = set()
    contradicted = 0
    for decision in session.execute(in_order.execution_options(yield_per=_ROWS)):
        seq, entry = noted.get((decision.batch_id, decision.undo), (0, None))
        contradicted += not _is_noted(entry, decision, purged)
        # The log's order: a clock may be set back, and have one time for two decisions.
        placed = (seq, decision)
        newest[decision.visit_id] = max(placed, newest.get(decision.visit_id, placed), key=itemgetter(0))
        if not decision.undo:
            stored.add((decision.batch_id, decision.visit_id))
            verdicts.add((decision.visit_id, decision.state, wire_time(decision.decided_at)))
    if contradicted:
        yield f"{contradicted} decisions are not what the desk log says: by whom, when, on what or which."
    missing = sum(
        (batch, visit) not in stored
        for (batch, is_undo), (_seq, entry) in standing.items()
        if not is_undo
        for visit in entry.get("visits", [])
    )
    if missing:
        yield f"{missing} decisions that the desk log has are not there."
    if count := _other_batches(session, commune_id, noted, standing, purged):
        yield f"{count} batches of decisions are not what the desk log says."
    if count := _other_reviews(session, commune_id, newest, verdicts):
        yield f"{count} visits have another review than their decisions."


def is_wanted(entry: Entry) -> bool:
    """Whether an entry is read here."""
    return "batch" in entry or entry.get("what") == HISTORY_BEGUN


def _noted(chain: Chain) -> _Noted:
    """The entries of decisions, with their numbers. Whoever sends a form again after a restore decides the
    same batch once more: the later entry counts."""
    return {
        (entry["batch"], entry["what"] == _UNDONE): (seq, entry)
        for seq, entry in chain.entries
        if "batch" in entry and entry.get("what") in (*_STATES, _UNDONE)
    }


def _lost(chain: Chain) -> set[int]:
    """The numbers of entries of what a restore or a lost end has reverted: nothing else has it."""
    lost: set[int] = set()
    for seq, entry in reversed(chain.entries):
        if entry.get("what") == HISTORY_BEGUN and seq not in lost:
            after = entry.get("after")
            lost.update(range(after[0] + 1 if isinstance(after, list) else seq, seq))
    return lost


def _purged_before(chain: Chain) -> str:
    """The instant before which entries were purged: what was decided until then is compared with nothing."""
    return max((str(entry["before"]) for _seq, entry in chain.purges if is_due(entry)), default="")


def _other_batches(session: Session, commune_id: str, noted: _Noted, standing: _Noted, purged: str) -> int:
    """How many batches were made or undone by somebody else, or at another time. `standing`: the entries that
    no restore has reverted; an undo that one has is not there."""
    wanted = select(_BATCH).where(_BATCH.c.commune_id == commune_id, _BATCH.c.decided > 0)
    count = 0
    for batch in session.execute(wanted.execution_options(yield_per=_ROWS)):
        if (batch.id, False) not in noted and wire_time(batch.made_at) < purged:
            continue
        _seq, made = noted.get((batch.id, False), (0, {}))
        _seq, undone = (noted if batch.undone_at else standing).get((batch.id, True), (0, {}))
        is_same = (made.get("by"), made.get("at")) == (batch.made_by, wire_time(batch.made_at))
        undone_at = wire_time(batch.undone_at) if batch.undone_at else None
        count += (
            not is_same or undone.get("at") != undone_at or _STATES.get(str(made.get("what"))) != batch.state
        )
    return count


def _is_noted(entry: Entry | None, decision: _Decided, purged: str) -> bool:
    """Whether a decision has its entry, or one that was purged."""
    if entry is None:
        return wire_time(decision.decided_at) < purged
    return _says(entry, decision)


def _says(entry: Entry, decision: _Decided) -> bool:
    """Whether an entry is that of this decision."""
    is_same = (entry.get("by"), entry.get("at")) == (decision.decided_by, wire_time(decision.decided_at))
    if not is_same or decision.visit_id not in entry.get("visits", []):
        return False
    verdict = (_STATES.get(str(entry["what"])), entry.get("reason", ""), entry.get("field", ""))
    return decision.undo or verdict == (decision.state, decision.reason, decision.field)


def _other_reviews(
    session: Session,
    commune_id: str,
    newest: Mapping[str, _Placed],
    verdicts: set[_Verdict],
) -> int:
    """How many visits nobody has accepted or returned as they are, or are not as the newest decision left
    them although their author has changed nothing since."""
    of_commune = select(*_OF_VISIT).where(_VISIT.c.commune_id == commune_id)
    count = 0
    for visit in session.execute(of_commune.execution_options(yield_per=_ROWS)):
        _seq, decision = newest.get(visit.id, (0, None))
        is_decided = visit.review_state in DECIDED_STATES
        at = wire_time(visit.reviewed_at) if visit.reviewed_at else ""
        is_invented = is_decided and (visit.id, visit.review_state, at) not in verdicts
        is_unchanged = decision is not None and decision.visit_version == visit.version
        is_other = is_unchanged and decision is not None and decision.state != visit.review_state
        count += is_invented or is_other
    return count
