"""The form for decisions on many visits: the bar under the list, its submission and the result."""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Form

from app.core.clock import wire_time
from app.core.errors import Invalid
from app.core.strings import _, labels, lazy
from app.core.types import code_of, is_id, validate_year
from app.fieldwork.visits.codes import REVIEW_STATES, Empty, ReviewState
from app.review.decisions.flagged import FlaggedVisits
from app.review.decisions.meanwhile import Answer
from app.review.decisions.models import DecisionBatch
from app.review.decisions.queries import UNDO_WITHIN
from app.review.decisions.selection import (
    AMENDED,
    CHANGED,
    DECIDED,
    ERASED,
    FLAGGED,
    FLAGGED_SINCE,
    MAX_VISITS,
    SAME,
    UNKNOWN,
    WITHDRAWN,
    FilterSelection,
    SeenVisit,
    VisitSelection,
)
from app.review.decisions.verdicts import Verdict
from app.review.visit_list.listing import WAITING, Filters, VisitList
from app.web.desk.visits.filters import VisitQuery
from app.web.desk.visits.return_form import (
    ReturnForm,
    UndoForm,
    build_return_form,
    build_undo_form,
    parse_return,
)
from app.web.rendering import number

_VERDICTS: tuple[ReviewState | Empty, ...] = (*REVIEW_STATES, "")
NO_VERDICT = Verdict("")
ACCEPT_FLAGGED = "accepted_flagged"  # the button that accepts the flagged visits as well
_NUMBER = re.compile(r"[0-9]{1,15}")
_BOX = re.compile(r"(?P<id>[^.]{1,64})\.(?P<version>[0-9]{1,15})(?:\.(?P<review>[0-9]{1,15}))?")

SKIPPED = {
    AMENDED: lambda n: _("%(count)s lượt đã được sửa sau khi trang này mở: chưa duyệt.", count=n),
    WITHDRAWN: lambda n: _("%(count)s lượt người ghi đã bỏ: không duyệt.", count=n),
    ERASED: lambda n: _("%(count)s lượt của hộ đã xóa dữ liệu: không trả lại.", count=n),
    DECIDED: lambda n: _("%(count)s lượt đã có quyết định từ trước: giữ nguyên.", count=n),
    SAME: lambda n: _("%(count)s lượt vốn đã như vậy.", count=n),
    CHANGED: lambda n: _("%(count)s lượt đã sửa, bỏ hoặc duyệt sau khi trang này mở: chưa duyệt.", count=n),
    UNKNOWN: lambda n: _("%(count)s lượt không tìm thấy: không duyệt.", count=n),
    FLAGGED: lambda n: _("%(count)s lượt cần xem: ở lại, chưa duyệt.", count=n),
    FLAGGED_SINCE: lambda n: _("%(count)s lượt có lý do cần xem sau khi trang này mở: chưa duyệt.", count=n),
}
SKIPPED_BY_UNDO = {
    AMENDED: lambda n: _("%(count)s lượt đã được sửa sau đó: giữ nguyên.", count=n),
    WITHDRAWN: lambda n: _("%(count)s lượt người ghi đã bỏ sau đó: giữ nguyên.", count=n),
    DECIDED: lambda n: _("%(count)s lượt đã có quyết định khác sau đó: giữ nguyên.", count=n),
}
DONE: dict[str, Callable[[str], str]] = labels(
    REVIEW_STATES,
    {
        "accepted": lambda n: _("Đã duyệt %(count)s lượt.", count=n),
        "returned": lambda n: _("Đã trả lại %(count)s lượt.", count=n),
        "received": lambda n: _("Đã đưa %(count)s lượt về Chưa duyệt.", count=n),
    },
)
NONE_DECIDED = labels(
    REVIEW_STATES,
    {
        "accepted": lazy("Chưa duyệt lượt nào."),
        "returned": lazy("Chưa trả lại lượt nào."),
        "received": lazy("Chưa đưa lượt nào về Chưa duyệt."),
    },
)
MISSING = {"visits": lazy("Chọn ít nhất một lượt."), "state": lazy("Chọn Duyệt hoặc Trả lại.")}
TOO_MANY = lazy(
    "Mỗi lần nhiều nhất %(most)s lượt. Hãy lọc hẹp hơn, thí dụ theo thôn, ngày.", most=number(MAX_VISITS)
)


@dataclass(frozen=True)
class BulkForm:
    """The submitted form. `all`: every visit of the filter as the page showed it, not the picked ones.

    `answer`: what was answered about visits that colleagues decided on meanwhile. `accept_flagged`: accept
    those as well that were shown as flagged.
    """

    id: str = ""
    seen: Mapping[str, SeenVisit] = field(default_factory=dict)
    all: bool = False
    head: str = ""
    at: str = ""
    count: str = ""
    verdict: Verdict = NO_VERDICT
    answer: Answer | None = None
    accept_flagged: bool = False

    @property
    def flagged(self) -> FlaggedVisits:
        """What is chosen about flagged visits."""
        return FlaggedVisits(self.accept_flagged, int(self.head) if _NUMBER.fullmatch(self.head) else 0)

    def selection(self, filters: Filters) -> VisitSelection | FilterSelection:
        """The visits to decide on. Raises `Invalid` without visits or a verdict, and for malformed fields."""
        if not self.verdict.state:
            raise Invalid("state")
        if not self.all:
            if not self.seen:
                raise Invalid("visits")
            return VisitSelection(self.seen)
        try:
            at = datetime.fromisoformat(self.at)
            validate_year(at.date())
        except ValueError:
            raise Invalid("visits") from None
        if not (_NUMBER.fullmatch(self.head) and _NUMBER.fullmatch(self.count) and at.tzinfo):
            raise Invalid("visits")
        return FilterSelection(filters, int(self.head), at, int(self.count))

    def batch_id(self, account_id: str) -> str:
        """The same id when the same form is sent again; another for another selection on the same page."""
        selected = (sorted(self.seen.items()), self.all, self.head)
        parts = (account_id, self.id, self.verdict, *selected, self.answer, self.accept_flagged)
        return str(uuid.uuid5(uuid.NAMESPACE_OID, repr(parts)))


