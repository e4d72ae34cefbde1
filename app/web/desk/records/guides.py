"""*Cẩm nang*: the commune's guides in the order of the phone, how old each is and how many phones have it;
one of them as phones show it, to write or to add, and what may be taken back; its leaflet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any, Protocol

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup
from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.accounts.commune import supervisor_names
from app.commune.catalog.commands import list_services
from app.commune.guides import adding, commands
from app.commune.guides.adding import MAX_ADDED
from app.commune.guides.commands import MAX_BODY, MAX_TITLE, GuideText, normalize_body
from app.commune.guides.fact_lines import step_sentences, unknown_facts
from app.commune.guides.models import Guide
from app.commune.guides.positions import is_added
from app.commune.guides.rendering import render
from app.commune.guides.steps import (
    MAX_STEP_TEXT,
    MAX_STEP_TITLE,
    MAX_STEPS,
    PICTURES,
    StepProblem,
    step_problems,
    steps_of,
)
from app.core.errors import AlreadyExists, Invalid, NotFound, StaleDecision, TextRefused
from app.core.strings import SOURCE, _, language, lazy
from app.core.text import nfc
from app.web.desk.page.context import Desk, DeskContext, FormVersion, PathId
from app.web.desk.page.frame import GUIDES
from app.web.desk.page.labels import PILLARS
from app.web.forms import Code, Codes, FieldError, Filled, Form, Refusals, Sent, Text, Values, Version, submit
from app.web.rendering import moment
from app.web.screens import screen

router = APIRouter()
PATH = "/desk/guides"
GROUPS = {"team": lazy("Trước khi đến nhà")} | PILLARS
_SHOWN = 80  # characters of what was typed, in a sentence
_DONE = {
    "added": lazy("Đã thêm. Máy của tổ có hướng dẫn này ở lần liên lạc sau."),
    "saved": lazy("Đã lưu. Máy của tổ có bản này ở lần liên lạc sau."),
    "returned": lazy("Đã về bản của dự án. Máy của tổ có bản này ở lần liên lạc sau."),
    "undone": lazy("Đã hoàn tác: bản trước đã trở lại."),
    "removed": lazy("Đã bỏ. Máy của tổ xóa hướng dẫn này ở lần liên lạc sau."),
    "restored": lazy("Đã hoàn tác. Máy của tổ có lại hướng dẫn này ở lần liên lạc sau."),
    "full": lazy("Chưa hoàn tác được: đã có đủ %(count)s hướng dẫn riêng.", count=MAX_ADDED),
    "changed": lazy("Chưa làm gì: hướng dẫn này vừa được người khác đổi. Đây là bản bây giờ."),
}


def _block_problem(body: str) -> str:
    """A sentence for the first block that is not understood."""
    for code in unknown_facts(body):
        return _("Không có căn cứ nào tên là “%(code)s”.", code=code[:MAX_TITLE])
    for found in step_problems(body):
        return _step_sentence(found)
    return ""


def _step_sentence(found: StepProblem) -> str:
    """Why a step is refused."""
    what = found.what[:_SHOWN]
    match found.problem:
        case "shape":
            return _("Có :::buoc viết chưa đủ: sau nó là tên hình và tên bước, rồi một câu, rồi một dòng :::")
        case "too_many":
            return _("Nhiều bước quá: nhiều nhất là %(most)s.", most=MAX_STEPS)
        case "picture":
            return _("Không có hình nào tên là “%(what)s”. Tên các hình ở dưới.", what=what)
        case "empty":
            return _("Bước “%(what)s” còn thiếu tên hoặc câu.", what=what)
        case "too_long":
            return _(
                "Bước “%(what)s” dài quá: tên nhiều nhất %(title)s ký tự, câu nhiều nhất %(text)s.",
                what=what, title=MAX_STEP_TITLE, text=MAX_STEP_TEXT,
            )  # fmt: skip


@dataclass(frozen=True)
class Written(Text):
    """A text of a guide, which `normalize` stores; `refuse`: a sentence for what cannot be shown, or
    nothing."""

    normalize: Callable[[str], str] = field(default=nfc, kw_only=True)
    refuse: Callable[[str], str] = field(default=lambda _text: "", kw_only=True)

    def read(self, texts: Any, _today: date) -> str:
        text: str = texts[-1] if texts else ""
        length = len(text.replace("\r\n", "\n"))
        if length > self.most:
            raise FieldError(
                _("Dài %(length)s ký tự, nhiều nhất là %(most)s.", length=length, most=self.most)
            )
        try:
            stored = self.normalize(text)
        except TextRefused:
            raise FieldError(_("Có ký tự không lưu được. Gõ lại chỗ vừa dán vào.")) from None
        if problem := self.refuse(stored) if stored else _("Chưa có chữ nào."):
            raise FieldError(problem)
        return text


_TITLE = Written("title", lazy("Tên hướng dẫn"), maxlength=MAX_TITLE, most=MAX_TITLE)
_GROUP = Code("group", lazy("Nhóm"), wrong=lazy("Chọn nhóm."), options=GROUPS, empty=lazy("Chọn nhóm"))
_BODY = Written(
    "body",
    lazy("Nội dung"),
    lazy(
        "## đầu dòng: tiêu đề. 1. đầu dòng: bước. - đầu dòng: gạch đầu dòng. **chữ đậm**. > đầu dòng: lời nói. Nhiều nhất 8.000 ký tự."  # noqa: E501
    ),
    most=MAX_BODY,
    shown=4 * MAX_BODY,
    lines=22,
    normalize=normalize_body,
    refuse=_block_problem,
)
_REFUSALS: Refusals = {
    AlreadyExists: lazy(
        "Biểu mẫu này đã thêm một hướng dẫn khác. Phần đã viết còn ở dưới; bấm Lưu để thêm hướng dẫn mới."
    ),
    "count": lazy(
        "Đã có %(count)s hướng dẫn riêng, không thêm được nữa. Bỏ bớt một hướng dẫn rồi lưu lại.",
        count=MAX_ADDED,
    ),
    "form": "",
    StaleDecision: "",
}
# `form`: what a form is known by, so that one that is sent twice adds one guide; `action`: *preview*, or not.
LIBRARY = Form(_TITLE, _BODY, Version(), Text("action"), refusals=_REFUSALS)


def _own(desk: DeskContext) -> Form:
    """The form of a guide that the commune adds or has added, with the services of its catalog."""
    catalog = desk.read(lambda session: list_services(session, desk.actor))
    services = Codes(
        "service",
        lazy("Giúp làm việc nào"),
        lazy("Không bắt buộc. Trên máy, xem hướng dẫn của việc nào được chọn cũng thấy hướng dẫn này."),
        lazy("Có việc không thuộc danh mục. Hãy chọn lại."),
        options={one.code: one.label for one in catalog},
    )
    fields = (_TITLE, _GROUP, services, _BODY, Version(), Text("form"), Text("action"))
    return Form(*fields, refusals=_REFUSALS)


@router.get(PATH)
def show_guides(desk: Desk) -> Response:
    def load(session: Session) -> Mapping[str, Any]:
        guides = commands.list_guides(session, desk.actor)
        removed = commands.list_removed(session, desk.actor)
        phones = commands.phones_with_guides(session, desk.actor)
        names = supervisor_names(session, desk.actor)
        by_group = groupby(guides, key=lambda guide: commands.place_in_use(guide).group)
        return {
            "groups": [(GROUPS[group], list(some)) for group, some in by_group],
            "removed": removed,
            "kinds": {guide.code: _kind(guide) for guide in guides},
            "changed": {guide.code: _changed(guide, names) for guide in (*guides, *removed)},
            "having": {guide.code: phones.having(guide) for guide in (*guides, *removed)},
            "total": phones.total,
            "is_full": adding.is_full(session, desk.actor),
            "most": MAX_ADDED,
        }

    return screen(desk, "desk/records/guides.html", GUIDES, load)


@router.get(f"{PATH}/new")
def show_new_guide(desk: Desk) -> Response:
    return _new_page(desk, _own(desk).blank(form=adding.new_form()))


@router.post(f"{PATH}/new")
def add_guide(desk: Desk, sent: Sent) -> Response:
    """*Lưu*, or *Xem trước*, which stores nothing. What cannot be saved is shown again as it was typed."""
    if sent.get("action") == "preview":
        return _new_page(desk, _preview(_own(desk), desk, sent))

    def add(session: Session, typed: Values) -> str:
        code = adding.add_guide(session, desk.actor, typed["form"], _text(typed), desk.now)
        return f"{PATH}/{code}?done=added"

    return submit(desk, _own(desk), sent, add, str, partial(_new_page, desk))


@router.get(f"{PATH}/{{code}}")
def show_guide(code: PathId, desk: Desk, done: str = "") -> Response:
    return _page(desk, code, done=done)


@router.post(f"{PATH}/{{code}}")
def write_guide(code: PathId, desk: Desk, sent: Sent) -> Response:
    """*Lưu*, or *Xem trước*, which stores nothing. A wrong field shows the form again."""
    form = _own(desk) if is_added(code) else LIBRARY
    if sent.get("action") == "preview":
        return _page(desk, code, _preview(form, desk, sent))

    def write(session: Session, typed: Values) -> None:
        commands.write_guide(session, desk.actor, code, _text(typed), typed["version"], desk.now)

    def again(form: Filled) -> Response:
        guide = desk.read(lambda session: commands.find_guide(session, desk.actor, code))
        return _new_page(desk, form, guide) if form.is_stale and guide.removed_at else _page(desk, code, form)

    return submit(desk, form, sent, write, f"{PATH}/{code}?done=saved", again)


class Change(Protocol):
    """A command that changes a guide which had this version when it was shown."""

    def __call__(self, session: Session, actor: Actor, code: str, version: int, now: Any) -> None: ...


@router.post(f"{PATH}/{{code}}/undo")
def undo_change(code: PathId, desk: Desk, version: FormVersion) -> Response:
    """*Hoàn tác*."""
    return _change(desk, code, version, commands.undo_change, "undone")


@router.post(f"{PATH}/{{code}}/library")
def return_to_library(code: PathId, desk: Desk, version: FormVersion) -> Response:
    """*Về bản của dự án*; it can be undone."""
    return _change(desk, code, version, commands.return_to_library, "returned")


@router.post(f"{PATH}/{{code}}/remove")
def remove_guide(code: PathId, desk: Desk, version: FormVersion) -> Response:
    """*Bỏ* a guide that the commune has added; it can be undone."""
    return _change(desk, code, version, adding.remove_guide, "removed")


@router.post(f"{PATH}/{{code}}/restore")
def restore_guide(code: PathId, desk: Desk) -> Response:
    """*Hoàn tác* of that."""
    try:
        desk.database.write(lambda session: adding.restore_guide(session, desk.actor, code, desk.now))
    except Invalid:
        return RedirectResponse(f"{PATH}/{code}?done=full", 303)
    return RedirectResponse(f"{PATH}/{code}?done=restored", 303)


@router.get(f"{PATH}/{{code}}/leaflet")
@language(SOURCE)
def show_leaflet(code: PathId, desk: Desk) -> Response:
    """The steps of a guide on a page of A5, for a household or a notice board."""

    def load(session: Session) -> Mapping[str, Any]:
        guide = commands.find_guide(session, desk.actor, code)
        steps = steps_of(guide.body)
        if not steps or guide.removed_at is not None:
            raise NotFound
        return {"guide": guide, "steps": steps, "facts": step_sentences(guide.body)}

    return screen(desk, "desk/records/leaflet.html", GUIDES, load)


def _change(desk: DeskContext, code: str, version: int, change: Change, done: str) -> Response:
    try:
        desk.database.write(lambda session: change(session, desk.actor, code, version, desk.now))
    except StaleDecision:
        done = "changed"
    return RedirectResponse(f"{PATH}/{code}?done={done}", 303)


def _preview(form: Form, desk: DeskContext, sent: Any) -> Filled:
    """What was sent, refused only for texts that cannot be shown."""
    filled = form.read(sent, desk.now)
    problems = {name: filled.problems[name] for name in ("title", "body") if name in filled.problems}
    return replace(filled, problems=problems, status=422 if problems else 200)


def _text(typed: Values) -> GuideText:
    """What was typed, for the commands."""
    return GuideText(typed["title"], typed["body"], typed.get("group", ""), typed.get("service", ()))


def _new_page(desk: DeskContext, form: Filled, removed: Guide | None = None) -> Response:
    """The form of a new guide; `removed`: the guide that `form` is of, if a colleague has removed it."""

    def load(session: Session) -> Mapping[str, Any]:
        is_known = form.status == 200 or form.problems or (form.status == 422 and form.notice)
        return {
            **_fields(session, desk, form, None),
            "removed": removed,
            "changed": _changed(removed, supervisor_names(session, desk.actor)) if removed else "",
            "form_id": form["form"].text if is_known else adding.new_form(),
        }

    return screen(desk, "desk/records/guide_new.html", GUIDES, load, form.status)


def _page(desk: DeskContext, code: str, form: Filled | None = None, done: str = "") -> Response:
    form = form or _form_of(desk, code)

    def load(session: Session) -> Mapping[str, Any]:
        guide = commands.find_guide(session, desk.actor, code)
        phones = commands.phones_with_guides(session, desk.actor)
        return {
            **_fields(session, desk, form, guide),
            "guide": guide,
            "is_added": is_added(code),
            "changed": _changed(guide, supervisor_names(session, desk.actor)),
            "having": phones.having(guide),
            "total": phones.total,
            "done": _DONE.get(done, ""),
        }

    return screen(desk, "desk/records/guide.html", GUIDES, load, form.status)


def _form_of(desk: DeskContext, code: str) -> Filled:
    """A stored guide as its form shows it."""
    guide = desk.read(lambda session: commands.find_guide(session, desk.actor, code))
    if not is_added(code):
        return LIBRARY.of(guide)
    place = guide.place or {"group": "", "services": ()}
    return _own(desk).of(guide, group=place["group"], service=place["services"])


def _fields(session: Session, desk: DeskContext, form: Filled, guide: Guide | None) -> Mapping[str, Any]:
    """What the form of a guide shows, or that of one that is to be added, and its preview: clean HTML and
    steps of what was typed, if that is to be seen before it is saved."""
    is_preview = not form.problems and (form.status != 200 or form["action"].text == "preview")
    body = normalize_body(form["body"].text) if is_preview else guide.body if guide else ""
    html = render(body) if is_preview or guide is None else guide.html
    has_place = form.form is not LIBRARY
    chosen = {*form["service"].texts} if has_place else set[str]()
    services = list_services(session, desk.actor) if has_place else []
    return {
        "form": form,
        "has_place": has_place,
        # The catalog: what is on, and what was chosen before it was switched off.
        "services": [(one.code, one.label) for one in services if one.active or one.code in chosen],
        "is_preview": is_preview,
        "preview": Markup(html),  # noqa: S704 - `render` gives clean HTML
        "steps": steps_of(body),
        "pictures": PICTURES,
    }


def _kind(guide: Guide) -> str:
    """Whose text it is."""
    if is_added(guide.code):
        return _("Hướng dẫn riêng")
    return _("Bản riêng") if guide.is_own else _("Bản của dự án")


def _changed(guide: Guide, names: Mapping[str, str]) -> str:
    """*Hoàng Văn Bình 16:40 24/11/2026*; empty if no supervisor has changed it."""
    if guide.changed_at is None:
        return ""
    return f"{names.get(guide.changed_by or '', '')} {moment(guide.changed_at)}".strip()
