"""A household and people of whom something lies in every column that is purged after a time."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, select, update
from sqlmodel import Session
from sqlmodel import select as select_rows

from app.commune.accounts.call_history import CallRecord
from app.commune.accounts.deactivation import deactivate_account
from app.commune.accounts.models import ANONYMOUS, Account, SignInSession
from app.commune.second_factor.models import FactorLoss
from app.core.clock import wire_time
from app.core.db import Database, table_of
from app.core.feed import feed
from app.fieldwork.derived.flags.models import DayFlag, VisitFlag
from app.fieldwork.remarks.models import RemarkVersion, ReportRemark
from app.fieldwork.visits.models import Visit, VisitVersion
from app.intake.household_import.runs.models import APPLIED, CHANGED, HouseholdImport, ImportRow
from app.review.decisions.commands import accept, return_
from app.review.decisions.selection import SeenVisit
from app.review.decisions.verdicts import Verdict
from app.review.spot_checks.models import SpotCheck, SpotCheckStratum
from app.sync.wire.models import QuarantinedOperation
from app.upkeep.retention.steps import Columns
from tests.phone import Phone, new_id
from tests.review.deduplication.merges import actor_of
from tests.world import World

WORD = "Xuyến"  # in every text
NOTE = f"Bà {WORD} hỏi về sổ lương"


def store_everything(lan: Phone, nam: Phone, world: World, database: Database, now: datetime) -> str:
    """Store it, decided and done; returns the id of the visit that was accepted."""
    visit, taken_back = lan.visit(world.duc, note=NOTE), lan.visit(world.mai, note=NOTE)
    outreach = _outreach(lan, world)
    dropped = nam.visit(world.duc, note=NOTE)  # of another hamlet
    assert lan.statuses(visit, taken_back, outreach, lan.visit(world.duc, services=[], note=NOTE)) == [
        *["applied"] * 3,
        "rejected",
    ]
    assert nam.statuses(dropped) == ["quarantined"]
    changes = {"id": world.duc, "base_version": 1, "head_name": f"Nguyễn Văn {WORD}"}
    session_data = {**outreach["data"], "base_version": 1, "place": f"Sân nhà {WORD}, gần chợ"}
    assert (
        lan.statuses(
            lan.op("household.amend", changes),
            lan.op("visit.withdraw", {"id": taken_back["data"]["id"]}),
            lan.op("outreach.amend", session_data),
        )
        == ["applied"] * 3
    )
    id = str(visit["data"]["id"])
    for note in (f"Hỏi lại bà {WORD}", f"Bà {WORD} nói khác"):
        database.write(lambda session: _return(session, world, id, note, now))  # noqa: B023 - done at once
    lan.exchange()
    assert lan.statuses(lan.amend(visit, note=f"{NOTE}, đã ghi lại")) == ["applied"]
    database.write(lambda session: _accept(session, world, id, now))
    database.write(lambda session: _add_rows(session, lan, world, id, now))
    database.write(lambda session: _add_people(session, lan, world, now))
    return id


def _outreach(lan: Phone, world: World) -> dict[str, Any]:
    place = {"id": new_id(), "hamlet_id": world.dong, "place": f"Nhà {WORD}", "services": ["vneid_install"]}
    return lan.op("outreach.record", place | {"people": 20, "held_on": lan.now.date().isoformat()})


def _return(session: Session, world: World, visit_id: str, note: str, now: datetime) -> None:
    binh = actor_of(session, world.commune_id, world.binh)
    return_(session, binh, visit_id, SeenVisit(1), Verdict("returned", "other", "", note), now)


def _accept(session: Session, world: World, visit_id: str, now: datetime) -> None:
    accept(session, actor_of(session, world.commune_id, world.binh), visit_id, SeenVisit(2), now)


def _add_rows(session: Session, lan: Phone, world: World, visit_id: str, now: datetime) -> None:
    """What takes several days or people to come about."""
    of_commune: dict[str, Any] = {"commune_id": world.commune_id}
    device_id = lan.device_id
    answers = [{"at": wire_time(now), "text": f"Bà {WORD} nói rồi", "seen_return": None}]
    by_binh = dict.fromkeys(("entered_by", "withdrawn_by", "vouched_by"), world.binh)
    session.execute(
        update(table_of(Visit))
        .where(table_of(Visit).c.commune_id == world.commune_id, table_of(Visit).c.id == visit_id)
        .values(review_note=f"Đã hỏi {WORD}", answers=answers, **by_binh)
    )
    of_day = of_commune | {"recorded_by": world.lan, "counted_on": now.date(), "rule": "many_visits"}
    session.add(DayFlag(**of_day, numbers={"visits": 90}))
    session.add(VisitFlag(**of_day, visit_id=visit_id, undecided=False, numbers={}, first_visit_id=visit_id))
    late = of_commune | {"version": 1, "late": True, "device_id": device_id, "seq": 900, "received_at": now}
    content: Any = {
        "household_id": world.duc,
        "result": "helped",
        "note": NOTE,
        "follow_up_on": None,
        "services": [],
    }
    session.add(VisitVersion(**late, visit_id=visit_id, content=content))
    remark = ReportRemark(
        **of_commune, id=new_id(), feed_seq=0, written_by=world.lan, kind="practice", text=f"Bà {WORD} giúp",
        about_on=now.date(), counted_on=now.date(), occurred_at=now, received_at=now, counted_since=now,
    )  # fmt: skip
    feed(session, world.commune_id, [remark])
    session.add(remark)
    session.flush()
    said: Any = {"kind": "practice", "text": f"Bà {WORD}", "about_on": now.date().isoformat()}
    session.add(RemarkVersion(**late, remark_id=remark.id, content=said))


def _add_people(session: Session, lan: Phone, world: World, now: datetime) -> None:
    of_commune: dict[str, Any] = {"commune_id": world.commune_id}
    session.add(CallRecord(
        **of_commune, id=new_id(), account_id=world.nam, device_id=lan.device_id, called_by=world.binh,
        called_at=now, note=f"Gặp con bà {WORD}",
    ))  # fmt: skip
    session.add(FactorLoss(
        **of_commune, id=new_id(), account_id=world.binh, asked_at=now, browser="Chrome", session_hash="x",
        operator=WORD, due_at=now, confirmed_at=now, confirmed_by=world.binh, stopped_at=now,
        stopped_by=world.binh, done_at=now,
    ))  # fmt: skip
    nam = session.get_one(Account, (world.commune_id, world.nam))
    nam.contact_phone = "+84900000077"
    deactivate_account(session, nam, now)
    for row in session.exec(select_rows(QuarantinedOperation)):
        row.state, row.decided_by, row.decided_at = "dropped", world.binh, now
        session.add(row)
    sign_in = session.exec(select_rows(SignInSession).where(SignInSession.account_id == world.lan)).one()
    sign_in.browser, sign_in.challenge, sign_in.pending = "Chrome", "x", "code"
    sign_in.last_used_at = sign_in.confirmed_at = now
    session.add(sign_in)
    session.add(HouseholdImport(
        **of_commune, id="list", file_name="ds.xlsx", suffix=".xlsx", state=APPLIED, created_at=now,
        created_by=world.binh, started_at=now, applied_at=now, summary={"rejected": 0},
    ))  # fmt: skip
    session.add(SpotCheck(
        **of_commune, id="draw", code="2026-11", first=now.date(), last=now.date(), drawn_by=world.binh,
        drawn_at=now, seed=1, households=2, drawn=1, population_hash="0",
    ))  # fmt: skip
    session.flush()
    session.add(SpotCheckStratum(
        **of_commune, check_id="draw", number=0, hamlet_id=world.dong, recorded_by=world.lan, households=2,
        drawn=1,
    ))  # fmt: skip
    session.add(ImportRow(
        **of_commune, import_id="list", number=1, kind=CHANGED, sheet="1", row=5, household_id=world.duc,
        sentence=f"Giống hộ bà {WORD}", head_name=f"Nguyễn Văn {WORD}", house_no="12", alley="Ngõ 3",
        old={"head_name": f"Nguyễn Thị {WORD}", "house_no": "12", "alley": ""},
    ))  # fmt: skip


def values(database: Database, columns: Columns) -> dict[str, set[str]]:
    """What each of these columns has and tells of somebody, by *table.column*: of JSON only what has the
    word or numbers of a flag."""
    return database.read(lambda session: {str(column): _values(session, column) for column in columns})


def _values(session: Session, column: Any) -> set[str]:
    found = [one for one in session.scalars(select(column)) if one not in (None, "", ANONYMOUS)]
    if isinstance(column.type, JSON):
        texts = [json.dumps(one, ensure_ascii=False) for one in found]
        return {one for one in texts if WORD in one or column.name == "numbers"}
    return set(map(str, found))
