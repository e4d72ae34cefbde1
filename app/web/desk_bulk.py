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
from app.reviews.commands import UNDO_WITHIN, Verdict
from app.reviews.models import DecisionBatch
from app.reviews.selection import AMENDED, CHANGED, DECIDED, MOST, UNKNOWN, WITHDRAWN, Picked, Shown
from app.visits.queries import Filters
from app.web.desk_filters import Asked
from app.web.desk_visit import ReturnForm, return_form
from app.web.rendering import number
from app.web.strings import _

NO_VERDICT = Verdict("")
_CHOICE = re.compile(r"([A-Za-z0-9_-]{1,64})\.([0-9]{1,9})")
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
NOTHING_PICKED = _("Chọn ít nhất một lượt.")
TOO_MANY = _("Mỗi lần nhiều nhất %(most)s lượt. Hãy lọc hẹp hơn, thí dụ theo thôn, ngày.", most=number(MOST))
TOO_LATE = _("Đã quá một phút, không hoàn tác được nữa. Muốn đổi, hãy mở từng lượt rồi quyết định lại.")


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
        """What is to be decided. Raises `Invalid` if that is nothing, or cannot be read."""
        if not self.all:
            if not self.versions:
                raise Invalid("visits")
            return Picked(self.versions)
        try:
            at = datetime.fromisoformat(self.at)
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
    if not _FORM_ID.fullmatch(id) or state not in DONE:
        raise Invalid("id" if state in DONE else "state")
    choices = [found for one in visit or [] if (found := _CHOICE.fullmatch(one))]
    verdict = Verdict(state)
    if state == "returned":
        verdict = Verdict(state, reason, field, note.replace("\r\n", "\n"))
    versions = {found[1]: int(found[2]) for found in choices}
    return Pressed(id, versions, bool(all), head, at, count, verdict)


@dataclass(frozen=True)
class BulkBar:
    """The bar under the list. `all` is how many visits the filter has, empty where the page shows them all;
    `too_many` says why they cannot be decided at once. `form` is *Trả lại*, `open` if it is being filled."""

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
    """What became of a press, in sentences; `undo` is an address, empty when it is too late or done."""

    done: str
    left_out: list[str]
    undo: str
    problem: str


def bulk_bar(
    asked: Asked, total: int, on_page: int, head: int, now: datetime, sent: Pressed, problems: dict[str, str]
) -> BulkBar:
    """The bar of a list of `total` visits; `sent` and `problems` bring back what was refused."""
    action = asked.address("/desk/decisions")
    form = return_form(action, asked.address("/desk/visits"), sent.verdict, problems)
    more = total > on_page
    return BulkBar(
        action=action,
        id=str(uuid.uuid4()),
        head=head,
        at=wire_time(now),
        count=total,
        all=number(total) if more and total <= MOST else "",
        all_picked=sent.all and total <= MOST,
        too_many=TOO_MANY if total > MOST else "",
        problem=problems.get("visits", ""),
        form=form,
        open=sent.verdict.state == "returned",
    )


def outcome(batch: DecisionBatch, asked: Asked, now: datetime, problem: str = "") -> Outcome:
    """What a batch came to, or its undoing if it was undone."""
    path = f"/desk/decisions/{batch.id}/undo"
    in_time = batch.decided > 0 and batch.undone_at is None and now - batch.made_at <= UNDO_WITHIN
    if batch.undone_at:
        done = _("Đã hoàn tác %(count)s lượt.", count=number(batch.undone))
        return Outcome(done, _counted(KEPT, batch.kept), "", problem)
    done = DONE[batch.state](number(batch.decided)) if batch.decided else NOTHING_DONE[batch.state]
    return Outcome(done, _counted(LEFT_OUT, batch.left_out), asked.address(path) if in_time else "", problem)


def _counted(sentences: dict[str, Callable[[str], str]], counts: Mapping[str, int]) -> list[str]:
    return [sentence(number(counts[why])) for why, sentence in sentences.items() if counts.get(why)]
