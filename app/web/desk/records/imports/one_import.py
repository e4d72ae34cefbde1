"""/desk/imports/{id}: one import, while it is read, waits for the confirmation, and afterwards."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.core.config import Settings
from app.core.strings import _, lazy
from app.intake.household_import.report import write_sheets
from app.intake.household_import.runs import commands, queries
from app.intake.household_import.runs.models import (
    APPLIED,
    CHANGED,
    FAILED,
    NEW,
    READING,
    READY,
    REJECTED,
    UNDONE,
    HouseholdImport,
)
from app.intake.household_import.runs.undo import may_undo
from app.web.deps import Config
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import IMPORTS, build_frame
from app.web.desk.page.labels import Badge
from app.web.desk.records.imports.history import XLSX, attachment
from app.web.desk.records.imports.labels import LISTS, STEPS, state_badge, understood_columns
from app.web.desk.records.imports.ready import Ready, build_ready
from app.web.desk.records.imports.starting import has_file
from app.web.frame import Frame
from app.web.reading import RecentFactor
from app.web.rendering import html, moment, number

router = APIRouter()
_PAGE = re.compile(r"[0-9]{1,6}")
DONE = {
    "applied": lazy("Đã nhập. Máy của các tổ nhận danh sách mới ở lần liên lạc sau."),
    "chosen": lazy("Đã ghi lựa chọn."),
    "again": lazy("Danh sách hộ vừa thay đổi nên đã đối chiếu lại. Hãy xem lại rồi xác nhận."),
    "undone": lazy("Đã hoàn tác. Máy của các tổ bỏ các hộ này ở lần liên lạc sau."),
}


@dataclass(frozen=True)
class ImportPage:
    """What templates/desk/records/import.html shows. `step`: while the file is read; `ready`: what waits for
    the confirmation, None in other states; `undo`: the address of *Hoàn tác*, or empty."""

    title: str
    frame: Frame
    address: str
    state: Badge
    facts: list[tuple[str, str]]
    step: str
    failure: str
    may_retry: bool
    rejected_file: str
    ready: Ready | None
    undo: str
    done: str
    problem: str


@dataclass(frozen=True)
class ProgressPart:
    """What templates/desk/records/import_progress.html shows, and asks for again."""

    address: str
    step: str


@router.get("/desk/imports/{import_id}")
def show_import(
    import_id: PathId, desk: Desk, settings: Config, show: str = "", page: str = "", done: str = ""
) -> Response:
    """The page; `show` is the list of rows to look at, `done` names what was just done."""
    view = ListView(show if show in LISTS else "", int(page) if _PAGE.fullmatch(page) else 1)
    return import_page(desk, settings, import_id, view, done=DONE.get(done, ""))


@router.get("/desk/imports/{import_id}/progress")
def show_progress(import_id: PathId, desk: Desk) -> Response:
    """The step, while the file is read; then the browser loads the page."""
    run = desk.database.read(lambda session: commands.find(session, desk.actor, import_id))
    address = f"/desk/imports/{run.id}"
    if commands.effective_state(run, desk.now) != READING:
        return Response(headers={"HX-Redirect": address, "Cache-Control": "no-store"})
    return html("desk/records/import_progress.html", ProgressPart(address, STEPS[run.step]))


@router.get("/desk/imports/{import_id}/rejected.xlsx", dependencies=[RecentFactor])
def download_rejected(import_id: PathId, desk: Desk) -> Response:
    """The rejected rows with their sentences."""

    def load(session: Session) -> bytes:
        content = BytesIO()
        run = commands.find(session, desk.actor, import_id)
        write_sheets(content, {LISTS[REJECTED]: queries.rejected_rows(session, run)})
        return content.getvalue()

    return Response(desk.database.read(load), media_type=XLSX, headers=attachment("dong-chua-nhap-duoc.xlsx"))


@dataclass(frozen=True)
class ListView:
    """Which rows of a list that waits for the confirmation are shown; without `kind` those that matter."""

    kind: str = ""
    page: int = 1


def import_page(
    desk: DeskContext,
    settings: Settings,
    import_id: str,
    view: ListView | None = None,
    done: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    """The page of an import."""

    def load(session: Session) -> ImportPage:
        run = commands.find(session, desk.actor, import_id)
        page = _page(session, desk, settings, run)
        if commands.effective_state(run, desk.now) == READY:
            wanted = view or ListView()
            kind = wanted.kind or _first_list(run)
            page = replace(page, ready=build_ready(session, desk, run, kind, wanted.page))
        return replace(page, done=done, problem=problem)

    return html("desk/records/import.html", desk.database.read(load), status)


def _first_list(run: HouseholdImport) -> str:
    """What needs a decision first."""
    return next((kind for kind in (CHANGED, REJECTED) if run.summary[kind]), NEW)


def _page(session: Session, desk: DeskContext, settings: Settings, run: HouseholdImport) -> ImportPage:
    state, address = commands.effective_state(run, desk.now), f"/desk/imports/{run.id}"
    is_expired = run.problem == queries.EXPIRED
    return ImportPage(
        title=run.file_name or _("Danh sách hộ"),
        frame=build_frame(session, desk.actor, IMPORTS),
        address=address,
        state=state_badge(state),
        facts=_facts(session, desk, run),
        step=STEPS[run.step] if state == READING else "",
        failure=(run.problem or commands.STOPPED) if state == FAILED else "",
        may_retry=state == FAILED and not is_expired and has_file(settings, run),
        rejected_file=f"{address}/rejected.xlsx" if _has_rejected(run, state, desk.now) else "",
        ready=None,
        undo=f"{address}/undo" if may_undo(run, desk.now) else "",
        done="",
        problem="",
    )


def _has_rejected(run: HouseholdImport, state: str, now: datetime) -> bool:
    is_stored = state in (READY, APPLIED, UNDONE) and not queries.is_purged(run, now)
    return is_stored and bool(run.summary.get("rejected"))


def _facts(session: Session, desk: DeskContext, run: HouseholdImport) -> list[tuple[str, str]]:
    names = queries.names_of(session, desk.actor, [run])

    def name(account_id: str | None) -> str:
        return names.get(account_id or "", "")

    facts = [(_("Tải lên"), f"{moment(run.created_at)} · {name(run.created_by)}")]
    if run.applied_at:
        facts.append((_("Xác nhận"), f"{moment(run.applied_at)} · {name(run.applied_by)}"))
        facts.append((_("Hộ thêm mới"), number(run.summary["added"])))
        facts.append((_("Hộ đã sửa"), number(run.summary["updated"])))
        facts.append((_("Thôn thêm mới"), number(len(run.summary["hamlets_added"]))))
    if run.undone_at:
        facts.append((_("Hoàn tác"), f"{moment(run.undone_at)} · {name(run.undone_by)}"))
    if run.applied_at or run.state == READY:
        facts.append((_("Cột đã hiểu"), understood_columns(run.summary["columns"])))
    return facts
