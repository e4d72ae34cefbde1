"""/desk/citizen-requests: what citizens ask about their data, with their clocks: the list, entering one, its
page with each step until it is closed, and all as an Excel workbook."""

import io
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.access import find
from app.commune.accounts.commune import commune_of
from app.core.clock import local_date
from app.core.errors import NotFound, StaleDecision
from app.core.strings import _, lazy
from app.core.types import is_id
from app.fieldwork.households.models import Household
from app.reports.forms.document import xml_text
from app.reports.forms.sheet_layout import prepare_print
from app.reports.forms.xlsx import Fact, add_facts, heading_format, open_workbook
from app.review.citizen_requests import commands
from app.review.citizen_requests.deadlines import extension_days
from app.review.citizen_requests.listing import list_requests
from app.review.citizen_requests.queries import ListedRequest, find_request, list_all
from app.review.citizen_requests.waiting import count_waiting
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.filter_fields import IdFilter
from app.web.desk.page.frame import REQUESTS
from app.web.desk.page.labels import REQUEST_KINDS
from app.web.desk.page.paging import ListPager
from app.web.desk.records.imports.pages import XLSX
from app.web.desk.visits.download import download_headers
from app.web.forms import At, Code, Day, Filled, Flag, Form, Refusals, Sent, Text, Values, Version, submit
from app.web.reading import RecentFactor
from app.web.rendering import ShownNumber, day, moment, number
from app.web.screens import screen

router = APIRouter()
PATH = "/desk/citizen-requests"
YEARS = 5  # of the workbook: the year of today, and those before it
_DONE = {
    "entered": lazy("Đã vào sổ."),
    "answered": lazy("Đã ghi ngày trả lời."),
    "extended": lazy("Đã gia hạn."),
    "done": lazy("Đã ghi là xong."),
    "refused": lazy("Đã ghi là từ chối."),
    "reopened": lazy("Đã mở lại."),
}
_NOT_RECEIVED = lazy("Ghi ngày nhận trong một năm qua, như 24/11/2026.")
_LONG = lazy("Viết nhiều nhất %(limit)s ký tự.", limit=commands.MAX_REFERENCE)
NEW = Form(
    Code(
        "kind",
        lazy("Bà con yêu cầu"),
        wrong=lazy("Chọn bà con yêu cầu việc gì."),
        options=REQUEST_KINDS,
        empty=lazy("Chọn việc"),
    ),
    Day("day", lazy("Ngày nhận"), wrong=_NOT_RECEIVED, is_wanted=True, shown=200),
    Text(
        "reference",
        lazy("Số đến của văn thư, nếu có"),
        lazy("Không ghi tên, số định danh của ai."),
        _LONG,
        odd=_LONG,
        maxlength=commands.MAX_REFERENCE,
        shown=4 * commands.MAX_REFERENCE,
    ),
    Flag("others", lazy("Cơ quan, tổ chức khác phải cùng thực hiện (thời hạn dài hơn)")),
    Text("id"),
    Text("household"),
    refusals={"received_on": At("day", _NOT_RECEIVED)},
)
_DAY = Day(
    "day",
    lazy("Ngày"),
    wrong=lazy("Ghi ngày từ ngày nhận đến hôm nay, như 24/11/2026."),
    is_wanted=True,
    shown=20,
)


def _step(*fields: Day | Text) -> Form:
    refusals: Refusals = {
        "late": lazy("Đã quá hạn, nên không gia hạn được nữa."),
        StaleDecision: lazy(
            "Yêu cầu này vừa được người khác cập nhật, nên chưa ghi gì. Hãy xem lại rồi ghi."
        ),
    }
    return Form(*fields, Version(), refusals=refusals)


def _reason(label: str) -> Text:
    wrong = lazy(
        "Ghi lý do, nhiều nhất %(most)s ký tự, không có ký tự lạ.", most=ShownNumber(commands.MAX_REASON)
    )
    return Text("reason", label, wrong=wrong, odd=wrong, lines=3)


