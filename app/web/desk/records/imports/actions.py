"""/desk/imports/{id}/…: read again, answer for hamlets, choose changes, confirm."""

import re
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from app.core.errors import Invalid, StaleDecision
from app.core.strings import _, lazy
from app.core.types import is_id
from app.intake.household_import.comparison import CREATE, REMARKS, STAY
from app.intake.household_import.runs import commands, confirm, queries
from app.intake.household_import.runs.commands import OtherImportReading
from app.intake.household_import.runs.confirm import ListChanged, NothingChosen
from app.intake.household_import.runs.models import APPLIED, CHANGED, READY
from app.review.first_day import first_visit_at
from app.sync.quarantine.retry import retry_quarantined
from app.web.deps import Config
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.records.imports.history import OTHER_READING
from app.web.desk.records.imports.one_import import ListView, import_page
from app.web.desk.records.imports.ready import SKIP
from app.web.desk.records.imports.starting import remove_file, start_worker
from app.web.rendering import moment

router = APIRouter()
_NUMBER = re.compile(r"[0-9]{1,6}")
MAX_FIELDS = 400
"""Rows and hamlets that one form decides on: more than a page has."""

NOT_ALL = lazy("Có dòng chưa nhập được. Đánh dấu ô để lại các dòng đó, hoặc sửa tệp rồi tải lên lại.")
NOTHING = lazy("Không có hộ nào để nhập.")
CHANGED_MEANWHILE = lazy("Bản đối chiếu hoặc lựa chọn vừa đổi. Hãy xem lại rồi xác nhận.")


@router.post("/desk/imports/{import_id}/retry")
def read_again(import_id: PathId, desk: Desk, settings: Config) -> Response:
    """*Thử lại*."""
    try:
        run = desk.database.write(
            lambda session: commands.read_again(session, desk.actor, import_id, desk.now)
        )
    except OtherImportReading:
        return import_page(desk, settings, import_id, problem=OTHER_READING, status=409)
    except StaleDecision:
        return _redirect(import_id)
    start_worker(desk.database, settings, run)
    return _redirect(import_id)


@router.post("/desk/imports/{import_id}/hamlets")
def answer_hamlets(
    import_id: PathId,
    desk: Desk,
    settings: Config,
    key: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
    answer: Annotated[list[str], Form()] = [],  # noqa: B006
    create_all: Annotated[str, Form()] = "",
) -> Response:
    """Say what unknown hamlets are, and compare again."""
    answered = zip(key, answer[:MAX_FIELDS], strict=False)
    answers = {one: what for one, what in answered if _is_answer(one, what)}
    try:
        run = desk.database.write(
            lambda session: commands.answer_hamlets(
                session, desk.actor, import_id, answers, desk.now, create_others=bool(create_all)
            )
        )
    except OtherImportReading:
        return import_page(desk, settings, import_id, problem=OTHER_READING, status=409)
    except StaleDecision:
        return _stale(desk, settings, import_id)
    start_worker(desk.database, settings, run)
    return _redirect(import_id)


@router.post("/desk/imports/{import_id}/choices")
def choose_changes(
    import_id: PathId,
    desk: Desk,
    settings: Config,
    number: Annotated[list[str], Form()] = [],  # noqa: B006
    choice: Annotated[list[str], Form()] = [],  # noqa: B006
    all: Annotated[str, Form()] = "",
    page: Annotated[str, Form()] = "",
) -> Response:
    """What becomes of the changed rows of a page, or with `all` of all of them."""
    chosen = {
        int(row): what
        for row, what in zip(number[:MAX_FIELDS], choice, strict=False)
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


@router.post("/desk/imports/{import_id}/confirm")
def confirm_import(
    import_id: PathId,
    desk: Desk,
    settings: Config,
    mark: Annotated[str, Form()] = "",
    skip: Annotated[str, Form()] = "",
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
        problem = NOTHING if isinstance(error, NothingChosen) else NOT_ALL
        return import_page(desk, settings, import_id, ListView(), problem=problem, status=422)
    remove_file(settings, run)
    retry_quarantined(desk.database, desk.actor.commune_id, desk.now)
    if desk.database.read(lambda session: first_visit_at(session, desk.actor)) is None:
        return RedirectResponse("/desk/?done=imported", 303)
    return _redirect(import_id, "?done=applied")


def _compare_again(desk: DeskContext, settings: Config, import_id: str) -> Response:
    answer = read_again(import_id, desk, settings)
    return _redirect(import_id, "?done=again") if answer.status_code == 303 else answer


def _stale(desk: DeskContext, settings: Config, import_id: str) -> Response:
    """The page as it is now, and who did what meanwhile."""
    run = desk.database.read(lambda session: commands.find(session, desk.actor, import_id))
    names = desk.database.read(lambda session: queries.names_of(session, desk.actor, [run]))
    problem = CHANGED_MEANWHILE if run.state == READY else ""
    if run.state == APPLIED and run.applied_at:
        problem = _(
            "%(name)s đã nhập danh sách này lúc %(when)s. Lần này không ghi gì thêm.",
            name=names.get(run.applied_by or "", ""),
            when=moment(run.applied_at),
        )
    return import_page(desk, settings, import_id, problem=problem, status=409)


def _is_answer(key: str, text: str) -> bool:
    if key == REMARKS:
        return text in (STAY, SKIP, "")
    return text in (CREATE, SKIP, "") or is_id(text)


def _redirect(import_id: str, query: str = "") -> Response:
    return RedirectResponse(f"/desk/imports/{import_id}{query}", 303)
