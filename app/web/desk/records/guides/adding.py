"""/desk/guides/new: a guide that the project does not have."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.guides import adding
from app.commune.guides.adding import MAX_ADDED
from app.core.errors import AlreadyExists, Invalid
from app.core.strings import _
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import GUIDES, build_frame
from app.web.desk.records.guides.guide_form import (
    GuideFields,
    Shown,
    Typed,
    TypedGuide,
    checked,
    guide_fields,
)
from app.web.desk.records.guides.guide_list import PATH
from app.web.frame import Frame
from app.web.rendering import html

router = APIRouter()


@dataclass(frozen=True)
class NewGuidePage(GuideFields):
    """What templates/desk/records/guide_new.html shows. `form`: what it is known by, so that a form that is
    sent twice adds one guide."""

    title: str
    frame: Frame
    form: str


@router.get("/desk/guides/new")
def show_form(desk: Desk) -> Response:
    return new_guide_page(desk, Shown(TypedGuide(), {}))


@router.post("/desk/guides/new")
def add_guide(desk: Desk, typed: Typed, form: Annotated[str, Form()] = "") -> Response:
    """*Lưu*, or *Xem trước*, which stores nothing. What cannot be saved is shown again as it was typed."""
    shown = checked(desk, typed, with_place=True)
    if shown is not None:
        return new_guide_page(desk, shown, form)
    try:
        code = desk.database.write(
            lambda session: adding.add_guide(session, desk.actor, form, typed.text, desk.now)
        )
    except AlreadyExists:
        return new_guide_page(desk, Shown(typed, {}, is_preview=True, notice=_added_before(), status=409))
    except Invalid as refusal:
        notice = _full_sentence() if "count" in refusal.fields else ""
        shown = Shown(typed, {}, is_preview=True, notice=notice, status=422)
        return new_guide_page(desk, shown, form if notice else "")
    return RedirectResponse(f"{PATH}/{code}?done=added", 303)


def _added_before() -> str:
    return _(
        "Biểu mẫu này đã thêm một hướng dẫn khác. Phần đã viết còn ở dưới; bấm Lưu để thêm hướng dẫn mới."
    )


def _full_sentence() -> str:
    return _(
        "Đã có %(count)s hướng dẫn riêng, không thêm được nữa. Bỏ bớt một hướng dẫn rồi lưu lại.",
        count=MAX_ADDED,
    )


def new_guide_page(desk: DeskContext, shown: Shown, form: str = "") -> Response:
    """The form; without `form` as a new one."""

    def load(session: Session) -> NewGuidePage:
        return NewGuidePage(
            title=_("Thêm hướng dẫn"),
            frame=build_frame(session, desk.actor, GUIDES),
            form=form or adding.new_form(),
            **vars(guide_fields(session, desk, shown)),
        )

    return html("desk/records/guide_new.html", desk.database.read(load), shown.status)
