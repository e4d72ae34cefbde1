"""/desk/first-day/…: what the steps of *Ngày đầu* do at once, and what takes that back."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.commune.teams.members import make_codes
from app.commune.teams.missing_teams import add_missing_teams, remove_new_teams
from app.commune.teams.new_members import list_unseen, reissue_codes, remove_new_members
from app.core.errors import StaleDecision
from app.core.strings import lazy
from app.review.first_day import first_visit_at
from app.sync.quarantine.retry import retry_quarantined
from app.web.cookies import delete_cookie, set_cookie
from app.web.deps import Config
from app.web.desk.overview.first_day import LEFT_COOKIE, LEFT_FOR, PATH
from app.web.desk.page.context import Desk
from app.web.desk.people.invites import invite_cards

router = APIRouter()
DONE = {
    "teams": lazy("Đã tạo tổ cho mọi thôn."),
    "teams-undone": lazy("Đã bỏ các tổ vừa tạo."),
    "people-undone": lazy("Đã bỏ những người vừa mời. Mời lại lúc nào cũng được."),
    "imported": lazy("Đã nhập danh sách hộ."),
    "signed-in": lazy("Chưa cấp lại mã: có người vừa đăng nhập hoặc vừa được mời. Bấm lại."),
    "changed": lazy("Chưa hoàn tác: có người vừa đăng nhập, được gọi, được mời thêm, hoặc tổ vừa có người."),
}


@router.post(f"{PATH}/teams")
def add_teams(desk: Desk) -> Response:
    """*Tạo tổ cho mọi thôn*."""
    added = desk.database.write(lambda session: add_missing_teams(session, desk.actor, desk.now))
    retry_quarantined(desk.database, desk.actor.commune_id, desk.now)
    return _overview("teams" if added else "")


@router.post(f"{PATH}/teams/undo")
def undo_teams(desk: Desk, since: Annotated[str, Form()] = "") -> Response:
    """*Hoàn tác* of the teams that began at `since`."""
    try:
        instant = _instant(since)
        desk.database.write(lambda session: remove_new_teams(session, desk.actor, instant, desk.now))
    except StaleDecision:
        return _overview("changed")
    return _overview("teams-undone")


@router.post(f"{PATH}/people/undo")
def undo_people(desk: Desk, since: Annotated[str, Form()] = "") -> Response:
    """*Hoàn tác* of the people who were invited at `since`."""
    try:
        instant = _instant(since)
        desk.database.write(lambda session: remove_new_members(session, desk.actor, instant, desk.now))
    except StaleDecision:
        return _overview("changed")
    return _overview("people-undone")


@router.post(f"{PATH}/codes")
def print_again(request: Request, desk: Desk) -> Response:
    """New codes for everybody who has not signed in yet, as a sheet to cut."""
    unseen = [account.id for account in desk.database.read(lambda session: list_unseen(session, desk.actor))]
    codes = make_codes(desk.database, len(unseen))
    try:
        desk.database.write(lambda session: reissue_codes(session, desk.actor, unseen, codes, desk.now))
    except StaleDecision:
        return _overview("signed-in")
    return invite_cards(request, desk, dict(zip(unseen, codes, strict=True))) if unseen else _overview()


@router.get(f"{PATH}/arrived")
def ask_for_visit(desk: Desk) -> Response:
    """The open path asks every 20 seconds: the overview, once the first visit has arrived."""
    first = desk.database.read(lambda session: first_visit_at(session, desk.actor))
    if first is None:
        return Response(status_code=204)
    return Response(headers={"HX-Redirect": "/desk/", "Cache-Control": "no-store"})


@router.post(f"{PATH}/leave")
def leave(desk: Desk, settings: Config) -> Response:
    """*Để sau*: this browser shows the overview of this commune, for a week."""
    response = _overview()
    set_cookie(response, LEFT_COOKIE, desk.actor.commune_id, LEFT_FOR, settings)
    return response


@router.post(f"{PATH}/resume")
def resume(_desk: Desk, settings: Config) -> Response:
    """*Mở lại Ngày đầu*."""
    return delete_cookie(_overview(), LEFT_COOKIE, settings)


def _instant(text: str) -> datetime:
    """Raises `StaleDecision` for a text that no page has sent."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise StaleDecision from None
    if instant.tzinfo is None:
        raise StaleDecision
    return instant


def _overview(done: str = "") -> Response:
    return RedirectResponse(f"/desk/?done={done}" if done else "/desk/", 303)