# With the day on which a step was taken, and with a reason where the law wants one.
STEPS = {
    "answered": _step(_DAY),
    "done": _step(_DAY),
    "extended": _step(_reason(lazy("Lý do đã báo"))),
    "refused": _step(_DAY, _reason(lazy("Lý do đã báo cho bà con"))),
    "reopened": _step(),
}


@router.get(PATH)
def show_requests(desk: Desk, before: IdFilter = "", after: IdFilter = "") -> Response:
    """What is open first, the next last day first; then what is closed: the page right behind the request
    `after`, or right before `before`; else the first."""

    def load(session: Session) -> Mapping[str, Any]:
        found = list_requests(session, desk.actor, desk.now, before=before, after=after)
        ids = [one.request.id for one in found.listed] or [""]
        rows = [_texts(one, desk.now) for one in found.listed]
        return {
            "count": count_waiting(session, desk.actor).count,
            "is_first": not found.previous,
            "open_rows": [row for row in rows if row["request"].closed_on is None],
            "closed_rows": [row for row in rows if row["request"].closed_on is not None],
            "kinds": REQUEST_KINDS,
            "pager": ListPager(
                first=PATH if found.previous else "",
                previous=f"{PATH}?before={ids[0]}" if found.previous else "",
                next=f"{PATH}?after={ids[-1]}" if found.next else "",
            ),
        }

    return screen(desk, "desk/records/requests.html", REQUESTS, load)


@router.get(f"{PATH}/new")
def show_request_form(desk: Desk, household: IdFilter = "") -> Response:
    """The form, for the household of the address, or for none."""
    today = local_date(desk.now)
    return _form_page(desk, NEW.blank(id=secrets.token_urlsafe(12), household=household, day=today))


@router.post(f"{PATH}/new")
def enter_request(desk: Desk, sent: Sent) -> Response:
    """*Vào sổ*, then its page."""

    def enter(session: Session, typed: Values) -> str:
        new = commands.NewRequest(
            id=typed["id"],
            kind=typed["kind"],
            received_on=typed["day"],
            with_others=typed["others"],
            household_id=typed["household"],
            reference=typed["reference"],
        )
        return f"{PATH}/{commands.enter(session, desk.actor, new, desk.now).id}?done=entered"

    return submit(desk, NEW, sent, enter, str, partial(_form_page, desk))


@router.get(f"{PATH}.xlsx", dependencies=[RecentFactor])
def download_list(desk: Desk) -> Response:
    """The requests received in the last five calendar years."""
    content = desk.read(lambda session: _workbook(session, desk))
    return Response(content, media_type=XLSX, headers=download_headers("so-yeu-cau.xlsx"))


@router.get(f"{PATH}/{{request_id}}")
def show_request(request_id: PathId, desk: Desk, done: str = "") -> Response:
    """The page; `done` names what was just done."""
    return _page(desk, request_id, done=done)


@router.post(f"{PATH}/{{request_id}}/{{step}}")
def take_step(request_id: PathId, step: str, desk: Desk, sent: Sent) -> Response:
    """One step. Raises `NotFound` for a step that there is not."""
    if step not in STEPS:
        raise NotFound
    actor, now = desk.actor, desk.now

    def take(session: Session, typed: Values) -> None:
        seen: int = typed["version"]
        on: Any = typed.get("day")
        reason = typed.get("reason", "")
        match step:
            case "answered":
                commands.answer(session, actor, request_id, seen, on, now)
            case "done":
                commands.close(session, actor, request_id, seen, on, now)
            case "extended":
                commands.extend(session, actor, request_id, seen, reason, now)
            case "refused":
                commands.refuse(session, actor, request_id, seen, on, reason, now)
            case _:
                commands.reopen(session, actor, request_id, seen, now)

    done = f"{PATH}/{request_id}?done={step}"
    return submit(desk, STEPS[step], sent, take, done, partial(_page, desk, request_id, step))


def open_requests(session: Session, desk: DeskContext) -> list[tuple[str, str]]:
    """How many citizens wait for what they asked, and how long there is for the first; nothing if nobody."""
    waiting = count_waiting(session, desk.actor)
    if waiting.first_on is None:
        return []
    count, left = number(waiting.count), time_left(waiting.first_on, desk.now)
    return [(_("%(count)s yêu cầu của bà con chưa xong: %(left)s.", count=count, left=left), PATH)]


