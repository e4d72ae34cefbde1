"""What the pages of citizens' requests and their file call things."""

from datetime import date, datetime

from app.core.clock import local_date
from app.core.strings import _
from app.review.citizen_requests.queries import ListedRequest
from app.web.desk.page.labels import Link, household_link
from app.web.rendering import day, number

PATH = "/desk/citizen-requests"


def about(one: ListedRequest) -> Link:
    """The household with its page; *Không có trong danh sách* for somebody on no list."""
    return household_link(one.household) if one.household else Link(_("Không có trong danh sách"), "")


def state_text(one: ListedRequest) -> str:
    """*Chưa trả lời*, *Đang thực hiện*, *Đã từ chối 05/12/2026*, *Đã xong 05/12/2026*."""
    request = one.request
    if request.closed_on is None:
        return _("Đang thực hiện") if request.answered_on else _("Chưa trả lời")
    if request.is_refused:
        return _("Đã từ chối %(day)s", day=day(request.closed_on))
    return _("Đã xong %(day)s", day=day(request.closed_on))


def answer_text(one: ListedRequest, now: datetime) -> str:
    """When the citizen was told what follows, or how long there is for it."""
    answered_on, late = one.request.answered_on, one.clock.answer_late
    if answered_on is None:
        return time_left(one.clock.answer_by, now)
    return _outcome(_("trả lời %(day)s", day=day(answered_on)), late)


def done_text(one: ListedRequest, now: datetime) -> str:
    """When it was closed, or how long there is for it."""
    closed_on, late = one.request.closed_on, one.clock.done_late
    if closed_on is None:
        return time_left(one.clock.done_by, now)
    return _outcome(_("kết thúc %(day)s", day=day(closed_on)), late)


def _outcome(what: str, late: int) -> str:
    if late:
        return _("%(what)s, muộn %(days)s ngày", what=what, days=number(late))
    return _("%(what)s, đúng hạn", what=what)


def time_left(last: date, now: datetime) -> str:
    """How long there is until this last day, or how long ago it was."""
    days = (last - local_date(now)).days
    if days < 0:
        return _("quá hạn %(days)s ngày", days=number(-days))
    return _("còn %(days)s ngày", days=number(days)) if days else _("hạn là hôm nay")
