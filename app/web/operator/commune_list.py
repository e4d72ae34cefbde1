"""/operator/: the communes that have begun, and the search for one to begin."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.credentials import communes
from app.commune.credentials.communes import CommuneEntry
from app.core.strings import _
from app.upkeep.maintenance import record
from app.web.desk.page.frame import Frame
from app.web.operator.context import OperatorContext, operator_frame, province_label
from app.web.operator.status_page import backup_problem, newest_backup
from app.web.rendering import html, moment, number

router = APIRouter()
MAX_WORDS = 80
"""Characters of a search."""


@dataclass(frozen=True)
class CommuneRow:
    """One commune in a list; `begun` is empty for one that has not."""

    href: str
    name: str
    province: str
    code: str
    begun: str
    supervisors: str


@dataclass(frozen=True)
class CommunesPage:
    """What templates/operator/communes.html shows. `backup`: a sentence about the newest backup;
    `backup_problem`: why somebody has to look at the backups, empty if all is well; `more`: how many were
    found beyond those listed."""

    title: str
    frame: Frame
    as_of: str
    backup: str
    backup_problem: str
    count: str
    rows: list[CommuneRow]
    q: str
    found: list[CommuneRow]
    more: str


@router.get("/operator/")
def show_communes(context: Annotated[OperatorContext, Depends()], q: str = "") -> Response:
    """The list; `q` has words of the name of a commune to begin."""
    words = q[:MAX_WORDS].strip()

    def load(session: Session) -> CommunesPage:
        begun = communes.list_begun(session)
        found, total = communes.search(session, words)
        backups = record.read_state(session)
        return CommunesPage(
            title=_("Xã, phường"),
            frame=operator_frame(context.operator),
            as_of=moment(context.now),
            backup=newest_backup(backups),
            backup_problem=backup_problem(backups, context.now),
            count=number(len(begun)),
            rows=[_row(entry) for entry in begun],
            q=words,
            found=[_row(entry) for entry in found],
            more=number(total - len(found)) if total > len(found) else "",
        )

    return html("operator/communes.html", context.database.read(load))


def _row(entry: CommuneEntry) -> CommuneRow:
    started_at = entry.commune.started_at
    return CommuneRow(
        href=f"/operator/communes/{entry.commune.id}",
        name=entry.commune.full_name,
        province=province_label(entry),
        code=entry.commune.code,
        begun=moment(started_at) if started_at else "",
        supervisors=number(entry.supervisors),
    )
