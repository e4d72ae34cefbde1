"""/operator/provinces: the provinces, each with its communes that have begun and its viewers; one of them:
beginning and ending its viewers, links for them, the way to begin many of its communes."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.credentials import viewers
from app.commune.credentials.models import ProvinceViewer
from app.commune.credentials.viewers import ViewerEntry
from app.core.clock import local_date
from app.core.strings import _
from app.web.addresses import origin_of
from app.web.bodies import BEGIN_LIST
from app.web.desk.page.context import PathId
from app.web.desk.page.labels import Badge
from app.web.desk.people.supervisors.link_sheet import link_sheet
from app.web.forms import Filled, Form, Sent, Values, submit
from app.web.operator.context import PROVINCES, Context, OperatorContext
from app.web.reading import RecentFactor
from app.web.rendering import moment
from app.web.screens import screen
from app.web.sign_in.new_name import NAME_REFUSALS, NEW_PERSON

router = APIRouter()
PATH = PROVINCES + "/{code}"
VIEWER = Form(*NEW_PERSON, refusals=NAME_REFUSALS)


@router.get(PROVINCES)
def show_provinces(context: Context) -> Response:
    template = "operator/provinces.html"
    return screen(context, template, PROVINCES, lambda session: {"rows": viewers.list_provinces(session)})


@router.get(PATH)
def show_province(code: PathId, context: Context) -> Response:
    return _page(context, code, VIEWER.blank())


@router.post(f"{PATH}/viewers", dependencies=[RecentFactor])
def add_viewer(request: Request, code: PathId, context: Context, sent: Sent) -> Response:
    """Begin a viewer; shows the link to hand over."""

    def begin(session: Session, typed: Values) -> tuple[ProvinceViewer, str]:
        names = (typed["name"], typed["sign_in_name"])
        return viewers.begin_viewer(session, code, *names, context.now, context.operator.id)

    def begun(made: tuple[ProvinceViewer, str]) -> Response:
        return _sheet(request, context, *made)

    return submit(context, VIEWER, sent, begin, begun, partial(_page, context, code))


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

    def load(session: Session) -> Mapping[str, Any]:
        viewer = viewers.find_viewer(session, code, viewer_id)
        return {"viewer": viewer, "province": viewers.find_province(session, code)}

    return screen(context, "operator/viewer_end.html", PROVINCES, load)


@router.post(f"{PATH}/viewers/{{viewer_id}}/end", dependencies=[RecentFactor])
def end_viewer(code: PathId, viewer_id: PathId, context: Context) -> Response:
    """*Cho nghỉ*."""

    def work(session: Session) -> None:
        viewers.end_viewer(session, viewers.find_viewer(session, code, viewer_id), context.now)

    context.database.write(work)
    return RedirectResponse(f"{PROVINCES}/{code}", 303)


def _page(context: OperatorContext, code: str, form: Filled) -> Response:
    def load(session: Session) -> Mapping[str, Any]:
        address = f"{PROVINCES}/{code}"
        found = viewers.list_viewers(session, code, context.now)
        return {
            "province": viewers.find_province(session, code),
            "begin": f"{BEGIN_LIST}?province={code}",
            "viewers": [(one, one.viewer, _state(one)) for one in found],
            "idle": [
                (one.viewer.name, local_date(one.idle_since), f"{address}/viewers/{one.viewer.id}/end")
                for one in found
                if one.idle_since and one.is_idle(context.now)
            ],
            "form": form,
        }

    return screen(context, "operator/province.html", PROVINCES, load, form.status)


def _state(one: ViewerEntry) -> Badge:
    """*Đang dùng*, *Chưa đăng nhập* with the end of the link, *Đã nghỉ*."""
    link = _("có đường dẫn đến %(when)s", when=moment(one.link_until)) if one.link_until else ""
    if one.viewer.disabled_at is not None:
        return Badge("withdrawn", _("Đã nghỉ"), "minus", link or moment(one.viewer.disabled_at))
    if one.sessions:
        return Badge("accepted", _("Đang dùng"), "done", link)
    return Badge("received", _("Chưa đăng nhập"), "clock", link)


def _sheet(request: Request, context: OperatorContext, viewer: ProvinceViewer, token: str) -> Response:
    names = (viewer.name, viewer.sign_in_name)
    address = f"{PROVINCES}/{viewer.province_code}"
    return link_sheet(context, PROVINCES, origin_of(request, None), address, names, token)
