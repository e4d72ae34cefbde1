"""/desk/services/new and /desk/services/{code}: a service of the commune's own."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.commune import supervisor_names
from app.commune.catalog import commands
from app.commune.catalog.commands import FIRST_OUTCOMES, ServiceContent
from app.commune.catalog.services import Service
from app.core.clock import local_date
from app.core.errors import NameTaken, StaleDecision
from app.core.strings import _
from app.web.desk.page.context import Desk, DeskContext, FormVersion, PathId
from app.web.desk.page.days import parse_day
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.frame import SERVICES, Frame, build_frame
from app.web.desk.page.labels import OUTCOMES, PILLARS
from app.web.names import name_problem
from app.web.rendering import day, html, moment

router = APIRouter()
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_MAX_DAY = 20  # characters
_FIELDS = ("label", "pillar", "first", "outcome", "first_day", "last_day")


@dataclass(frozen=True)
class ServiceFields:
    """The form's fields as they were typed."""

    label: Annotated[str, Form()] = ""
    pillar: Annotated[str, Form()] = ""
    first: Annotated[list[str] | None, Form()] = None
    outcome: Annotated[list[str] | None, Form()] = None
    first_day: Annotated[str, Form()] = ""
    last_day: Annotated[str, Form()] = ""

    @property
    def content(self) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
        """Label, pillar, the outcomes that come first, and the other allowed ones."""
        return self.label, self.pillar, tuple(self.first or ()), tuple(self.outcome or ())


Fields = Annotated[ServiceFields, Depends()]


@dataclass(frozen=True)
class AllowedOutcome:
    """An outcome that the service may allow; `is_fixed`: it does already, and that stays."""

    value: str
    label: str
    chosen: bool
    is_fixed: bool


@dataclass(frozen=True)
class ServicePage:
    """What templates/desk/records/service_form.html shows; `problems` are sentences by field.

    `firsts`: the choices of the outcomes that are offered first, one list for each place. `notice`: what a
    colleague did meanwhile.
    """

    title: str
    frame: Frame
    address: str
    label: str
    pillars: list[Option]
    firsts: list[list[Option]]
    outcomes: list[AllowedOutcome]
    first_day: str
    last_day: str
    version: int
    problems: dict[str, str]
    notice: str


@router.get("/desk/services/new")
def show_new_service(desk: Desk) -> Response:
    return _form(desk, "", ServiceFields())


@router.post("/desk/services/new")
def add_service(desk: Desk, fields: Fields) -> Response:
    """Add the service; a wrong field shows the form again with a sentence."""
    return _save(desk, "", fields, 0)


@router.get("/desk/services/{code}")
def show_service(code: PathId, desk: Desk) -> Response:
    service = desk.database.read(lambda session: commands.find_own_service(session, desk.actor, code))
    return _form(desk, code, _fields_of(service), version=service.feed_seq)


@router.post("/desk/services/{code}")
def change_service(code: PathId, desk: Desk, fields: Fields, version: FormVersion) -> Response:
    """Change the service; if a colleague did so meanwhile, the form says that and shows what was typed."""
    return _save(desk, code, fields, version)


def _save(desk: DeskContext, code: str, fields: ServiceFields, version: int) -> Response:
    days = {name: _parse_day(vars(fields)[name], desk) for name in ("first_day", "last_day")}
    problems = _problems(fields, days)
    if problems:
        return _form(desk, code, fields, problems, version)
    content = ServiceContent(*fields.content, days["first_day"], days["last_day"])

    def work(session: Session) -> bool:
        if not code:
            return commands.add_service(session, desk.actor, content, desk.now) is not None
        commands.change_service(session, desk.actor, code, content, version, desk.now)
        return True

    try:
        is_saved = desk.database.write(work)
    except NameTaken:
        known = {"label": _("Danh mục đã có việc tên này, có thể đang tắt. Đặt tên khác.")}
        return _form(desk, code, fields, known, version)
    except StaleDecision:
        return _changed_meanwhile(desk, code, fields)
    if not is_saved:
        full = _("Đã có %(count)s việc riêng, không thêm được nữa.", count=commands.MAX_OWN_SERVICES)
        return _form(desk, code, fields, {"label": full}, version)
    return RedirectResponse("/desk/services?done=saved", 303)


