"""/desk/households/{id}/state and /move: its state, and another hamlet."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.teams.hamlets import list_hamlets
from app.core.errors import Invalid, NotFound, StaleDecision
from app.core.strings import _
from app.core.types import is_id
from app.fieldwork.visits.household_summary import household_summaries
from app.review.register.commands import set_state
from app.review.register.moving import move_household
from app.sync.quarantine.retry import retry_quarantined
from app.web.desk.page.context import Desk, DeskContext, FormVersion, PathId
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.frame import HOUSEHOLDS, Frame, build_frame
from app.web.desk.page.labels import household_label
from app.web.desk.records.households.household import changes_since, household_page
from app.web.rendering import html, number

router = APIRouter()


@dataclass(frozen=True)
class HouseholdMovePage:
    """What templates/desk/records/household_move.html shows; `visits`: how many move along; `changes`: what
    others wrote since the form was opened."""

    title: str
    frame: Frame
    address: str
    household: str
    hamlet: str
    hamlets: list[Option]
    visits: str
    version: int
    problem: str
    changes: list[str]


@router.post("/desk/households/{household_id}/state")
def change_state(
    household_id: PathId, desk: Desk, version: FormVersion, state: Annotated[str, Form()] = ""
) -> Response:
    """*Hộ đã chuyển đi*, *Nhà trống*, *Thêm nhầm*, *Đưa lại vào danh sách*."""
    try:
        desk.database.write(
            lambda session: set_state(session, desk.actor, household_id, version, state, desk.now)
        )
    except StaleDecision:
        return household_page(desk, household_id, seen=version)
    except Invalid as error:
        raise NotFound from error
    return RedirectResponse(f"/desk/households/{household_id}?done=state", 303)


@router.get("/desk/households/{household_id}/move")
def show_move_form(household_id: PathId, desk: Desk) -> Response:
    return _move_form(desk, household_id, "", "")


@router.post("/desk/households/{household_id}/move")
def move(
    household_id: PathId, desk: Desk, version: FormVersion, hamlet: Annotated[str, Form()] = ""
) -> Response:
    """*Chuyển thôn*; then what waited for it to be in that hamlet is applied."""
    try:
        if not is_id(hamlet):
            raise NotFound
        desk.database.write(
            lambda session: move_household(session, desk.actor, household_id, hamlet, version, desk.now)
        )
    except NotFound:
        return _move_form(desk, household_id, hamlet, _("Chọn một thôn."))
    except StaleDecision:
        return _move_form(desk, household_id, hamlet, "", seen=version)
    retry_quarantined(desk.database, desk.actor.commune_id, desk.now)
    return RedirectResponse(f"/desk/households/{household_id}?done=moved", 303)


def _move_form(
    desk: DeskContext, household_id: str, chosen: str, problem: str, *, seen: int | None = None
) -> Response:
    def load(session: Session) -> HouseholdMovePage:
        found = household_summaries(session, desk.actor, [household_id])
        if not found or found[0].household.merged_into or found[0].household.erased_at:
            raise NotFound
        household = found[0].household
        hamlets = [one for one in list_hamlets(session, desk.actor) if one.id != household.hamlet_id]
        return HouseholdMovePage(
            title=_("Chuyển hộ %(name)s sang thôn khác", name=household.head_name),
            frame=build_frame(session, desk.actor, HOUSEHOLDS),
            address=f"/desk/households/{household_id}",
            household=household_label(household),
            hamlet=found[0].hamlet,
            hamlets=[Option(one.id, one.name, one.id == chosen) for one in hamlets],
            visits=number(found[0].visits),
            version=household.version,
            problem=problem,
            changes=[] if seen is None else changes_since(session, desk.actor, household_id, seen),
        )

    status = 422 if problem else 200 if seen is None else 409
    return html("desk/records/household_move.html", desk.database.read(load), status)