def _form_page(desk: DeskContext, form: Filled) -> Response:
    def load(session: Session) -> Mapping[str, Any]:
        household_id = form["household"].text
        if household_id and not is_id(household_id):
            raise NotFound
        household = find(session, desk.actor, Household, household_id) if household_id else None
        return {"form": form, "household": household}

    return screen(desk, "desk/records/request_form.html", REQUESTS, load, form.status)


def _page(
    desk: DeskContext, request_id: str, step: str = "", form: Filled | None = None, *, done: str = ""
) -> Response:
    """The page of a request; `form`: that of the `step` that was refused."""

    def load(session: Session) -> Mapping[str, Any]:
        one = find_request(session, desk.actor, request_id, desk.now)
        today = local_date(desk.now)
        forms = {
            name: blank.blank(**{field.name: today for field in blank.fields if field is _DAY})
            for name, blank in STEPS.items()
        }
        is_extensible = not (one.request.closed_on or one.request.extended_on or one.clock.done_late)
        return {
            **_texts(one, desk.now),
            "kinds": REQUEST_KINDS,
            "forms": forms | ({step: form} if form else {}),
            "done": _DONE.get(done, ""),
            "problem": form.notice if form else "",
            "extension": extension_days(one.request.kind) if is_extensible else None,
        }

    return screen(desk, "desk/records/request.html", REQUESTS, load, form.status if form else 200)


def _texts(one: ListedRequest, now: datetime) -> dict[str, Any]:
    """A request with what its clock says."""
    return {
        "one": one,
        "request": one.request,
        "answer_left": answer_text(one, now),
        "done_left": done_text(one, now),
        "state": state_text(one),
    }


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


def _workbook(session: Session, desk: DeskContext) -> bytes:
    first = date(local_date(desk.now).year - YEARS + 1, 1, 1)
    rows = [_cells(one, desk) for one in list_all(session, desk.actor, first, desk.now)]
    title, commune = _("Sổ yêu cầu của bà con"), commune_of(session, desk.actor).full_name
    content = io.BytesIO()
    with open_workbook(content, title, desk.actor.name, desk.now) as workbook:
        sheet, heading = workbook.add_worksheet(_("Sổ")), heading_format(workbook)
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        prepare_print(sheet, f"{title}, {commune}", moment(desk.now))
        sheet.set_column(0, len(_headings()) - 1, 18)
        for column, name in enumerate(_headings()):
            sheet.write_string(0, column, name, heading)
        for line, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                sheet.write_string(line, column, xml_text(cell), wrapped)
        facts: list[Fact] = [
            (_("Đơn vị"), commune),
            (_("Nhận từ ngày"), first),
            (_("Xuất lúc"), desk.now),
            (_("Người xuất"), desk.actor.name),
        ]
        add_facts(workbook, _("Thông tin"), facts)
    return content.getvalue()


def _headings() -> list[str]:
    return [
        _("Ngày nhận"),
        _("Số đến"),
        _("Yêu cầu"),
        _("Hộ"),
        _("Thôn"),
        _("Cơ quan khác cùng làm"),
        _("Trả lời trước hết"),
        _("Trả lời"),
        _("Xong trước hết"),
        _("Kết quả"),
        _("Tình trạng"),
        _("Lý do gia hạn"),
        _("Lý do từ chối"),
    ]


def _cells(one: ListedRequest, desk: DeskContext) -> list[str]:
    request = one.request
    return [
        day(request.received_on),
        request.reference,
        str(REQUEST_KINDS[request.kind]),
        one.household.label if one.household else _("Không có trong danh sách"),
        one.hamlet,
        _("có") if request.with_others else _("không"),
        day(one.clock.answer_by),
        answer_text(one, desk.now),
        day(one.clock.done_by),
        done_text(one, desk.now),
        state_text(one),
        request.extension_reason,
        request.refusal_reason,
    ]
