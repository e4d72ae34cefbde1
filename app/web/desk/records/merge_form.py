"""/desk/duplicates/{one}/{other}/merge: *Gộp* asks once and says what it does."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.errors import NotFound, StaleDecision
from app.core.strings import _, lazy
from app.review.deduplication.merging import MergeConsequences, merge, merge_consequences
from app.web.desk.page.context import Desk
from app.web.desk.page.frame import DUPLICATES, Frame, build_frame
from app.web.desk.page.labels import household_label
from app.web.desk.records.duplicates import FormVersions, PathPair, pair_page
from app.web.desk.records.quarantine.labels import HOUSEHOLD_FIELDS, household_value
from app.web.rendering import html, number

router = APIRouter()
NOT_CHOSEN = lazy("Chọn hộ được giữ.")
STALE = lazy("Một trong hai hộ vừa được sửa hoặc đã gộp. Hãy xem lại.")


@dataclass(frozen=True)
class MergePage:
    """What templates/desk/records/merge.html shows: which household stays, and what becomes of the other;
    `one` and `other` are the versions of the two in the order of the address, `filled` what the survivor
    takes over."""

    title: str
    frame: Frame
    action: str
    cancel: str
    surviving_id: str
    surviving: str
    surviving_hamlet: str
    losing: str
    other_hamlet: str
    visits: str
    follow_ups: str
    filled: list[str]
    one: int
    other: int


@router.get("/desk/duplicates/{one_id}/{other_id}/merge")
def show_merge_form(pair: PathPair, desk: Desk, surviving: str = "") -> Response:
    """Ask for confirmation of *Gộp* and say what it does."""
    both = {pair.one_id, pair.other_id}
    if surviving not in both or len(both) == 1:
        raise NotFound
    (losing,) = both - {surviving}

    def load(session: Session) -> MergePage:
        found = merge_consequences(session, desk.actor, losing, surviving)
        return _page(found, pair, build_frame(session, desk.actor, DUPLICATES))

    return html("desk/records/merge.html", desk.database.read(load))


@router.post("/desk/duplicates/{one_id}/{other_id}/merge")
def merge_pair(
    pair: PathPair, desk: Desk, versions: FormVersions, surviving: Annotated[str, Form()] = ""
) -> Response:
    """*Gộp*: the other household is merged into `surviving`."""
    both = {pair.one_id, pair.other_id}
    if surviving not in both or len(both) == 1:
        return pair_page(desk, pair, NOT_CHOSEN, 422)
    (losing,) = both - {surviving}
    seen = dict(zip((pair.one_id, pair.other_id), versions, strict=True))
    try:
        desk.database.write(lambda session: merge(session, desk.actor, losing, surviving, seen, desk.now))
    except StaleDecision:
        return pair_page(desk, pair, STALE, 409)
    return RedirectResponse(f"/desk/households/{surviving}?done=merged", 303)


def _page(found: MergeConsequences, pair: PathPair, frame: Frame) -> MergePage:
    losing, surviving = found.losing.household, found.surviving.household
    versions = {one.id: one.version for one in (losing, surviving)}
    is_elsewhere = losing.hamlet_id != surviving.hamlet_id
    return MergePage(
        title=_("Gộp hai hộ này?"),
        frame=frame,
        action=pair.address("/merge"),
        cancel=pair.address(),
        surviving_id=surviving.id,
        surviving=household_label(surviving),
        surviving_hamlet=found.surviving.hamlet,
        losing=household_label(losing),
        other_hamlet=found.losing.hamlet if is_elsewhere else "",
        visits=number(found.losing.visits),
        follow_ups=number(found.follow_ups),
        filled=[
            _("%(field)s: %(value)s", field=HOUSEHOLD_FIELDS[name], value=household_value(name, value))
            for name, value in found.filled.items()
        ],
        one=versions[pair.one_id],
        other=versions[pair.other_id],
    )
