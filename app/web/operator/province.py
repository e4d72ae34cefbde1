"""/operator/provinces/{code}: beginning and ending the viewers of a province, and links for them; the way to
begin many of its communes."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.credentials import viewers
from app.commune.credentials.models import ProvinceViewer
from app.commune.credentials.viewers import ViewerEntry
from app.core.errors import NameTaken
from app.core.strings import _
from app.web.addresses import origin_of
from app.web.bodies import BEGIN_LIST
from app.web.desk.page.context import PathId
from app.web.desk.page.labels import Badge
from app.web.desk.people.supervisors.idle_row import IdleRow, idle_row
from app.web.desk.people.supervisors.link_sheet import link_sheet
from app.web.frame import Frame
from app.web.operator.context import PROVINCES, OperatorContext, operator_frame
from app.web.reading import RecentFactor
from app.web.rendering import html, moment
from app.web.sign_in.new_name import NAME_IS_IN_USE, name_problems

router = APIRouter()
PATH = PROVINCES + "/{code}"
Context = Annotated[OperatorContext, Depends()]


@dataclass(frozen=True)
class ViewerRow:
    """A viewer of the province; `end`: the address of the question, empty for one who was ended."""

    name: str
    sign_in_name: str
    state: Badge
    link: str
    end: str


@dataclass(frozen=True)
class ProvincePage:
    """What templates/operator/province.html shows; `problems` are sentences by field;
    `idle`: whose accounts are."""

    title: str
    frame: Frame
    address: str
    begin: str
    viewers: list[ViewerRow]
    idle: list[IdleRow]
    name: str
    sign_in_name: str
    problems: dict[str, str]


@dataclass(frozen=True)
class EndViewerPage:
    """What templates/operator/viewer_end.html shows."""

    title: str
    frame: Frame
    province: str
    back: str
    action: str


@router.get(PATH)
def show_province(code: PathId, context: Context) -> Response:
    return _page(context, code)


@router.post(f"{PATH}/viewers", dependencies=[RecentFactor])
def add_viewer(
    request: Request,
    code: PathId,
    context: Context,
    name: Annotated[str, Form()] = "",
    sign_in_name: Annotated[str, Form()] = "",
) -> Response:
    """Begin a viewer; shows the link to hand over."""
    chosen = sign_in_name.strip().lower()
    context.database.read(lambda session: viewers.find_province(session, code))
    if problems := name_problems(name, chosen):
        return _page(context, code, (name, sign_in_name), problems)

    def work(session: Session) -> tuple[ProvinceViewer, str]:
        return viewers.begin_viewer(session, code, name, chosen, context.now, context.operator.id)

    try:
        viewer, token = context.database.write(work)
    except NameTaken:
        return _page(context, code, (name, sign_in_name), {"sign_in_name": NAME_IS_IN_USE})
    return _sheet(request, context, viewer, token)


@router.post(f"{PATH}/viewers/{{viewer_id}}/link", dependencies=[RecentFactor])
def reset_password(request: Request, code: PathId, viewer_id: PathId, context: Context) -> Response:
    """A new link for a viewer, also for one who comes back."""

    def work(session: Session) -> tuple[ProvinceViewer, str]:
        viewer = viewers.find_viewer(session, code, viewer_id)
        return viewer, viewers.issue_link(session, viewer, context.now, context.operator.id)

    return _sheet(request, context, *context.database.write(work))


@router.get(f"{PATH}/viewers/{{viewer_id}}/end")
def show_end_form(code: PathId, viewer_id: PathId, context: Context) -> Response:
    """Ask for confirmation, with the consequences."""

    def load(session: Session) -> EndViewerPage:
        viewer = viewers.find_viewer(session, code, viewer_id)
        return EndViewerPage(
            title=_("Cho %(name)s nghỉ?", name=viewer.name),
            frame=operator_frame(context.operator, PROVINCES),
            province=viewers.find_province(session, code).full_name,
            back=f"{PROVINCES}/{code}",
            action=f"{PROVINCES}/{code}/viewers/{viewer_id}/end",
        )

    return html("operator/viewer_end.html", context.database.read(load))


@router.post(f"{PATH}/viewers/{{viewer_id}}/end", dependencies=[RecentFactor])
def end_viewer(code: PathId, viewer_id: PathId, context: Context) -> Response:
    """*Cho nghỉ*."""

    def work(session: Session) -> None:
        viewers.end_viewer(session, viewers.find_viewer(session, code, viewer_id), context.now)

    context.database.write(work)
    return RedirectResponse(f"{PROVINCES}/{code}", 303)


def _page(
    context: OperatorContext,
    code: str,
    names: tuple[str, str] = ("", ""),
    problems: dict[str, str] | None = None,
) -> Response:
    address = f"{PROVINCES}/{code}"

    def load(session: Session) -> ProvincePage:
        found = viewers.list_viewers(session, code, context.now)
        return ProvincePage(
            title=viewers.find_province(session, code).full_name,
            frame=operator_frame(context.operator, PROVINCES),
            address=address,
            begin=f"{BEGIN_LIST}?province={code}",
            viewers=[_row(one, address) for one in found],
            idle=[_idle_row(one, address) for one in found if one.is_idle(context.now)],
            name=names[0],
            sign_in_name=names[1],
            problems={"name": "", "sign_in_name": ""} | (problems or {}),
        )

    return html("operator/province.html", context.database.read(load), 422 if problems else 200)


def _row(one: ViewerEntry, province: str) -> ViewerRow:
    viewer = one.viewer
    address = f"{province}/viewers/{viewer.id}"
    end = "" if viewer.disabled_at and not one.link_until else f"{address}/end"
    return ViewerRow(viewer.name, viewer.sign_in_name, _state(one), f"{address}/link", end)


def _idle_row(one: ViewerEntry, province: str) -> IdleRow:
    return idle_row(one.viewer.name, one.idle_since, f"{province}/viewers/{one.viewer.id}/end")


def _state(one: ViewerEntry) -> Badge:
    """*Đang dùng*, *Chưa đăng nhập* with the end of the link, *Đã nghỉ*."""
    link = _("có đường dẫn đến %(when)s", when=moment(one.link_until)) if one.link_until else ""
    if one.viewer.disabled_at is not None:
        return Badge("withdrawn", _("Đã nghỉ"), "minus", link or moment(one.viewer.disabled_at))
    if one.sessions:
        return Badge("accepted", _("Đang dùng"), "done", link)
    return Badge("received", _("Chưa đăng nhập"), "clock", link)


def _sheet(request: Request, context: OperatorContext, viewer: ProvinceViewer, token: str) -> Response:
    frame = operator_frame(context.operator, PROVINCES)
    address = f"{PROVINCES}/{viewer.province_code}"
    return link_sheet(
        origin_of(request, None), frame, address, (viewer.name, viewer.sign_in_name), token, context.now
    )
