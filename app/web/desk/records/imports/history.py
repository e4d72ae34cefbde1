"""/desk/imports: the form for a new list, its template, and the imports so far."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.strings import _, lazy
from app.intake.household_import.runs import commands, files, queries
from app.intake.household_import.runs.commands import OtherImportReading
from app.intake.household_import.runs.models import HouseholdImport
from app.intake.household_import.runs.template import template
from app.web.deps import Config
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import IMPORTS, build_frame
from app.web.desk.page.labels import Badge, Link, supervisor_link
from app.web.desk.records.imports.labels import state_badge
from app.web.desk.records.imports.starting import start_worker
from app.web.desk.records.imports.upload import Upload, store_upload
from app.web.frame import Frame
from app.web.rendering import html, moment, number

router = APIRouter()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NO_FILE = lazy("Chọn một tệp .xlsx, .xls, .ods hoặc .csv, không quá 20 MB.")
OTHER_READING = lazy("Đang đọc một tệp khác. Chờ đọc xong rồi tải lên.")


@dataclass(frozen=True)
class ImportEntry:
    """One import in the history."""

    href: str
    file_name: str
    when: str
    by: Link
    state: Badge
    new: str
    changed: str


@dataclass(frozen=True)
class HistoryPage:
    """What templates/desk/records/imports.html shows; `problem`: why a file was refused."""

    title: str
    frame: Frame
    problem: str
    rows: list[ImportEntry]


@router.get("/desk/imports")
def show_imports(desk: Desk) -> Response:
    return _page(desk)


@router.get("/desk/imports/template.xlsx")
def download_template(_desk: Desk) -> Response:
    return Response(template(), media_type=XLSX, headers=attachment("danh-sach-ho.xlsx"))


@router.post("/desk/imports")
def upload_list(desk: Desk, settings: Config, upload: Annotated[Upload, Depends(store_upload)]) -> Response:
    """Store the file, begin to read it, and show its page."""
    if not upload.import_id:
        return _page(desk, NO_FILE, 422)
    try:
        run = desk.database.write(
            lambda session: commands.begin(
                session, desk.actor, upload.import_id, upload.file_name, upload.suffix, desk.now
            )
        )
    except Exception as error:
        files.remove(files.folder_of(settings.data_dir), upload.import_id, upload.suffix)
        if isinstance(error, OtherImportReading):
            return _page(desk, OTHER_READING, 409)
        raise
    start_worker(desk.database, settings, run)
    return RedirectResponse(f"/desk/imports/{run.id}", 303)


def attachment(name: str) -> dict[str, str]:
    """The headers of a file to download; no cache stores it."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


def _page(desk: DeskContext, problem: str = "", status: int = 200) -> Response:
    def load(session: Session) -> HistoryPage:
        runs = queries.list_imports(session, desk.actor)
        names = queries.names_of(session, desk.actor, runs)
        return HistoryPage(
            title=_("Nhập danh sách hộ"),
            frame=build_frame(session, desk.actor, IMPORTS),
            problem=problem,
            rows=[_entry(desk, run, names) for run in runs],
        )

    return html("desk/records/imports.html", desk.database.read(load), status)


def _entry(desk: DeskContext, run: HouseholdImport, names: dict[str, str]) -> ImportEntry:
    counts = {"added": run.summary.get("new", 0), "updated": run.summary.get("changed", 0), **run.summary}
    return ImportEntry(
        href=f"/desk/imports/{run.id}",
        file_name=run.file_name or _("Danh sách %(when)s", when=moment(run.created_at)),
        when=moment(run.created_at),
        by=supervisor_link(run.created_by, names.get(run.created_by, "")),
        state=state_badge(commands.effective_state(run, desk.now)),
        new=number(counts["added"]),
        changed=number(counts["updated"]),
    )
