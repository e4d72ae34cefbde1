"""*Nhập danh sách hộ*: the history with the form for a new list and its template; one import, while it is
read, waits for the confirmation, and afterwards; what is answered, chosen, confirmed and undone."""

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi import Form as FormField
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.teams.hamlets import list_hamlets
from app.core.config import Settings
from app.core.errors import Invalid, StaleDecision
from app.core.strings import _, lazy
from app.core.types import is_id
from app.intake.household_import.comparison import CREATE, REMARKS, STAY
from app.intake.household_import.report import write_sheets
from app.intake.household_import.runs import commands, confirm, files, queries, undo
from app.intake.household_import.runs.commands import OtherImportReading
from app.intake.household_import.runs.confirm import ListChanged, NothingChosen
from app.intake.household_import.runs.models import (
    ADD,
    APPLIED,
    CHANGED,
    FAILED,
    NEW,
    READING,
    READY,
    REJECTED,
    UNDONE,
    UPDATE,
    HouseholdImport,
    ImportRow,
)
from app.intake.household_import.runs.template import template
from app.intake.household_import.runs.undo import Obstacles, StandsOnIt
from app.review.first_day import first_visit_at
from app.sync.quarantine.retry import retry_quarantined
from app.web.deps import Config
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import IMPORTS
from app.web.desk.page.paging import numbered_pager, page_number
from app.web.desk.records.imports.files import Upload, has_file, remove_file, start_worker, store_upload
from app.web.desk.records.imports.labels import CHOICES, LISTS, STEPS, state_badge, understood_columns
from app.web.desk.visits.download import download_headers
from app.web.reading import RecentFactor
from app.web.rendering import moment, number, render
from app.web.screens import screen

router = APIRouter()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LIST = "/desk/imports"
_RUN = f"{_LIST}/{{import_id}}"
_NUMBER = re.compile(r"[0-9]{1,6}")
_MAX_FIELDS = 400  # rows and hamlets that one form decides on: more than a page has
_SKIP = "!"  # the answer that the rows of an unknown hamlet are left out
_NO_FILE = lazy("Chọn một tệp .xlsx, .xls, .ods hoặc .csv, không quá 20 MB.")
_OTHER_READING = lazy("Đang đọc một tệp khác. Chờ đọc xong rồi tải lên.")
_NOT_ALL = lazy("Có dòng chưa nhập được. Đánh dấu ô để lại các dòng đó, hoặc sửa tệp rồi tải lên lại.")
_NOTHING = lazy("Không có hộ nào để nhập.")
_CHANGED_MEANWHILE = lazy("Bản đối chiếu hoặc lựa chọn vừa đổi. Hãy xem lại rồi xác nhận.")
_DONE = {
    "applied": lazy("Đã nhập. Máy của các tổ nhận danh sách mới ở lần liên lạc sau."),
    "chosen": lazy("Đã ghi lựa chọn."),
    "again": lazy("Danh sách hộ vừa thay đổi nên đã đối chiếu lại. Hãy xem lại rồi xác nhận."),
    "undone": lazy("Đã hoàn tác. Máy của các tổ bỏ các hộ này ở lần liên lạc sau."),
}


@router.get(_LIST)
def show_imports(desk: Desk) -> Response:
    return _history_page(desk)


@router.get(f"{_LIST}/template.xlsx")
def download_template(_desk: Desk) -> Response:
    return Response(template(), media_type=XLSX, headers=download_headers("danh-sach-ho.xlsx"))


@router.post(_LIST)
def upload_list(desk: Desk, settings: Config, upload: Annotated[Upload, Depends(store_upload)]) -> Response:
    """Store the file, begin to read it, and show its page."""
    if not upload.import_id:
        return _history_page(desk, _NO_FILE, 422)
    try:
        run = desk.database.write(
            lambda session: commands.begin(
                session, desk.actor, upload.import_id, upload.file_name, upload.suffix, desk.now
            )
        )
    except Exception as error:
        files.remove(files.folder_of(settings.data_dir), upload.import_id, upload.suffix)
        if isinstance(error, OtherImportReading):
            return _history_page(desk, _OTHER_READING, 409)
        raise
    start_worker(desk.database, settings, run)
    return _redirect(run.id)


