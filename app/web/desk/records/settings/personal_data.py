"""/desk/settings/personal-data: *Dữ liệu cá nhân*, what is stored about whom, for supervisors to read and to
show."""

from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from app.core.personal_data.codes import Subject
from app.core.personal_data.columns import Personal, personal_rows
from app.core.strings import _
from app.upkeep.migrations.tables import METADATA
from app.web.desk.page.context import Desk
from app.web.desk.page.frame import SETTINGS, build_frame
from app.web.desk.records.settings.personal_words import BASES, KINDS, PURPOSES, READERS, SUBJECTS, TERMS
from app.web.frame import Frame
from app.web.rendering import html

router = APIRouter()


@dataclass(frozen=True)
class StoredRow:
    """What is stored, for what and on which legal basis, until when, and who sees it."""

    what: str
    purpose: str
    basis: str
    term: str
    seen_by: str


@dataclass(frozen=True)
class StoredGroup:
    """All of one kind of people."""

    subject: Subject
    label: str
    rows: list[StoredRow]


@dataclass(frozen=True)
class PersonalDataPage:
    """What templates/desk/records/personal_data.html shows."""

    title: str
    frame: Frame
    groups: list[StoredGroup]


@router.get("/desk/settings/personal-data")
def show_personal_data(desk: Desk) -> Response:
    """The rows of all columns, each once."""
    frame = desk.database.read(lambda session: build_frame(session, desk.actor, SETTINGS))
    rows = personal_rows(METADATA.sorted_tables)
    groups = [StoredGroup(one, str(SUBJECTS[one]), _rows(rows, one)) for one in Subject]
    return html("desk/records/personal_data.html", PersonalDataPage(_("Dữ liệu cá nhân"), frame, groups))


def _rows(rows: Iterable[Personal], subject: Subject) -> list[StoredRow]:
    return [
        StoredRow(
            what=str(KINDS[row.what]),
            purpose=str(PURPOSES[row.purpose]),
            basis=str(BASES[row.basis]),
            term=str(TERMS[row.keep]),
            seen_by=", ".join(str(READERS[reader]) for reader in row.seen_by),
        )
        for row in rows
        if row.subject is subject
    ]
