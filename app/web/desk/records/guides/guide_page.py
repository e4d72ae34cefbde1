"""/desk/guides/{code}: one guide as phones show it, its text to write, and what may be taken back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup
from sqlmodel import Session

from app.commune.accounts.commune import supervisor_names
from app.commune.guides import commands
from app.commune.guides.commands import MAX_BODY, MAX_TITLE, normalize_body
from app.commune.guides.fact_lines import unknown_facts
from app.commune.guides.models import Guide
from app.commune.guides.rendering import render
from app.commune.guides.steps import PICTURES, Step, step_problems, steps_of
from app.core.errors import StaleDecision, TextRefused
from app.core.strings import _, lazy
from app.core.text import nfc
from app.web.desk.page.context import Desk, DeskContext, FormVersion, PathId
from app.web.desk.page.frame import GUIDES, Frame, build_frame
from app.web.desk.records.guides.guide_list import PATH, changed_text, phones_text
from app.web.desk.records.guides.step_words import step_sentence
from app.web.rendering import day, html

router = APIRouter()
_DONE = {
    "saved": lazy("Đã lưu. Máy của tổ có bản này ở lần liên lạc sau."),
    "returned": lazy("Đã về bản của dự án. Máy của tổ có bản này ở lần liên lạc sau."),
    "undone": lazy("Đã hoàn tác: bản trước đã trở lại."),
    "changed": lazy("Chưa làm gì: hướng dẫn này vừa được người khác đổi. Đây là bản bây giờ."),
}


@dataclass(frozen=True)
class TypedText:
    """The form as it was submitted. `is_preview`: it was shown, not saved; `notice`: what a colleague did."""

    title: str
    body: str
    problems: dict[str, str]
    is_preview: bool = False
    notice: str = ""
    status: int = 200


@dataclass(frozen=True)
class GuidePage:
    """What templates/desk/records/guide.html shows. `preview`: clean HTML; `steps`: those of the same text;
    `pictures`: the names of the drawings; `undo`, `to_library`: what may be done."""

    title: str
    frame: Frame
    address: str
    name: str
    body: str
    preview: Markup
    steps: tuple[Step, ...]
    pictures: tuple[str, ...]
    is_preview: bool
    updated: str
    changed: str
    phones: str
    version: int
    undo: bool
    to_library: bool
    problems: dict[str, str]
    notice: str
    done: str


@router.get("/desk/guides/{code}")
def show_guide(code: PathId, desk: Desk, done: str = "") -> Response:
    return _page(desk, code, done=_DONE.get(done, ""))


@router.post("/desk/guides/{code}")
def write_guide(
    code: PathId,
    desk: Desk,
    version: FormVersion,
    title: Annotated[str, Form()] = "",
    body: Annotated[str, Form()] = "",
    action: Annotated[str, Form()] = "",
) -> Response:
    """*Lưu*, or *Xem trước* (`action`), which stores nothing. A wrong field shows the form again."""
    problems = _problems(title, body)
    if problems or action == "preview":
        return _page(
            desk, code, TypedText(title, body, problems, not problems, status=422 if problems else 200)
        )
    try:
        desk.database.write(
            lambda session: commands.write_guide(session, desk.actor, code, title, body, version, desk.now)
        )
    except StaleDecision:
        return _changed_meanwhile(desk, code, title, body)
    return RedirectResponse(f"{PATH}/{code}?done=saved", 303)


@router.post("/desk/guides/{code}/undo")
def undo_change(code: PathId, desk: Desk, version: FormVersion) -> Response:
    """*Hoàn tác*."""
    try:
        desk.database.write(
            lambda session: commands.undo_change(session, desk.actor, code, version, desk.now)
        )
    except StaleDecision:
        return RedirectResponse(f"{PATH}/{code}?done=changed", 303)
    return RedirectResponse(f"{PATH}/{code}?done=undone", 303)


@router.post("/desk/guides/{code}/library")
def return_to_library(code: PathId, desk: Desk, version: FormVersion) -> Response:
    """*Về bản của dự án*; it can be undone."""
    try:
        desk.database.write(
            lambda session: commands.return_to_library(session, desk.actor, code, version, desk.now)
        )
    except StaleDecision:
        return RedirectResponse(f"{PATH}/{code}?done=changed", 303)
    return RedirectResponse(f"{PATH}/{code}?done=returned", 303)


def _problems(title: str, body: str) -> dict[str, str]:
    bounds: dict[str, tuple[str, int, Callable[[str], str]]] = {
        "title": (title, MAX_TITLE, nfc),
        "body": (body, MAX_BODY, normalize_body),
    }
    problems = {}
    for name, (text, most, normalize) in bounds.items():
        length = len(text.replace("\r\n", "\n"))
        if length > most:
            problems[name] = _("Dài %(length)s ký tự, nhiều nhất là %(most)s.", length=length, most=most)
            continue
        try:
            if not normalize(text):
                problems[name] = _("Chưa có chữ nào.")
        except TextRefused:
            problems[name] = _("Có ký tự không lưu được. Gõ lại chỗ vừa dán vào.")
    return problems if "body" in problems else problems | _block_problems(normalize_body(body))


def _block_problems(body: str) -> dict[str, str]:
    """The first block that is not understood, named."""
    for code in unknown_facts(body):
        return {"body": _("Không có căn cứ nào tên là “%(code)s”.", code=code[:MAX_TITLE])}
    for found in step_problems(body):
        return {"body": step_sentence(found)}
    return {}


def _changed_meanwhile(desk: DeskContext, code: str, title: str, body: str) -> Response:
    def load(session: Session) -> str:
        guide = commands.find_guide(session, desk.actor, code)
        return changed_text(guide, supervisor_names(session, desk.actor))

    notice = _(
        "%(changed)s vừa đổi hướng dẫn này. Phần đã viết còn ở dưới; bấm Lưu để thay bằng bản này.",
        changed=desk.database.read(load),
    )
    return _page(desk, code, TypedText(title, body, {}, is_preview=True, notice=notice, status=409))


def _page(desk: DeskContext, code: str, typed: TypedText | None = None, done: str = "") -> Response:
    page = desk.database.read(lambda session: _load(session, desk, code, typed, done))
    return html("desk/records/guide.html", page, typed.status if typed else 200)


def _load(session: Session, desk: DeskContext, code: str, typed: TypedText | None, done: str) -> GuidePage:
    guide = commands.find_guide(session, desk.actor, code)
    shown = typed or TypedText(guide.title, guide.body, {})
    return GuidePage(
        title=guide.title,
        frame=build_frame(session, desk.actor, GUIDES),
        address=f"{PATH}/{code}",
        name=shown.title,
        body=shown.body,
        preview=Markup(_preview(guide, shown)),  # noqa: S704 - `render` gives clean HTML
        steps=steps_of(normalize_body(shown.body) if shown.is_preview else guide.body),
        pictures=PICTURES,
        is_preview=shown.is_preview,
        updated=day(guide.changed_on),
        changed=changed_text(guide, supervisor_names(session, desk.actor)),
        phones=phones_text(guide, commands.phones_with_guides(session, desk.actor)),
        version=guide.feed_seq,
        undo=guide.earlier is not None,
        to_library=guide.is_own,
        problems={"title": "", "body": ""} | shown.problems,
        notice=shown.notice,
        done=done,
    )


def _preview(guide: Guide, shown: TypedText) -> str:
    """What phones will show; the stored guide if the text cannot be."""
    return render(normalize_body(shown.body)) if shown.is_preview else guide.html
