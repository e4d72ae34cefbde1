"""The form of a guide: its fields as they were typed, what is wrong with them, and as pages show them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form
from markupsafe import Markup
from sqlmodel import Session

from app.commune.catalog.commands import list_services
from app.commune.guides.commands import MAX_BODY, MAX_TITLE, GuideText, normalize_body
from app.commune.guides.fact_lines import unknown_facts
from app.commune.guides.models import Guide
from app.commune.guides.positions import is_added
from app.commune.guides.rendering import render
from app.commune.guides.steps import PICTURES, Step, step_problems, steps_of
from app.core.errors import TextRefused
from app.core.strings import _
from app.core.text import nfc
from app.web.desk.page.context import DeskContext
from app.web.desk.page.filter_fields import Option
from app.web.desk.records.guides.guide_list import GROUPS
from app.web.desk.records.guides.step_words import step_sentence

_FIELDS = ("title", "group", "services", "body")


@dataclass(frozen=True)
class TypedGuide:
    """The form as it was submitted; `action`: *preview*, or empty. `group` and `service`: of a guide that the
    commune adds or has added."""

    title: Annotated[str, Form()] = ""
    body: Annotated[str, Form()] = ""
    group: Annotated[str, Form()] = ""
    service: Annotated[list[str] | None, Form()] = None
    action: Annotated[str, Form()] = ""

    @property
    def text(self) -> GuideText:
        """What it says, for the commands."""
        return GuideText(self.title, self.body, self.group, tuple(self.service or ()))


Typed = Annotated[TypedGuide, Depends()]


@dataclass(frozen=True)
class Shown:
    """The form to show. `is_preview`: what was typed was not saved; `notice`: why."""

    typed: TypedGuide
    problems: dict[str, str]
    is_preview: bool = False
    notice: str = ""
    status: int = 200


@dataclass(frozen=True)
class GuideFields:
    """What templates/desk/records/_guide_fields.html and its preview show. `preview`: clean HTML; `steps`:
    those of the same text; `pictures`: the names of the drawings; `groups` is empty for a guide of the
    library."""

    name: str
    body: str
    groups: list[Option]
    services: list[Option]
    preview: Markup
    steps: tuple[Step, ...]
    pictures: tuple[str, ...]
    is_preview: bool
    problems: dict[str, str]
    notice: str


def guide_fields(
    session: Session, desk: DeskContext, shown: Shown, guide: Guide | None = None
) -> GuideFields:
    """The fields of a guide, or of one that is to be added."""
    typed, places = shown.typed, guide is None or is_added(guide.code)
    body = normalize_body(typed.body) if shown.is_preview else guide.body if guide else ""
    html = render(body) if shown.is_preview or guide is None else guide.html
    return GuideFields(
        name=typed.title,
        body=typed.body,
        groups=[Option(code, label, code == typed.group) for code, label in GROUPS.items() if places],
        services=_services(session, desk, typed) if places else [],
        preview=Markup(html),  # noqa: S704 - `render` gives clean HTML
        steps=steps_of(body),
        pictures=PICTURES,
        is_preview=shown.is_preview,
        problems=dict.fromkeys(_FIELDS, "") | shown.problems,
        notice=shown.notice,
    )


def checked(desk: DeskContext, typed: TypedGuide, *, with_place: bool) -> Shown | None:
    """The form to show again: a wrong field, or *Xem trước*; None if it can be saved. `with_place`: it has a
    group and services."""
    is_preview = typed.action == "preview"
    problems = _text_problems(typed)
    if with_place and not is_preview:
        problems |= desk.database.read(lambda session: _place_problems(session, desk, typed))
    if not problems and not is_preview:
        return None
    return Shown(typed, problems, not problems, status=422 if problems else 200)


def _services(session: Session, desk: DeskContext, typed: TypedGuide) -> list[Option]:
    """The catalog: what is on, and what was chosen before it was switched off."""
    chosen = set(typed.service or ())
    services = [one for one in list_services(session, desk.actor) if one.active or one.code in chosen]
    return [Option(one.code, one.label, one.code in chosen) for one in services]


def typed_of(guide: Guide) -> TypedGuide:
    """A stored guide as its form shows it."""
    place = guide.place
    if place is None:
        return TypedGuide(guide.title, guide.body)
    return TypedGuide(guide.title, guide.body, place["group"], place["services"])


def _place_problems(session: Session, desk: DeskContext, typed: TypedGuide) -> dict[str, str]:
    """A sentence if no group was chosen, or a service that the catalog does not have."""
    problems = {}
    if typed.group not in GROUPS:
        problems["group"] = _("Chọn nhóm.")
    if not set(typed.service or ()) <= {one.code for one in list_services(session, desk.actor)}:
        problems["services"] = _("Có việc không thuộc danh mục. Hãy chọn lại.")
    return problems


def _text_problems(typed: TypedGuide) -> dict[str, str]:
    """A sentence for each text that cannot be stored or shown."""
    bounds: dict[str, tuple[str, int, Callable[[str], str]]] = {
        "title": (typed.title, MAX_TITLE, nfc),
        "body": (typed.body, MAX_BODY, normalize_body),
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
    return problems if "body" in problems else problems | _block_problems(normalize_body(typed.body))


def _block_problems(body: str) -> dict[str, str]:
    """The first block that is not understood, named."""
    for code in unknown_facts(body):
        return {"body": _("Không có căn cứ nào tên là “%(code)s”.", code=code[:MAX_TITLE])}
    for found in step_problems(body):
        return {"body": step_sentence(found)}
    return {}