def _problems(fields: ServiceFields, days: dict[str, date | None]) -> dict[str, str]:
    label, pillar, firsts, outcomes = fields.content
    first, last = days["first_day"], days["last_day"]
    problems = {"label": name_problem(label, _("Nhập tên việc."))}
    if pillar not in PILLARS:
        problems["pillar"] = _("Chọn một nhóm.")
    if len(firsts) != FIRST_OUTCOMES or len(set(firsts) & OUTCOMES.keys()) != FIRST_OUTCOMES:
        problems["first"] = _("Chọn ba kết quả khác nhau.")
    if not set(outcomes) <= OUTCOMES.keys():
        problems["outcome"] = _("Chọn trong các kết quả dưới đây.")
    for name, value in days.items():
        if value is None and vars(fields)[name].strip():
            problems[name] = _("Ghi ngày theo mẫu 24/11/2026.")
    if first and last and last < first:
        problems["last_day"] = _("Ngày cuối phải từ ngày đầu trở đi.")
    return {name: sentence for name, sentence in problems.items() if sentence}


def _parse_day(text: str, desk: DeskContext) -> date | None:
    """A day with its year: these days may lie ahead, so a year that is left out is not guessed."""
    is_complete = len(text) <= _MAX_DAY and _YEAR.search(text)
    return parse_day(text, local_date(desk.now)) if is_complete else None


def _fields_of(service: Service) -> ServiceFields:
    days = [day(value) if value else "" for value in (service.first_day, service.last_day)]
    return ServiceFields(service.label_vi, service.pillar, [*service.first], [*service.outcomes], *days)


def _changed_meanwhile(desk: DeskContext, code: str, fields: ServiceFields) -> Response:
    def load(session: Session) -> tuple[Service, str]:
        service = commands.find_own_service(session, desk.actor, code)
        return service, supervisor_names(session, desk.actor).get(service.changed_by or "", "")

    service, person = desk.database.read(load)
    notice = _(
        "%(person)s vừa đổi việc này lúc %(when)s; nay tên là “%(label)s”. Bấm Lưu để thay bằng bản này.",
        person=person,
        when=moment(service.changed_at) if service.changed_at else "",
        label=service.label_vi,
    )
    return _form(desk, code, fields, version=service.feed_seq, notice=notice, status=409)


def _form(
    desk: DeskContext,
    code: str,
    fields: ServiceFields,
    problems: dict[str, str] | None = None,
    version: int = 0,
    notice: str = "",
    status: int = 200,
) -> Response:
    def load(session: Session) -> ServicePage:
        service = commands.find_own_service(session, desk.actor, code) if code else None
        fixed = service.outcomes if service else []
        _label, _pillar, firsts, allowed = fields.content
        return ServicePage(
            title=service.label_vi if service else _("Thêm việc riêng"),
            frame=build_frame(session, desk.actor, SERVICES),
            address=f"/desk/services/{code or 'new'}",
            label=fields.label,
            pillars=_options(PILLARS, fields.pillar),
            firsts=[_options(OUTCOMES, chosen) for chosen in _places(firsts)],
            outcomes=[
                AllowedOutcome(value, label, value in {*fixed, *allowed}, value in fixed)
                for value, label in OUTCOMES.items()
            ],
            first_day=fields.first_day,
            last_day=fields.last_day,
            version=version,
            problems=dict.fromkeys(_FIELDS, "") | (problems or {}),
            notice=notice,
        )

    page = desk.database.read(load)
    return html("desk/records/service_form.html", page, 422 if problems else status)


def _places(first: tuple[str, ...]) -> list[str]:
    return [*first, *[""] * FIRST_OUTCOMES][:FIRST_OUTCOMES]


def _options(labels: dict[str, str], chosen: str) -> list[Option]:
    return [Option(value, label, value == chosen) for value, label in labels.items()]
