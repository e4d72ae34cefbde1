"""*Có thể trùng*: pairs of households side by side; *Không trùng*, and *Gộp*, which asks once and says what
it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.commune import hamlet_names
from app.core.errors import NotFound, StaleDecision
from app.core.strings import _, lazy
from app.fieldwork.visits.household_summary import household_summaries
from app.review.deduplication.duplicates import DuplicatePairs, find_duplicates, mark_not_duplicate
from app.review.deduplication.merging import merge, merge_consequences
from app.web.desk.page.context import Desk, DeskContext, PathId, parse_version
from app.web.desk.page.frame import DUPLICATES
from app.web.desk.records.quarantine.labels import HOUSEHOLD_FIELDS, HOUSEHOLD_STATES, household_value
from app.web.rendering import number
from app.web.screens import screen

router = APIRouter()
_PATH = "/desk/duplicates/{one_id}/{other_id}"
_MAX_ROWS = 50
_DONE = {"not_duplicate": lazy("Đã ghi nhận là hai hộ khác nhau. Không hỏi lại.")}
_NOT_CHOSEN = lazy("Chọn hộ được giữ.")
_STALE = lazy("Một trong hai hộ vừa được sửa hoặc đã gộp. Hãy xem lại.")


@dataclass(frozen=True)
class HouseholdPair:
    """The two households that an address names."""

    one_id: PathId
    other_id: PathId

    @property
    def address(self) -> str:
        return f"/desk/duplicates/{self.one_id}/{self.other_id}"

    def losing(self, surviving: str) -> str:
        """The one that goes if `surviving` stays; empty if that is none of the two."""
        both = {self.one_id, self.other_id}
        return (both - {surviving}).pop() if surviving in both and len(both) == 2 else ""


def parse_versions(one: Annotated[str, Form()] = "", other: Annotated[str, Form()] = "") -> tuple[int, int]:
    """The versions of both that the form was made from."""
    return parse_version(one), parse_version(other)


PathPair = Annotated[HouseholdPair, Depends()]
FormVersions = Annotated[tuple[int, int], Depends(parse_versions)]


@router.get("/desk/duplicates")
def show_duplicates(desk: Desk, done: str = "") -> Response:
    """The pairs, hamlet by hamlet."""

    def load(session: Session) -> Mapping[str, Any]:
        shown, found = find_duplicates(session, desk.actor, _MAX_ROWS)
        return {
            "hamlets": hamlet_names(session, desk.actor),
            "pairs": shown,
            "count": format_count(found),
            "done": _DONE.get(done, ""),
        }

    return screen(desk, "desk/records/duplicates.html", DUPLICATES, load)


@router.get(_PATH)
def show_pair(pair: PathPair, desk: Desk) -> Response:
    return _pair_page(desk, pair)


@router.post(f"{_PATH}/not-duplicate")
def mark_pair_not_duplicate(pair: PathPair, desk: Desk) -> Response:
    """*Không trùng*."""
    desk.database.write(
        lambda session: mark_not_duplicate(session, desk.actor, pair.one_id, pair.other_id, desk.now)
    )
    return RedirectResponse("/desk/duplicates?done=not_duplicate", 303)


@router.get(f"{_PATH}/merge")
def show_merge_form(pair: PathPair, desk: Desk, surviving: str = "") -> Response:
    """Ask for confirmation of *Gộp* and say what it does."""
    losing = pair.losing(surviving)
    if not losing:
        raise NotFound

    def load(session: Session) -> Mapping[str, Any]:
        found = merge_consequences(session, desk.actor, losing, surviving)
        filled = [
            _("%(field)s: %(value)s", field=HOUSEHOLD_FIELDS[name], value=household_value(name, value))
            for name, value in found.filled.items()
        ]
        versions = {one.household.id: one.household.version for one in (found.losing, found.surviving)}
        return {"found": found, "filled": filled, "pair": pair, "versions": versions}

    return screen(desk, "desk/records/merge.html", DUPLICATES, load)


@router.post(f"{_PATH}/merge")
def merge_pair(
    pair: PathPair, desk: Desk, versions: FormVersions, surviving: Annotated[str, Form()] = ""
) -> Response:
    """*Gộp*: the other household is merged into `surviving`."""
    losing = pair.losing(surviving)
    if not losing:
        return _pair_page(desk, pair, _NOT_CHOSEN, 422)
    seen = dict(zip((pair.one_id, pair.other_id), versions, strict=True))
    try:
        desk.database.write(lambda session: merge(session, desk.actor, losing, surviving, seen, desk.now))
    except StaleDecision:
        return _pair_page(desk, pair, _STALE, 409)
    return RedirectResponse(f"/desk/households/{surviving}?done=merged", 303)


def format_count(found: DuplicatePairs) -> str:
    """The number of pairs, *Hơn …* where not all were counted."""
    count = number(len(found.pairs))
    return _("Hơn %(count)s", count=count) if found.more else count


def _pair_page(desk: DeskContext, pair: HouseholdPair, problem: str = "", status: int = 200) -> Response:
    """The page of a pair; `problem`: a sentence about a decision that was refused. Raises `NotFound`."""

    def load(session: Session) -> Mapping[str, Any]:
        found = household_summaries(session, desk.actor, [pair.one_id, pair.other_id])
        if len(found) != 2 or pair.one_id == pair.other_id:
            raise NotFound
        fields = ("head_name", "house_no", "alley", "phone")
        sides = [
            (
                side,
                [(HOUSEHOLD_FIELDS[name], household_value(name, getattr(side.household, name)))
                 for name in fields],
            )
            for side in found
        ]  # fmt: skip
        is_decided = any(side.household.merged_into for side in found)
        return {
            "sides": sides,
            "states": HOUSEHOLD_STATES,
            "pair": pair,
            "problem": problem,
            "is_decided": is_decided,
        }

    return screen(desk, "desk/records/duplicate.html", DUPLICATES, load, status)
