"""/desk/households/{id}/erase: *Xóa theo yêu cầu*, asked once with its consequences; or the refusal, with a
reason."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.errors import Invalid, NotFound, StaleDecision, TextRefused
from app.core.strings import _
from app.fieldwork.visits.household_summary import household_summaries
from app.intake.household_import.runs import files
from app.upkeep.erasure.commands import MAX_REASON, erase_household, refuse_erasure
from app.web.deps import Config
from app.web.desk.page.context import Desk, DeskContext, FormVersion, PathId
from app.web.desk.page.frame import HOUSEHOLDS, Frame, build_frame
from app.web.desk.page.labels import household_label
from app.web.desk.records.households.household import changes_since
from app.web.reading import RecentFactor
from app.web.rendering import html, number

router = APIRouter()
_NO_PROBLEMS = {"reference": "", "reason": ""}


@dataclass(frozen=True)
class EraseForm:
    """What was typed, with the sentences of a refused form by field. `seen`: the version that the supervisor
    saw, if the household has another one by now."""

    reference: str = ""
    reason: str = ""
    problems: dict[str, str] = field(default_factory=lambda: _NO_PROBLEMS)
    seen: int | None = None


@dataclass(frozen=True)
class HouseholdErasePage:
    """What templates/desk/records/household_erase.html shows; `visits`: how many stay counted; `changes`:
    what others wrote since the form was opened."""

    title: str
    frame: Frame
    address: str
    household: str
    visits: str
    version: int
    reference: str
    reason: str
    problems: dict[str, str]
    changes: list[str]


@router.get("/desk/households/{household_id}/erase")
def show_erase_form(household_id: PathId, desk: Desk) -> Response:
    return _show(desk, household_id, EraseForm())


@router.post("/desk/households/{household_id}/erase", dependencies=[RecentFactor])
def erase(
    household_id: PathId,
    desk: Desk,
    settings: Config,
    version: FormVersion,
    reference: Annotated[str, Form()] = "",
) -> Response:
    """*Xóa dữ liệu của hộ*; files of lists that waited to be imported go too."""
    try:
        dropped = desk.database.write(
            lambda session: erase_household(session, desk.actor, household_id, version, reference, desk.now)
        )
    except (Invalid, TextRefused):
        problems = _NO_PROBLEMS | {"reference": _too_long()}
        return _show(desk, household_id, EraseForm(reference=reference, problems=problems), 422)
    except StaleDecision:
        return _show(desk, household_id, EraseForm(reference=reference, seen=version), 409)
    for import_id, suffix in dropped:
        files.remove(files.folder_of(settings.data_dir), import_id, suffix)
    desk.database.rewrite_log()
    return RedirectResponse(f"/desk/households/{household_id}?done=erased", 303)


@router.post("/desk/households/{household_id}/refuse-erasure")
def refuse(household_id: PathId, desk: Desk, reason: Annotated[str, Form()] = "") -> Response:
    """*Ghi việc từ chối*, which needs a reason."""
    try:
        desk.database.write(
            lambda session: refuse_erasure(session, desk.actor, household_id, reason, desk.now)
        )
    except (Invalid, TextRefused):
        problem = _too_long() if reason.strip() else _("Ghi lý do từ chối.")
        form = EraseForm(reason=reason, problems=_NO_PROBLEMS | {"reason": problem})
        return _show(desk, household_id, form, 422)
    return RedirectResponse(f"/desk/households/{household_id}?done=refused", 303)


def _too_long() -> str:
    return _("Ghi ngắn hơn %(most)s ký tự, không có ký tự lạ.", most=number(MAX_REASON))


def _show(desk: DeskContext, household_id: str, form: EraseForm, status: int = 200) -> Response:
    page = desk.database.read(lambda session: _page(session, desk, household_id, form))
    return html("desk/records/household_erase.html", page, status)


def _page(session: Session, desk: DeskContext, household_id: str, form: EraseForm) -> HouseholdErasePage:
    found = household_summaries(session, desk.actor, [household_id])
    if not found or found[0].household.merged_into or found[0].household.erased_at:
        raise NotFound
    household = found[0].household
    seen = form.seen
    return HouseholdErasePage(
        title=_("Xóa dữ liệu của hộ %(name)s", name=household.head_name),
        frame=build_frame(session, desk.actor, HOUSEHOLDS),
        address=f"/desk/households/{household_id}",
        household=household_label(household),
        visits=number(found[0].visits),
        version=household.version,
        reference=form.reference,
        reason=form.reason,
        problems=form.problems,
        changes=[] if seen is None else changes_since(session, desk.actor, household_id, seen),
    )
