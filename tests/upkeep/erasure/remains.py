"""A household whose data lie in every place, and the search for what is left of them."""

import json
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url, select, text
from sqlmodel import Session

from app.core.db import Database
from app.fieldwork.households.models import Household
from app.intake.household_import.runs.models import APPLIED, CHANGED, READY, HouseholdImport, ImportRow
from app.review.citizen_requests.models import CitizenRequest
from app.review.decisions.commands import return_
from app.review.decisions.selection import SeenVisit
from app.review.decisions.verdicts import Verdict
from app.review.visit_list.saved_filters import save_filter
from app.upkeep.erasure.commands import erase_household
from app.upkeep.migrations.tables import METADATA
from tests.consents import agreed
from tests.phone import Phone, new_id
from tests.review.deduplication.merges import actor_of
from tests.world import World

NAME, FIRST_NAME, NUMBER = "Quàng Văn Xuyến", "Quàng Thị Xuyên", "0987000111"
ALLEY, NOTE, REVIEW = "Dưới cây khế lạ", "Bà cụ hỏi về sổ lương", "Đã hỏi con trai cụ"
# Each in any spelling that a text of a database may have: as it is, in JSON's escapes, in an address.
SECRETS = (NAME, FIRST_NAME, NUMBER[1:], ALLEY, "sổ lương", "con trai cụ", "Xuyến", "Qu%C3%A0ng")


def household_everywhere(lan: Phone, nam: Phone, world: World, database: Database, now: datetime) -> str:
    """Add the household with all that may ever be stored of it; returns its id."""
    household_id, dong = new_id(), world.dong
    data = {"id": household_id, "hamlet_id": dong, "head_name": FIRST_NAME, "house_no": "77K", "alley": ALLEY}
    added = lan.op("household.add", data | agreed(lan, NUMBER))
    visit = lan.visit(household_id, note=NOTE, follow_up_on="2026-12-20", needs=["vietqr"])
    assert lan.statuses(added, visit) == ["applied", "applied"]
    amend = {"id": household_id, "base_version": 1, "head_name": NAME}
    assert lan.statuses(lan.op("household.amend", amend)) == ["applied"]
    assert lan.statuses(lan.amend(visit, note=f"{NOTE}, sẽ quay lại", answer=f"Rồi, {NOTE}")) == ["applied"]
    refused = lan.visit(household_id, note=NOTE, services=[])
    newer = lan.op("visit.photograph", {"id": new_id(), "household_id": household_id, "note": NOTE})
    reused = visit | {"data": visit["data"] | {"note": f"{NOTE} lần nữa"}}
    assert lan.statuses(refused, newer, reused) == ["rejected", "quarantined", "quarantined"]
    assert nam.statuses(nam.visit(household_id, note=NOTE)) == ["quarantined"]

    def decide(session: Session) -> None:
        binh = actor_of(session, world.commune_id, world.binh)
        verdict = Verdict("returned", "other", "", REVIEW)
        return_(session, binh, visit["data"]["id"], SeenVisit(2), verdict, now)
        save_filter(session, binh, new_id(), "Hộ bà Xuyến", "q=Qu%C3%A0ng+V%C4%83n+Xuy%E1%BA%BFn", now)
        _add_lists(session, world, household_id, now)
        _add_request(session, world, household_id, now)

    database.write(decide)
    return household_id


def _add_request(session: Session, world: World, household_id: str, now: datetime) -> None:
    """A request of the household that was extended and refused, each for a reason."""
    session.add(
        CitizenRequest(
            commune_id=world.commune_id, id="request", household_id=household_id, kind="view",
            reference="Sổ 7", received_on=now.date(), with_others=False, entered_at=now,
            entered_by=world.binh, extension_reason=f"Chờ {NAME}", refusal_reason=REVIEW, version=1,
        )
    )  # fmt: skip


def _add_lists(session: Session, world: World, household_id: str, now: datetime) -> None:
    """A list that was imported and changed the household, and one that waits."""
    for import_id, state in (("applied", APPLIED), ("ready", READY)):
        session.add(
            HouseholdImport(
                commune_id=world.commune_id, id=import_id, file_name="ds.xlsx", suffix=".xlsx", state=state,
                created_at=now, created_by=world.binh, started_at=now, summary={"rejected": 0},
            )
        )  # fmt: skip
        session.flush()
        session.add(
            ImportRow(
                commune_id=world.commune_id, import_id=import_id, number=1, kind=CHANGED, sheet="1", row=5,
                household_id=household_id if state == APPLIED else None, head_name=NAME, house_no="77K",
                alley=ALLEY, old={"head_name": FIRST_NAME, "house_no": "77K", "alley": ALLEY},
            )
        )  # fmt: skip


def erase(database: Database, world: World, household_id: str, now: datetime) -> None:
    """*Xóa theo yêu cầu*, by Bình who looks at the household as it is."""

    def work(session: Session) -> None:
        binh = actor_of(session, world.commune_id, world.binh)
        seen = session.get_one(Household, (world.commune_id, household_id)).version
        erase_household(session, binh, household_id, seen, "CV 12", now)

    database.write(work)


def found_in_tables(database: Database) -> set[tuple[str, str, str]]:
    """Table, column and secret, wherever one of them is left."""
    return found_in_tables_of(database, SECRETS)


def found_in_tables_of(database: Database, secrets: tuple[str, ...]) -> set[tuple[str, str, str]]:
    """The same, of other secrets."""
    return database.read(lambda session: _search_tables(session, secrets))


def _search_tables(session: Session, secrets: tuple[str, ...]) -> set[tuple[str, str, str]]:
    return {
        (table.name, name, secret)
        for table in METADATA.sorted_tables
        for row in session.execute(select(table)).mappings()
        for name, value in row.items()
        for secret in secrets
        if secret in _decoded(value)
    }


def _decoded(value: object) -> str:
    """A value as text, and what JSON in it says."""
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return f"{written} {written.encode().decode('unicode_escape')}" if "\\u" in written else written


def found_in_file(database: Database) -> set[str]:
    """The secrets whose bytes are in SQLite's file or its log, once that is written into it."""
    return found_in_file_of(database, SECRETS)


def found_in_file_of(database: Database, secrets: tuple[str, ...]) -> set[str]:
    """The same, of other secrets."""
    name = make_url(database.engine.url).database
    assert name is not None
    with closing(sqlite3.connect(name)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = [Path(name), Path(f"{name}-wal")]
    content = b"".join(file.read_bytes() for file in files if file.exists())
    return {
        secret
        for secret in secrets
        if secret.encode() in content or json.dumps(secret)[1:-1].encode() in content
    }


def count_rows(database: Database) -> dict[str, int]:
    """How many households, visits and follow-ups there are."""
    with database.engine.connect() as connection:
        return {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in ("household", "visit", "follow_up")
        }
