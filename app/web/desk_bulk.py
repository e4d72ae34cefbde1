"""Deciding on many visits at once: the bar under the list, what it sends, and what became of it."""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Form

from app.core.clock import wire_time
from app.core.errors import Invalid
from app.core.shapes import of_our_time
from app.reviews.commands import Verdict
from app.reviews.models import DecisionBatch
from app.reviews.queries import UNDO_WITHIN
from app.reviews.selection import AMENDED, CHANGED, DECIDED, MOST, UNKNOWN, WITHDRAWN, Picked, Shown
from app.visits.listing import WAITING, Filters, Listing
from app.web.desk_filters import Asked
from app.web.desk_visit import ReturnForm, Undo, return_form, undo_of
from app.web.rendering import number
from app.web.strings import _

NO_VERDICT = Verdict("")
_CHOICE = re.compile(r"([A-Za-z0-9_-]{1,64})\.([0-9]{1,15})")
_NUMBER = re.compile(r"[0-9]{1,15}")
_FORM_ID = re.compile(r"[A-Za-z0-9-]{1,64}")

LEFT_OUT = {
    AMENDED: lambda n: _("%(count)s lượt đã được sửa sau khi trang này mở: chưa duyệt.", count=n),
    WITHDRAWN: lambda n: _("%(count)s lượt đã được người ghi rút: không duyệt.", count=n),
    DECIDED: lambda n: _("%(count)s lượt đã có quyết định từ trước: giữ nguyên.", count=n),
    CHANGED: lambda n: _("%(count)s lượt đã sửa, rút hoặc duyệt sau khi trang này mở: chưa duyệt.", count=n),
    UNKNOWN: lambda n: _("%(count)s lượt không tìm thấy: không duyệt.", count=n),
}
KEPT = {
    AMENDED: lambda n: _("%(count)s lượt đã được sửa sau đó: giữ nguyên.", count=n),
    WITHDRAWN: lambda n: _("%(count)s lượt đã được người ghi rút sau đó: giữ nguyên.", count=n),
    DECIDED: lambda n: _("%(count)s lượt đã có quyết định khác sau đó: giữ nguyên.", count=n),
}
DONE = {
    "accepted": lambda n: _("Đã duyệt %(count)s lượt.", count=n),
    "returned": lambda n: _("Đã trả lại %(count)s lượt.", count=n),
}
NOTHING_DONE = {"accepted": _("Chưa duyệt lượt nào."), "returned": _("Chưa trả lại lượt nào.")}
NOTHING = {"visits": _("Chọn ít nhất một lượt."), "state": _("Chọn Hợp lệ hoặc Trả lại.")}
TOO_MANY = _("Mỗi lần nhiều nhất %(most)s lượt. Hãy lọc hẹp hơn, thí dụ theo thôn, ngày.", most=number(MOST))


@dataclass(frozen=True)
class Pressed:
    """The bar's form as it was sent. `all`: the whole filter as it was shown, whatever is picked."""

    id: str = ""
    versions: Mapping[str, int] = field(default_factory=dict)
    all: bool = False
    head: str = ""
    at: str = ""
    count: str = ""
    verdict: Verdict = NO_VERDICT

    def wanted(self, filters: Filters) -> Picked | Shown:
        """What is to be decided on. Raises `Invalid` for nothing, for what cannot be read, for no verdict."""
        if not self.verdict.state:
            raise Invalid("state")
        if not self.all:
            if not self.versions:
                raise Invalid("visits")
            return Picked(self.versions)
        try:
            at = datetime.fromisoformat(self.at)
            of_our_time(at.date())
        except ValueError:
            raise Invalid("visits") from None
        if not (_NUMBER.fullmatch(self.head) and _NUMBER.fullmatch(self.count) and at.tzinfo):
            raise Invalid("visits")
        return Shown(filters, int(self.head), at, int(self.count))

    def batch_id(self, account_id: str) -> str:
        """The same for the same press; another for another selection sent from a page that was kept."""
        said = (account_id, self.id, self.verdict, sorted(self.versions.items()), self.all, self.head)
        return str(uuid.uuid5(uuid.NAMESPACE_OID, repr(said)))


def pressed(
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
) -> Pressed:
    """The form as it was sent; what is no visit's id and version is none. Browsers end lines with CR LF.

    Raises `Invalid` for what no page of ours sends: a form without its id, a verdict that is none.
    """
    known = state in DONE or not state
    if not _FORM_ID.fullmatch(id) or not known:
        raise Invalid("id" if known else "state")
    choices = [found for one in visit or [] if (found := _CHOICE.fullmatch(one))]
    verdict = Verdict(state)
    if state == "returned":
        verdict = Verdict(state, reason, field, note.replace("\r\n", "\n"))
    versions = {found[1]: int(found[2]) for found in choices}
    return Pressed(id, versions, bool(all), head, at, count, verdict)


@dataclass(frozen=True)
class BulkBar:
    """The bar under the list. `count` visits of the filter wait for a decision; `all` offers to pick them,
    empty where the page shows every one; `too_many` says why they cannot be decided at once. `form` is
    *Trả lại*, `open` if it is being filled."""

    action: str
    id: str
    head: int
    at: str
    count: int
    all: str
    all_picked: bool
    too_many: str
    problem: str
    form: ReturnForm
    open: bool


@dataclass(frozen=True)
class Outcome:
    """What became of a press, in sentences; `undo` is absent when it is too late or done."""

    done: str
    left_out: list[str]
    undo: Undo | None
    problem: str


def bulk_bar(asked: Asked, found: Listing, now: datetime, sent: Pressed, problems: dict[str, str]) -> BulkBar:
    """The bar of a list; `sent` and `problems` bring back what was refused."""
    action = asked.address("/desk/decisions")
    form = return_form(action, asked.address("/desk/visits"), sent.verdict, problems)
    waiting, few = found.waiting, found.waiting <= MOST
    more = waiting > sum(one.visit.review_state == WAITING for one in found.visits)
    return BulkBar(
        action=action,
        id=str(uuid.uuid4()),
        head=found.head,
        at=wire_time(now),
        count=waiting,
        all=_all_of(found) if more and few else "",
        all_picked=sent.all and more and few,
        too_many="" if few else TOO_MANY,
        problem=problems.get("visits", ""),
        form=form,
        open=sent.verdict.state == "returned",
    )


def _all_of(found: Listing) -> str:
    if found.waiting == found.total:
        return _("Chọn cả %(count)s lượt của bộ lọc này", count=number(found.waiting))
    return _("Chọn cả %(count)s lượt chưa duyệt của bộ lọc này", count=number(found.waiting))


def outcome(batch: DecisionBatch, asked: Asked, now: datetime, problem: str = "") -> Outcome:
    """What a batch came to, or its undoing if it was undone."""
    path = f"/desk/decisions/{batch.id}/undo"
    in_time = batch.decided > 0 and batch.undone_at is None and now - batch.made_at <= UNDO_WITHIN
    if batch.undone_at:
        done = _("Đã hoàn tác %(count)s lượt.", count=number(batch.undone))
        return Outcome(done, _counted(KEPT, batch.kept), None, problem)
    done = DONE[batch.state](number(batch.decided)) if batch.decided else NOTHING_DONE[batch.state]
    undo = undo_of(batch, asked.address(path), now) if in_time else None
    return Outcome(done, _counted(LEFT_OUT, batch.left_out), undo, problem)


def _counted(sentences: dict[str, Callable[[str], str]], counts: Mapping[str, int]) -> list[str]:
    return [sentence(number(counts[why])) for why, sentence in sentences.items() if counts.get(why)]
