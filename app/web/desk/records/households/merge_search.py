"""/desk/households/{id}/merge: *Gộp với hộ khác*, finding the other household."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.teams.hamlets import list_hamlets
from app.core.errors import NotFound
from app.core.strings import _
from app.core.text import fold
from app.fieldwork.visits.household_summary import HouseholdSummary, household_summaries
from app.review.register.commands import HouseholdLabel
from app.review.register.listing import HouseholdFilters, list_households
from app.review.register.similar import similar_households
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import HOUSEHOLDS, Frame, build_frame
from app.web.desk.page.labels import Link, household_label
from app.web.rendering import html

router = APIRouter()
_MAX_WORDS = 80  # characters
_MAX_FOUND = 20


@dataclass(frozen=True)
class OtherHousehold:
    """A household that this one can be merged with; its link leads to both side by side."""

    pair: Link
    address: str


@dataclass(frozen=True)
class MergeSearchPage:
    """What templates/desk/records/merge_search.html shows: without search words the households that are
    similar."""

    title: str
    frame: Frame
    address: str
    household: str
    q: str
    found: list[OtherHousehold]
    has_more: bool


@router.get("/desk/households/{household_id}/merge")
def show_similar(household_id: PathId, desk: Desk) -> Response:
    return _search_page(desk, household_id, "")


@router.post("/desk/households/{household_id}/merge")
def search(household_id: PathId, desk: Desk, q: Annotated[str, Form()] = "") -> Response:
    """The households that the words match. A form sent by GET would show them in the address."""
    return _search_page(desk, household_id, q[:_MAX_WORDS])


def _search_page(desk: DeskContext, household_id: str, words: str) -> Response:
    def load(session: Session) -> MergeSearchPage:
        found = household_summaries(session, desk.actor, [household_id])
        if not found or found[0].household.merged_into or found[0].household.erased_at:
            raise NotFound
        household = found[0].household
        others = _find(session, desk, found[0], words)
        return MergeSearchPage(
            title=_("Gộp với hộ khác"),
            frame=build_frame(session, desk.actor, HOUSEHOLDS),
            address=f"/desk/households/{household_id}",
            household=household_label(household),
            q=words,
            found=[_other(household_id, other) for other in others[:_MAX_FOUND]],
            has_more=len(others) > _MAX_FOUND,
        )

    return html("desk/records/merge_search.html", desk.database.read(load))


def _find(session: Session, desk: DeskContext, to: HouseholdSummary, words: str) -> list[HouseholdSummary]:
    household = to.household
    if not fold(words):
        label = HouseholdLabel(household.head_name, household.house_no, household.alley)
        return similar_households(session, desk.actor, household.hamlet_id, label, but=household.id)
    hamlets = list_hamlets(session, desk.actor)
    found = list_households(session, desk.actor, hamlets, HouseholdFilters(words=words))
    return [one for one in found.households if one.household.id != household.id]


def _other(household_id: str, other: HouseholdSummary) -> OtherHousehold:
    household = other.household
    href = f"/desk/duplicates/{household_id}/{household.id}"
    address = ", ".join(part for part in (household.alley, other.hamlet) if part)
    return OtherHousehold(Link(household_label(household), href), address)