def parse_bulk_form(
    id: Annotated[str, Form()] = "",
    visit: Annotated[list[str] | None, Form()] = None,
    all: Annotated[str, Form()] = "",
    head: Annotated[str, Form()] = "",
    at: Annotated[str, Form()] = "",
    count: Annotated[str, Form()] = "",
    state: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    field: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    meanwhile: Annotated[str, Form()] = "",
    agreed: Annotated[str, Form()] = "",
) -> BulkForm:
    """The submitted form, without boxes that do not name a visit and its version.

    Raises `Invalid` for a form without its id and for an unknown verdict: our pages never send these.
    """
    accept_flagged = state == ACCEPT_FLAGGED
    known = code_of(_VERDICTS, "accepted" if accept_flagged else state)
    if known is None:
        raise Invalid("state")
    if not is_id(id):
        raise Invalid("id")
    verdict = parse_return(reason, field, note) if known == "returned" else Verdict(known)
    answer = None
    if meanwhile:
        answer = Answer(meanwhile == "replace", int(agreed) if _NUMBER.fullmatch(agreed) else 0)
    return BulkForm(id, parse_boxes(visit or []), bool(all), head, at, count, verdict, answer, accept_flagged)


def parse_boxes(values: list[str]) -> dict[str, SeenVisit]:
    """The visits that the values of boxes name, as they were seen, by id; without what is no such value."""
    boxes = [_BOX.fullmatch(value) for value in values]
    return {
        box["id"]: SeenVisit(int(box["version"]), int(box["review"] or 0))
        for box in boxes
        if box and is_id(box["id"])
    }


SubmittedBulkForm = Annotated[BulkForm, Depends(parse_bulk_form)]


@dataclass(frozen=True)
class BulkBar:
    """The bar under the list.

    `count`: how many visits of the filter can be selected as a whole; `flagged`: how many of them are
    flagged; `of_waiting`: those that wait for a
    decision, because the list has decided ones as well. `all`: the label of the box that selects them all,
    empty if the page shows every one. `too_many`: the sentence that says that they cannot be decided at once.
    `form`: *Trả lại*, `open` if it was filled in. `reopen`: whether the list may have decided visits.
    """

    action: str
    id: str
    head: int
    at: str
    count: int
    flagged: int
    of_waiting: bool
    reopen: bool
    all: str
    all_picked: bool
    too_many: str
    problem: str
    form: ReturnForm
    open: bool


@dataclass(frozen=True)
class BatchResult:
    """The result of a decision on many visits, in sentences; `undo` is None when it is too late or done."""

    done: str
    skipped: list[str]
    undo: UndoForm | None
    problem: str


def build_bulk_bar(
    query: VisitQuery,
    found: VisitList,
    now: datetime,
    form: BulkForm,
    problems: dict[str, str],
    flagged: int,
) -> BulkBar | None:
    """The bar of a list; `form` and `problems` are those of a submission that was refused. `flagged`:
    how many of its selectable visits are flagged. None for a list in which nothing can be decided."""
    if not (found.visits and query.may_decide):
        return None
    action = query.address("/desk/decisions")
    return_form = build_return_form(action, query.address("/desk/visits"), form.verdict, problems)
    selectable, few = found.selectable, found.selectable <= MAX_VISITS
    of_waiting = query.state not in REVIEW_STATES
    shown = found.waiting if of_waiting else len(found.listed)
    more = selectable > shown
    return BulkBar(
        action=action,
        id=str(uuid.uuid4()),
        head=found.head,
        at=wire_time(now),
        count=selectable,
        flagged=flagged,
        of_waiting=of_waiting,
        reopen=query.state != WAITING,
        all=_select_all_label(found) if more and few else "",
        all_picked=form.all and more and few,
        too_many="" if few else TOO_MANY,
        problem=problems.get("visits", ""),
        form=return_form,
        open=form.verdict.state == "returned",
    )


def _select_all_label(found: VisitList) -> str:
    if found.selectable == found.total:
        return _("Chọn cả %(count)s lượt của bộ lọc này", count=number(found.selectable))
    return _("Chọn cả %(count)s lượt chưa duyệt của bộ lọc này", count=number(found.selectable))


def batch_result(batch: DecisionBatch, query: VisitQuery, now: datetime, problem: str = "") -> BatchResult:
    """The result of a batch, or of its undo."""
    path = f"/desk/decisions/{batch.id}/undo"
    in_time = batch.decided > 0 and batch.undone_at is None and now - batch.made_at <= UNDO_WITHIN
    if batch.undone_at:
        done = _("Đã hoàn tác %(count)s lượt.", count=number(batch.undone))
        return BatchResult(done, _count_sentences(SKIPPED_BY_UNDO, batch.skipped_by_undo), None, problem)
    done = DONE[batch.state](number(batch.decided)) if batch.decided else NONE_DECIDED[batch.state]
    undo = build_undo_form(batch, query.address(path), now) if in_time else None
    return BatchResult(done, _count_sentences(SKIPPED, batch.skipped), undo, problem)


def _count_sentences(sentences: dict[str, Callable[[str], str]], counts: Mapping[str, int]) -> list[str]:
    return [sentence(number(counts[reason])) for reason, sentence in sentences.items() if counts.get(reason)]