@router.get(_RUN)
def show_import(
    import_id: PathId, desk: Desk, settings: Config, show: str = "", page: str = "", done: str = ""
) -> Response:
    """The page; `show` is the list of rows to look at, `done` names what was just done."""
    kind = show if show in LISTS else ""
    return _import_page(desk, settings, import_id, kind, page_number(page), done=_DONE.get(done, ""))


@router.get(f"{_RUN}/progress")
def show_progress(import_id: PathId, desk: Desk) -> Response:
    """The step, while the file is read; then the browser loads the page."""
    run = desk.read(lambda session: commands.find(session, desk.actor, import_id))
    address = f"{_LIST}/{run.id}"
    if commands.effective_state(run, desk.now) != READING:
        return Response(headers={"HX-Redirect": address, "Cache-Control": "no-store"})
    return render("desk/records/import_progress.html", {"address": address, "step": STEPS[run.step]})


@router.get(f"{_RUN}/rejected.xlsx", dependencies=[RecentFactor])
def download_rejected(import_id: PathId, desk: Desk) -> Response:
    """The rejected rows with their sentences."""

    def load(session: Session) -> bytes:
        content = BytesIO()
        run = commands.find(session, desk.actor, import_id)
        write_sheets(content, {LISTS[REJECTED]: queries.rejected_rows(session, run)})
        return content.getvalue()

    return Response(desk.read(load), media_type=XLSX, headers=download_headers("dong-chua-nhap-duoc.xlsx"))


@router.post(f"{_RUN}/retry")
def read_again(import_id: PathId, desk: Desk, settings: Config) -> Response:
    """*Thử lại*."""
    try:
        run = desk.database.write(
            lambda session: commands.read_again(session, desk.actor, import_id, desk.now)
        )
    except OtherImportReading:
        return _import_page(desk, settings, import_id, problem=_OTHER_READING, status=409)
    except StaleDecision:
        return _redirect(import_id)
    start_worker(desk.database, settings, run)
    return _redirect(import_id)


@router.post(f"{_RUN}/hamlets")
def answer_hamlets(
    import_id: PathId,
    desk: Desk,
    settings: Config,
    key: Annotated[list[str], FormField()] = [],  # noqa: B006 - FastAPI copies it
    answer: Annotated[list[str], FormField()] = [],  # noqa: B006
    create_all: Annotated[str, FormField()] = "",
) -> Response:
    """Say what unknown hamlets are, and compare again."""
    answered = zip(key, answer[:_MAX_FIELDS], strict=False)
    answers = {one: what for one, what in answered if _is_answer(one, what)}
    try:
        run = desk.database.write(
            lambda session: commands.answer_hamlets(
                session, desk.actor, import_id, answers, desk.now, create_others=bool(create_all)
            )
        )
    except OtherImportReading:
        return _import_page(desk, settings, import_id, problem=_OTHER_READING, status=409)
    except StaleDecision:
        return _stale(desk, settings, import_id)
    start_worker(desk.database, settings, run)
    return _redirect(import_id)


@router.post(f"{_RUN}/choices")
def choose_changes(
    import_id: PathId,
    desk: Desk,
    settings: Config,
    number: Annotated[list[str], FormField()] = [],  # noqa: B006
    choice: Annotated[list[str], FormField()] = [],  # noqa: B006
    all: Annotated[str, FormField()] = "",
    page: Annotated[str, FormField()] = "",
) -> Response:
    """What becomes of the changed rows of a page, or with `all` of all of them."""
    chosen = {
        int(row): what
        for row, what in zip(number[:_MAX_FIELDS], choice, strict=False)
        if _NUMBER.fullmatch(row) and what in commands.CHOICES
    }
    try:
        if all in commands.CHOICES and all:
            desk.database.write(
                lambda session: commands.choose_all(session, desk.actor, import_id, all, desk.now)
            )
        else:
            desk.database.write(
                lambda session: commands.choose(session, desk.actor, import_id, chosen, desk.now)
            )
    except StaleDecision:
        return _stale(desk, settings, import_id)
    shown = page if _NUMBER.fullmatch(page) else "1"
    return _redirect(import_id, f"?show={CHANGED}&page={shown}&done=chosen")


