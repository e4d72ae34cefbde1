"""/desk/households/{id}/unmerge: *Hoàn tác gộp*."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from app.core.errors import StaleDecision, UndoTooLate
from app.core.strings import _
from app.fieldwork.households.models import Household
from app.review.deduplication.undoing import RecentMerge, undo_merge
from app.web.desk.page.context import Desk, PathId
from app.web.desk.page.labels import Link, household_link
from app.web.rendering import moment, number

router = APIRouter()


@dataclass(frozen=True)
class MergedLine:
    """A household that was merged into the one that is shown. `undo`: the address of *Hoàn tác gộp*, empty if
    it cannot be undone; `why` says until when it can, or why it cannot."""

    household: Link
    undo: str
    why: str


@router.post("/desk/households/{household_id}/unmerge")
def unmerge(household_id: PathId, desk: Desk) -> Response:
    """*Hoàn tác gộp* of the household that was merged into another. If it cannot be undone, the page of the
    survivor says why."""
    try:
        desk.database.write(lambda session: undo_merge(session, desk.actor, household_id, desk.now))
    except (StaleDecision, UndoTooLate):
        return RedirectResponse(f"/desk/households/{household_id}?done=stands", 303)
    return RedirectResponse(f"/desk/households/{household_id}?done=unmerged", 303)


def merged_line(household: Household, merge: RecentMerge | None) -> MergedLine:
    """A merged household; `merge` is None if that was a day ago or more."""
    link = household_link(household)
    if merge is None:
        return MergedLine(link, "", "")
    if merge.is_changed:
        why = _("không hoàn tác được: hộ này đã được sửa, chuyển thôn hoặc gộp tiếp")
    elif merge.changed_visits:
        count = number(merge.changed_visits)
        why = _("không hoàn tác được: đã có %(count)s lượt thăm mới hoặc được sửa từ lúc gộp", count=count)
    else:
        why = _("hoàn tác được đến %(when)s", when=moment(merge.until))
        return MergedLine(link, f"/desk/households/{household.id}/unmerge", why)
    return MergedLine(link, "", why)
