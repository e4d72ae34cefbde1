"""/desk/guides/{code}: one guide as phones show it, its text to write, and what may be taken back."""

from dataclasses import dataclass, replace

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.commune import supervisor_names
from app.commune.guides import adding, commands
from app.commune.guides.models import Guide
from app.commune.guides.positions import is_added
from app.core.errors import Invalid, StaleDecision
from app.core.strings import _, lazy
from app.web.desk.page.context import Desk, DeskContext, FormVersion, PathId
from app.web.desk.page.frame import GUIDES, build_frame
from app.web.desk.records.guides.adding import new_guide_page
from app.web.desk.records.guides.guide_form import (
    GuideFields,
    Shown,
    Typed,
    TypedGuide,
    checked,
    guide_fields,
    typed_of,
)
from app.web.desk.records.guides.guide_list import PATH, changed_text, phones_text
from app.web.frame import Frame
from app.web.rendering import day, html

router = APIRouter()
_DONE = {
    "added": lazy("Đã thêm. Máy của tổ có hướng dẫn này ở lần liên lạc sau."),
    "saved": lazy("Đã lưu. Máy của tổ có bản này ở lần liên lạc sau."),
    "returned": lazy("Đã về bản của dự án. Máy của tổ có bản này ở lần liên lạc sau."),
    "undone": lazy("Đã hoàn tác: bản trước đã trở lại."),
    "removed": lazy("Đã bỏ. Máy của tổ xóa hướng dẫn này ở lần liên lạc sau."),
    "restored": lazy("Đã hoàn tác. Máy của tổ có lại hướng dẫn này ở lần liên lạc sau."),
    "full": lazy("Chưa hoàn tác được: đã có đủ %(count)s hướng dẫn riêng.", count=adding.MAX_ADDED),
    "changed": lazy("Chưa làm gì: hướng dẫn này vừa được người khác đổi. Đây là bản bây giờ."),
}


@dataclass(frozen=True)
class GuidePage(GuideFields):
    """What templates/desk/records/guide.html shows. `undo`, `to_library`, `remove`: what may be done;
    `removed`: the guide has no form, and can be brought back."""

    title: str
    frame: Frame
    address: str
    updated: str
    changed: str
    phones: str
    version: int
    undo: bool
    to_library: bool
    remove: bool
    removed: bool
    done: str


@router.get("/desk/guides/{code}")
def show_guide(code: PathId, desk: Desk, done: str = "") -> Response:
    return _page(desk, code, done=_DONE.get(done, ""))


@router.post("/desk/guides/{code}")
def write_guide(code: PathId, desk: Desk, version: FormVersion, typed: Typed) -> Response:
    """*Lưu*, or *Xem trước*, which stores nothing. A wrong field shows the form again."""
    shown = checked(desk, typed, with_place=is_added(code))
    if shown is not None:
        return _page(desk, code, shown)
    try:
        desk.database.write(
            lambda session: commands.write_guide(session, desk.actor, code, typed.text, version, desk.now)
        )
    except StaleDecision:
        return _changed_meanwhile(desk, code, typed)
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


@router.post("/desk/guides/{code}/remove")
def remove_guide(code: PathId, desk: Desk, version: FormVersion) -> Response:
    """*Bỏ* a guide that the commune has added; it can be undone."""
    try:
        desk.database.write(lambda session: adding.remove_guide(session, desk.actor, code, version, desk.now))
    except StaleDecision:
        return RedirectResponse(f"{PATH}/{code}?done=changed", 303)
    return RedirectResponse(f"{PATH}/{code}?done=removed", 303)


@router.post("/desk/guides/{code}/restore")
def restore_guide(code: PathId, desk: Desk) -> Response:
    """*Hoàn tác* of that."""
    try:
        desk.database.write(lambda session: adding.restore_guide(session, desk.actor, code, desk.now))
    except Invalid:
        return RedirectResponse(f"{PATH}/{code}?done=full", 303)
    return RedirectResponse(f"{PATH}/{code}?done=restored", 303)


def _changed_meanwhile(desk: DeskContext, code: str, typed: TypedGuide) -> Response:
    def load(session: Session) -> tuple[bool, str]:
        guide = commands.find_guide(session, desk.actor, code)
        return guide.removed_at is not None, changed_text(guide, supervisor_names(session, desk.actor))

    removed, changed = desk.database.read(load)
    shown = Shown(typed, {}, is_preview=True, status=409)
    if removed:
        notice = _(
            "%(changed)s vừa bỏ hướng dẫn này. Phần đã viết còn ở dưới; bấm Lưu để thêm thành hướng dẫn mới.",
            changed=changed,
        )
        return new_guide_page(desk, replace(shown, notice=notice))
    notice = _(
        "%(changed)s vừa đổi hướng dẫn này. Phần đã viết còn ở dưới; bấm Lưu để thay bằng bản này.",
        changed=changed,
    )
    return _page(desk, code, replace(shown, notice=notice))


def _page(desk: DeskContext, code: str, shown: Shown | None = None, done: str = "") -> Response:
    page = desk.database.read(lambda session: _load(session, desk, code, shown, done))
    return html("desk/records/guide.html", page, shown.status if shown else 200)


def _load(session: Session, desk: DeskContext, code: str, shown: Shown | None, done: str) -> GuidePage:
    guide = commands.find_guide(session, desk.actor, code)
    removed = guide.removed_at is not None
    return GuidePage(
        title=guide.title,
        frame=build_frame(session, desk.actor, GUIDES),
        address=f"{PATH}/{code}",
        updated=day(guide.changed_on),
        changed=changed_text(guide, supervisor_names(session, desk.actor)),
        phones=phones_text(guide, commands.phones_with_guides(session, desk.actor)),
        version=guide.feed_seq,
        undo=guide.earlier is not None and not removed,
        to_library=guide.is_own and not is_added(code),
        remove=is_added(code) and not removed,
        removed=removed,
        done=done,
        **vars(_fields(session, desk, guide, shown)),
    )


def _fields(session: Session, desk: DeskContext, guide: Guide, shown: Shown | None) -> GuideFields:
    return guide_fields(session, desk, shown or Shown(typed_of(guide), {}), guide)
