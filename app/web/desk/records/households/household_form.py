"""/desk/households/new and /desk/households/{id}/edit: a household's label."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from app.commune.accounts import access
from app.commune.teams.hamlets import list_hamlets
from app.core.errors import NotFound, StaleDecision
from app.core.strings import _
from app.core.types import Uuid, is_id
from app.fieldwork.households.erased import find_erased_labels
from app.fieldwork.households.models import Household
from app.fieldwork.visits.household_summary import HouseholdSummary
from app.review.register.commands import HouseholdLabel, add_household, edit_household
from app.review.register.similar import similar_households
from app.web.desk.page.context import Desk, DeskContext, FormVersion, PathId
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.frame import HOUSEHOLDS, Frame, build_frame
from app.web.desk.page.labels import Link, household_link
from app.web.desk.records.households.fields import LabelForm, TypedLabel, check_label
from app.web.desk.records.households.household import changes_since
from app.web.rendering import day, html

router = APIRouter()
_MAX_SHOWN = 400  # characters of the ids of the similar households that a form has shown
_UUID = TypeAdapter(Uuid)


@dataclass(frozen=True)
class SimilarHousehold:
    """A household that may be the one that is being added."""

    household: Link
    alley: str


@dataclass(frozen=True)
class HouseholdFormPage:
    """What templates/desk/records/household_form.html shows; `problems` are sentences by field.

    `similar` households are shown before one is added, and `erased_on`, when one with this label was erased:
    `shown` has their ids, and the day. `changes`: what others wrote
    since the form was opened. `hamlets` is empty in the form of a household that exists.
    """

    title: str
    frame: Frame
    action: str
    cancel: str
    is_new: bool
    form: LabelForm
    id: str
    version: int
    hamlets: list[Option]
    problems: dict[str, str]
    similar: list[SimilarHousehold]
    erased_on: str
    shown: str
    changes: list[str]


@dataclass(frozen=True)
class AddForm:
    """The rest of the form of a new household: its id, its hamlet, the similar ones that it has shown."""

    id: Annotated[str, Form()] = ""
    hamlet: Annotated[str, Form()] = ""
    shown: Annotated[str, Form()] = ""

    @property
    def household_id(self) -> str:
        """The id, or a new one if it is none."""
        try:
            return _UUID.validate_python(self.id)
        except ValidationError:
            return str(uuid.uuid4())


@dataclass(frozen=True)
class Before:
    """What is shown before a household is added."""

    similar: list[HouseholdSummary]
    erased_on: date | None

    @property
    def ids(self) -> set[str]:
        erased = {self.erased_on.isoformat()} if self.erased_on else set()
        return {one.household.id for one in self.similar} | erased


NOTHING = Before([], None)


@router.get("/desk/households/new")
def show_new_household(desk: Desk, hamlet: str = "") -> Response:
    return _add_form(desk, AddForm(hamlet=hamlet), LabelForm(), {}, NOTHING)


@router.post("/desk/households/new")
def add(
    desk: Desk,
    label: TypedLabel,
    id: Annotated[str, Form()] = "",
    hamlet: Annotated[str, Form()] = "",
    shown: Annotated[str, Form()] = "",
) -> Response:
    """Add it; if others are similar and were not shown yet, they are shown first."""
    form = AddForm(id, hamlet, shown[:_MAX_SHOWN])
    problems = _check_hamlet(desk, form.hamlet) | check_label(label)
    if problems:
        return _add_form(desk, form, label, problems, NOTHING)
    found = desk.database.read(lambda session: _find_before(session, desk.actor, form.hamlet, label.label))
    if not found.ids <= set(form.shown.split(".")):
        return _add_form(desk, form, label, {}, found)
    household_id = form.household_id
    desk.database.write(
        lambda session: add_household(session, desk.actor, household_id, form.hamlet, label.label, desk.now)
    )
    return RedirectResponse(f"/desk/households/{household_id}?done=added", 303)


@router.get("/desk/households/{household_id}/edit")
def show_edit_form(household_id: PathId, desk: Desk) -> Response:
    household = desk.database.read(lambda session: access.find(session, desk.actor, Household, household_id))
    label = LabelForm(household.head_name, household.house_no, household.alley)
    return _edit_form(desk, household_id, household.version, label, {})


@router.post("/desk/households/{household_id}/edit")
def edit(household_id: PathId, desk: Desk, label: TypedLabel, version: FormVersion) -> Response:
    """Change the label. If somebody changed the household meanwhile, the form comes back and says so."""
    if problems := check_label(label):
        return _edit_form(desk, household_id, version, label, problems)
    try:
        desk.database.write(
            lambda session: edit_household(session, desk.actor, household_id, version, label.label, desk.now)
        )
    except StaleDecision:
        return _edit_form(desk, household_id, version, label, {}, is_stale=True)
    return RedirectResponse(f"/desk/households/{household_id}?done=edited", 303)


def _add_form(
    desk: DeskContext,
    form: AddForm,
    label: LabelForm,
    problems: dict[str, str],
    found: Before,
) -> Response:
    def load(session: Session) -> HouseholdFormPage:
        return HouseholdFormPage(
            title=_("Thêm hộ"),
            frame=build_frame(session, desk.actor, HOUSEHOLDS),
            action="/desk/households/new",
            cancel="/desk/households",
            is_new=True,
            form=label.shown,
            id=form.household_id,
            version=0,
            hamlets=[Option(one.id, one.name, one.id == form.hamlet)
                     for one in list_hamlets(session, desk.actor)],
            problems=_every_field(problems),
            similar=[SimilarHousehold(household_link(one.household), one.household.alley)
                     for one in found.similar],
            erased_on=day(found.erased_on) if found.erased_on else "",
            shown=".".join(sorted(found.ids)),
            changes=[],
        )  # fmt: skip

    return html("desk/records/household_form.html", desk.database.read(load), 422 if problems else 200)


def _edit_form(
    desk: DeskContext,
    household_id: str,
    version: int,
    label: LabelForm,
    problems: dict[str, str],
    *,
    is_stale: bool = False,
) -> Response:
    def load(session: Session) -> HouseholdFormPage:
        household = access.find(session, desk.actor, Household, household_id)
        if household.merged_into or household.erased_at:
            raise NotFound
        return HouseholdFormPage(
            title=_("Sửa thông tin hộ %(name)s", name=household.head_name),
            frame=build_frame(session, desk.actor, HOUSEHOLDS),
            action=f"/desk/households/{household_id}/edit",
            cancel=f"/desk/households/{household_id}",
            is_new=False,
            form=label.shown,
            id="",
            version=household.version if is_stale else version,
            hamlets=[],
            problems=_every_field(problems),
            similar=[],
            erased_on="",
            shown="",
            changes=changes_since(session, desk.actor, household_id, version) if is_stale else [],
        )

    status = 409 if is_stale else 422 if problems else 200
    return html("desk/records/household_form.html", desk.database.read(load), status)


def _find_before(session: Session, actor: access.Actor, hamlet: str, label: HouseholdLabel) -> Before:
    named = (hamlet, label.head_name, label.house_no, label.alley)
    erased = find_erased_labels(session, actor.commune_id, [named])
    return Before(similar_households(session, actor, hamlet, label), erased.get(named))


def _check_hamlet(desk: DeskContext, hamlet_id: str) -> dict[str, str]:
    hamlets = desk.database.read(lambda session: list_hamlets(session, desk.actor))
    known = is_id(hamlet_id) and hamlet_id in {hamlet.id for hamlet in hamlets}
    return {} if known else {"hamlet": _("Chọn một thôn.")}


def _every_field(problems: dict[str, str]) -> dict[str, str]:
    return dict.fromkeys(("hamlet", "head_name", "house_no", "alley"), "") | problems