@router.post(f"{_RUN}/confirm")
def confirm_import(
    import_id: PathId,
    desk: Desk,
    settings: Config,
    mark: Annotated[str, FormField()] = "",
    skip: Annotated[str, FormField()] = "",
) -> Response:
    """Write the import; if the commune's households changed meanwhile, compare again instead."""
    try:
        run = desk.database.write(
            lambda session: confirm.confirm(
                session, desk.actor, import_id, mark, desk.now, skip_rejected=bool(skip)
            )
        )
    except ListChanged:
        return _compare_again(desk, settings, import_id)
    except StaleDecision:
        return _stale(desk, settings, import_id)
    except Invalid as error:
        problem = _NOTHING if isinstance(error, NothingChosen) else _NOT_ALL
        return _import_page(desk, settings, import_id, problem=problem, status=422)
    remove_file(settings, run)
    retry_quarantined(desk.database, desk.actor.commune_id, desk.now)
    if desk.database.read(lambda session: first_visit_at(session, desk.actor)) is None:
        return RedirectResponse("/desk/?done=imported", 303)
    return _redirect(import_id, "?done=applied")


@router.get(f"{_RUN}/undo")
def show_undo_form(import_id: PathId, desk: Desk) -> Response:
    """*Hoàn tác lần nhập*, asked once with its consequences."""
    return _undo_page(desk, import_id)


@router.post(f"{_RUN}/undo")
def undo_import(import_id: PathId, desk: Desk) -> Response:
    """Undo the import."""
    try:
        desk.database.write(lambda session: undo.undo(session, desk.actor, import_id, desk.now))
    except StandsOnIt:
        return _undo_page(desk, import_id, 409)
    except StaleDecision:
        return _redirect(import_id)
    return _redirect(import_id, "?done=undone")


def _history_page(desk: DeskContext, problem: str = "", status: int = 200) -> Response:
    def load(session: Session) -> Mapping[str, Any]:
        runs = queries.list_imports(session, desk.actor)
        return {
            "problem": problem,
            "runs": [(run, state_badge(commands.effective_state(run, desk.now))) for run in runs],
            "names": queries.names_of(session, desk.actor, runs),
        }

    return screen(desk, "desk/records/imports.html", IMPORTS, load, status)


