"""*Có thể trùng*: pairs of households side by side; *Không trùng*."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.commune import hamlet_names
from app.core.errors import NotFound
from app.core.strings import _, lazy
from app.fieldwork.households.models import Household
from app.fieldwork.visits.household_summary import HouseholdSummary, household_summaries
from app.review.deduplication.duplicates import DuplicatePairs, find_duplicates, mark_not_duplicate
from app.web.desk.page.context import Desk, DeskContext, PathId, parse_version
from app.web.desk.page.frame import DUPLICATES, Frame, build_frame
from app.web.desk.page.labels import Link, household_label, household_link, source_link
from app.web.desk.records.quarantine.labels import HOUSEHOLD_FIELDS, HOUSEHOLD_STATES, Fact, household_value
from app.web.rendering import day, html, moment, number

router = APIRouter()

MAX_ROWS = 50
DONE = {
    "not_duplicate": lazy("Đã ghi nhận là hai hộ khác nhau. Không hỏi lại."),
}
ALREADY_MERGED = lazy("Một trong hai hộ này đã được gộp.")


@dataclass(frozen=True)
class HouseholdPair:
    """The two households that an address names."""

    one_id: PathId
    other_id: PathId

    def address(self, action: str = "") -> str:
        return f"/desk/duplicates/{self.one_id}/{self.other_id}{action}"


def parse_versions(one: Annotated[str, Form()] = "", other: Annotated[str, Form()] = "") -> tuple[int, int]:
    """The versions of both that the form was made from."""
    return parse_version(one), parse_version(other)


PathPair = Annotated[HouseholdPair, Depends()]
FormVersions = Annotated[tuple[int, int], Depends(parse_versions)]


@dataclass(frozen=True)
class PairRow:
    """Two households in the list."""

    href: str
    hamlet: str
    one: Link
    one_alley: str
    other: Link
    other_alley: str


@dataclass(frozen=True)
class DuplicatesPage:
    """What templates/desk/records/duplicates.html shows: `MAX_ROWS` pairs at most; `done`: what was just
    decided."""

    title: str
    frame: Frame
    as_of: str
    count: str
    rows: list[PairRow]
    done: str


@dataclass(frozen=True)
class HouseholdSide:
    """One of the two households, with its facts; `source`: who added it."""

    id: str
    household: Link
    source: Link
    source_when: str
    facts: list[Fact]


@dataclass(frozen=True)
class PairPage:
    """What templates/desk/records/duplicate.html shows; `merge`, `not_duplicate`: addresses, empty once
    decided."""

    title: str
    frame: Frame
    one: HouseholdSide
    other: HouseholdSide
    merge: str
    not_duplicate: str
    problem: str


@router.get("/desk/duplicates")
def show_duplicates(desk: Desk, done: str = "") -> Response:
    """The pairs, hamlet by hamlet."""

    def load(session: Session) -> DuplicatesPage:
        hamlets = hamlet_names(session, desk.actor)
        shown, found = find_duplicates(session, desk.actor, MAX_ROWS)
        return DuplicatesPage(
            title=_("Có thể trùng"),
            frame=build_frame(session, desk.actor, DUPLICATES),
            as_of=moment(desk.now),
            count=format_count(found),
            rows=[_row(one, other, hamlets[one.hamlet_id]) for one, other in shown],
            done=DONE.get(done, ""),
        )

    return html("desk/records/duplicates.html", desk.database.read(load))


@router.get("/desk/duplicates/{one_id}/{other_id}")
def show_pair(pair: PathPair, desk: Desk) -> Response:
    return pair_page(desk, pair)


@router.post("/desk/duplicates/{one_id}/{other_id}/not-duplicate")
def mark_pair_not_duplicate(pair: PathPair, desk: Desk) -> Response:
    """*Không trùng*."""
    desk.database.write(
        lambda session: mark_not_duplicate(session, desk.actor, pair.one_id, pair.other_id, desk.now)
    )
    return RedirectResponse("/desk/duplicates?done=not_duplicate", 303)


def pair_page(desk: DeskContext, pair: HouseholdPair, problem: str = "", status: int = 200) -> Response:
    """The page of a pair; `problem`: a sentence about a decision that was refused. Raises `NotFound`."""

    def load(session: Session) -> PairPage:
        found = household_summaries(session, desk.actor, [pair.one_id, pair.other_id])
        if len(found) != 2 or pair.one_id == pair.other_id:
            raise NotFound
        one, other = found
        decided = any(summary.household.merged_into for summary in found)
        return PairPage(
            title=_("%(household)s – Có thể trùng", household=household_label(one.household)),
            frame=build_frame(session, desk.actor, DUPLICATES),
            one=_side(one),
            other=_side(other),
            merge="" if decided else pair.address("/merge"),
            not_duplicate="" if decided else pair.address("/not-duplicate"),
            problem=problem or (ALREADY_MERGED if decided else ""),
        )

    return html("desk/records/duplicate.html", desk.database.read(load), status)


def format_count(found: DuplicatePairs) -> str:
    """The number of pairs, *Hơn …* where not all were counted."""
    count = number(len(found.pairs))
    return _("Hơn %(count)s", count=count) if found.more else count


def _row(one: Household, other: Household, hamlet: str) -> PairRow:
    return PairRow(
        href=HouseholdPair(one.id, other.id).address(),
        hamlet=hamlet,
        one=household_link(one),
        one_alley=one.alley,
        other=household_link(other),
        other_alley=other.alley,
    )


def _side(found: HouseholdSummary) -> HouseholdSide:
    household = found.household
    facts = [
        *((HOUSEHOLD_FIELDS[name], household_value(name, getattr(household, name)))
          for name in ("head_name", "house_no", "alley", "phone")),
        (_("Thôn"), found.hamlet),
        (HOUSEHOLD_FIELDS["state"], HOUSEHOLD_STATES[household.state]),
        (_("Lượt thăm"), number(found.visits)),
        (_("Thăm gần nhất"), day(found.last_on) if found.last_on else _("chưa có")),
    ]  # fmt: skip
    return HouseholdSide(
        id=household.id,
        household=household_link(household),
        source=source_link(found.added_by),
        source_when=moment(found.added_at) if found.added_at else "",
        facts=facts,
    )
