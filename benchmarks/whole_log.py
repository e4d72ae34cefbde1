"""What a whole log has beside its visits, in the proportions of the demo.

Notes, needs, follow-ups, flags, the ledger, outreach sessions and remarks. What follows from visits is what
the app's own rules say.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from app.core.batch import Batch
from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import Evaluation
from app.fieldwork.derived.flags.facts import facts_of
from app.fieldwork.derived.flags.history import History
from app.fieldwork.derived.flags.models import DayFlag, VisitFlag
from app.fieldwork.derived.flags.stored import Flags
from app.fieldwork.derived.needs.models import HouseholdNeed
from app.fieldwork.derived.needs.update import HouseholdNeeds
from app.fieldwork.outreach.models import OutreachSession
from app.fieldwork.remarks.models import KINDS, ReportRemark
from app.fieldwork.visits import follow_ups
from app.fieldwork.visits.models import FollowUp
from app.sync.wire.models import LedgerEntry
from benchmarks import databases, dataset

Rows = list[dict[str, Any]]
NOTES = 3_000  # different ones
# Of so many visits one has a need (of those that met somebody) or is invented, in rows of `INVENTED`; and for
# so many there is a session, and a remark.
NEED, INVENTED_SHARE, A_SESSION, A_REMARK = 9, 25, 40, 80
INVENTED, INVENTED_GAP = 40, timedelta(seconds=12)
INVENTED_NOTE = "Đã hướng dẫn cài VNeID, gia đình đồng ý"


def fill_in(visits: Rows, households: list[tuple[str, str]], services: list[str]) -> None:
    """Give the visits results, notes, needs and days to come back, and let some of them be invented."""
    dice = random.Random(len(visits))
    notes = [dataset.note(dice) for _ in range(NOTES)]
    for visit in visits:
        [visit["result"]] = dice.choices(dataset.RESULTS, dataset.SHARES)
        if visit["result"] in ("helped", "come_back"):
            visit["note"] = dice.choice(notes)
            visit["needs"] = None if dice.randrange(NEED) else [dice.choice(services)]
        if visit["result"] == "come_back":
            visit["follow_up_on"] = visit["counted_on"] + timedelta(days=dice.randrange(2, 40))
    of_hamlet = defaultdict(list)
    for household, hamlet in households:
        of_hamlet[hamlet].append(household)
    for start in range(0, len(visits) - INVENTED, INVENTED * INVENTED_SHARE):
        _invent(visits[start : start + INVENTED], of_hamlet)


def _invent(visits: Rows, of_hamlet: dict[str, list[str]]) -> None:
    """One person wrote these one after the other, of households as they are in the list."""
    first = visits[0]
    own = {name: first[name] for name in ("recorded_by", "hamlet_id", "counted_on")}
    own |= {"result": "helped", "note": INVENTED_NOTE, "follow_up_on": None}
    listed = of_hamlet[first["hamlet_id"]]
    for number, visit in enumerate(visits):
        at = first["happened_at"] - (len(visits) - number) * INVENTED_GAP
        household = listed[number % len(listed)]
        visit.update(own, household_id=household, happened_at=at, occurred_at=at)


def write_beside(
    store: databases.Store, connection: Any, commune_id: str, visits: Rows, services: Rows
) -> None:
    """Write what there is beside the visits, which are in the database already."""
    numbers = iter(range(len(visits) + 1, 2 * len(visits) + 10_000))  # of the feed
    store.load(connection, FollowUp, _numbered(_follow_ups(commune_id, visits), numbers))
    database = Database(store.url)
    store.load(connection, HouseholdNeed, database.read(partial(_needs, commune_id=commune_id)))
    store.load(connection, OutreachSession, _numbered(_sessions(visits[::A_SESSION]), numbers))
    flags = database.read(lambda session: _flags(session, commune_id, visits, services))
    database.close()
    store.load(connection, VisitFlag, flags.of_visits.values())
    store.load(connection, DayFlag, flags.of_days.values())
    store.load(connection, LedgerEntry, _entries(visits))
    store.load(connection, ReportRemark, _numbered(_remarks(visits[::A_REMARK]), numbers))


def _numbered(rows: Rows, numbers: Iterator[int]) -> Rows:
    return [{**row, "feed_seq": next(numbers)} for row in rows]


def _follow_ups(commune_id: str, visits: Rows) -> Rows:
    batch = Batch(commune_id)
    follow_ups.update(batch, visits)  # type: ignore[arg-type]
    return [dict(row) for row in batch.rows(FollowUp)]


def _needs(session: Session, commune_id: str) -> Rows:
    return [dict(row) for row in HouseholdNeeds().defined(session, commune_id)]


def _flags(session: Session, commune_id: str, visits: Rows, services: Rows) -> Flags:
    found = facts_of(visits, services)  # type: ignore[arg-type]
    evaluation = Evaluation(session, commune_id, Flags())
    evaluation.add_visits(found.values())
    evaluation.add_days(found.values(), History(()))
    evaluation.add_households(found.values())
    return evaluation.flags


def _entries(visits: Rows) -> Iterator[dict[str, Any]]:
    for visit in visits:
        copied = {name: visit[name] for name in ("commune_id", "version", "device_id", "seq", "received_at")}
        own = {"op_id": visit["id"], "payload_hash": f"{visit['seq']:064x}", "record_id": visit["id"]}
        yield {**copied, **own, "status": "applied", "kind": "visit"}


def _sessions(visits: Rows) -> Rows:
    """A session on the day of each of these visits, by its author."""
    names = "commune_id id hamlet_id counted_on recorded_by device_id seq"
    copied = f"{names} occurred_at happened_at received_at counted_since".split()
    own = {"place": "Nhà văn hóa", "services": ["vneid_install", "vietqr"], "people": 24, "venue": None}
    own |= {"version": 1, "withdrawn_at": None, "withdrawn_by": None, "withdrawn_reason": ""}
    return [
        {**{name: visit[name] for name in copied}, "held_on": visit["counted_on"], **own} for visit in visits
    ]


def _remarks(visits: Rows) -> Rows:
    """A remark on the day of each of these visits, by its author."""
    copied = (
        "commune_id",
        "id",
        "counted_on",
        "device_id",
        "seq",
        "occurred_at",
        "received_at",
        "counted_since",
    )
    own = {
        "text": INVENTED_NOTE,
        "version": 1,
        "changed_at": None,
        "withdrawn_at": None,
        "withdrawn_by": None,
    }
    return [
        {
            **{name: visit[name] for name in copied},
            "kind": KINDS[number % len(KINDS)],
            "about_on": visit["counted_on"],
            "written_by": visit["recorded_by"],
            **own,
        }
        for number, visit in enumerate(visits)
    ]