def _import_page(
    desk: DeskContext,
    settings: Settings,
    import_id: str,
    kind: str = "",
    page: int = 1,
    *,
    done: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    """The page of an import; `kind` and `page`: which rows of a list that waits for the confirmation are
    shown, without `kind` those that need a decision first."""

    def load(session: Session) -> Mapping[str, Any]:
        run = commands.find(session, desk.actor, import_id)
        state = commands.effective_state(run, desk.now)
        first = next((one for one in (CHANGED, REJECTED) if run.summary.get(one)), NEW)
        is_stored = state in (READY, APPLIED, UNDONE) and not queries.is_purged(run, desk.now)
        may_retry = state == FAILED and run.problem != queries.EXPIRED and has_file(settings, run)
        return {
            "run": run,
            "address": f"{_LIST}/{run.id}",
            "state": state_badge(state),
            "facts": _facts(session, desk, run),
            "step": STEPS[run.step] if state == READING else "",
            "failure": (run.problem or commands.STOPPED) if state == FAILED else "",
            "may_retry": may_retry,
            "has_rejected": is_stored and run.summary.get("rejected"),
            "ready": _ready(session, desk, run, kind or first, page) if state == READY else None,
            "may_undo": undo.may_undo(run, desk.now),
            "done": done,
            "problem": problem,
        }

    return screen(desk, "desk/records/import.html", IMPORTS, load, status)


def _ready(
    session: Session, desk: DeskContext, run: HouseholdImport, kind: str, page: int
) -> Mapping[str, Any]:
    """A list that waits for the confirmation: a page of the rows of a kind, and everything above it."""
    found = queries.find_rows(session, run, kind, page)
    hamlets = {hamlet.id: hamlet.name for hamlet in list_hamlets(session, desk.actor)}
    return {
        "summary": run.summary,
        "lists": LISTS,
        "kind": kind,
        "page": found.page,
        "rows": [(row, _where(row), hamlets.get(row.hamlet_id, row.new_hamlet)) for row in found.rows],
        "choices": CHOICES,
        "pager": numbered_pager(f"{_LIST}/{run.id}?show={kind}", found.page, found.pages),
        "questions": [(one, _answers(one, hamlets)) for one in run.summary["questions"]],
        "answered": run.hamlet_answers,
        "remarks": REMARKS,
        "confirm": _confirm_form(session, run),
    }


def _where(row: ImportRow) -> str:
    """Sheet and row of the file."""
    where = _("dòng %(row)s", row=row.row) if row.row else _("cả trang")
    return f"{row.sheet}, {where}" if row.sheet else where


def _answers(asked: dict[str, Any], hamlets: dict[str, str]) -> dict[str, str]:
    """What an unknown hamlet can be: one that exists, a new one, or rows to leave out; or what remarks that
    are not understood can mean."""
    skip = {_SKIP: _("Để lại các dòng này")}
    if asked["key"] == REMARKS:
        return {"": _("Chọn…"), STAY: _("Các hộ này vẫn ở đây: nhập")} | skip
    create = {CREATE: _("Tạo thôn mới")} if asked["new"] else {}
    likely_first = sorted(hamlets.items(), key=lambda hamlet: hamlet[1] not in asked["similar"])
    known = {id: _("Là %(hamlet)s", hamlet=name) for id, name in likely_first}
    return {"": _("Chọn…")} | create | known | skip


def _confirm_form(session: Session, run: HouseholdImport) -> dict[str, str] | None:
    """The form that writes the import: its mark and its button; `skip`: the label of the box for rejected
    rows, or empty. None if there is nothing to write."""
    chosen = queries.count_choices(session, run)
    added, updated = run.summary[NEW] + chosen.get(ADD, 0), chosen.get(UPDATE, 0)
    if not added and not updated:
        return None
    parts = [_("nhập %(count)s hộ mới", count=number(added))] if added else []
    if updated:
        parts.append(_("sửa %(count)s hộ", count=number(updated)))
    button, rejected = ", ".join(parts), run.summary[REJECTED]
    undecided = run.summary[CHANGED] - sum(chosen.values())
    left = rejected and _("Để lại %(count)s dòng chưa nhập được", count=number(rejected))
    if undecided and left:
        left = _("%(left)s; %(count)s hộ có thay đổi để nguyên", left=left, count=number(undecided))
    return {
        "mark": confirm.mark(session, run),
        "button": button[:1].upper() + button[1:],
        "skip": left or "",
    }


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


def _undo_page(desk: DeskContext, import_id: str, status: int = 200) -> Response:
    run = desk.read(lambda session: commands.find(session, desk.actor, import_id))
    if not undo.may_undo(run, desk.now):
        return _redirect(import_id)

    def load(session: Session) -> Mapping[str, Any]:
        return {"run": run, "obstacles": _sentences(undo.find_obstacles(session, run))}

    return screen(desk, "desk/records/import_undo.html", IMPORTS, load, status)


def _sentences(obstacles: Obstacles) -> list[str]:
    """Why an import cannot be undone."""
    sentences = []
    if obstacles.visited:
        sentences.append(
            _(
                "%(count)s hộ đã có lượt thăm nên không hoàn tác được nữa.",
                count=number(obstacles.visited),
            )
        )
    if obstacles.changed:
        sentences.append(
            _(
                "%(count)s hộ đã được sửa, chuyển hoặc gộp sau lần nhập nên không hoàn tác được nữa.",
                count=number(obstacles.changed),
            )
        )
    return sentences


def _compare_again(desk: DeskContext, settings: Config, import_id: str) -> Response:
    answer = read_again(import_id, desk, settings)
    return _redirect(import_id, "?done=again") if answer.status_code == 303 else answer


def _stale(desk: DeskContext, settings: Config, import_id: str) -> Response:
    """The page as it is now, and who did what meanwhile."""
    run = desk.database.read(lambda session: commands.find(session, desk.actor, import_id))
    names = desk.database.read(lambda session: queries.names_of(session, desk.actor, [run]))
    problem = _CHANGED_MEANWHILE if run.state == READY else ""
    if run.state == APPLIED and run.applied_at:
        problem = _(
            "%(name)s đã nhập danh sách này lúc %(when)s. Lần này không ghi gì thêm.",
            name=names.get(run.applied_by or "", ""),
            when=moment(run.applied_at),
        )
    return _import_page(desk, settings, import_id, problem=problem, status=409)


def _is_answer(key: str, text: str) -> bool:
    if key == REMARKS:
        return text in (STAY, _SKIP, "")
    return text in (CREATE, _SKIP, "") or is_id(text)


def _redirect(import_id: str, query: str = "") -> Response:
    return RedirectResponse(f"{_LIST}/{import_id}{query}", 303)
