"""/desk/households/{id}: everything about one household."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.core.audit import views
from app.core.strings import _, lazy
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import FollowUp
from app.intake.household_import.runs.models import HouseholdImport, ImportRow
from app.intake.household_import.runs.queries import rows_of_household
from app.review.deduplication.undoing import recent_merges
from app.review.register.detail import HouseholdChange, HouseholdDetail, household_detail
from app.review.visit_list.queries import VisitSummary
from app.upkeep.erasure.commands import DecidedRequest, erasure_requests
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import HOUSEHOLDS, Frame, build_frame
from app.web.desk.page.labels import (
    RESULTS,
    Badge,
    Link,
    badge,
    household_label,
    household_link,
    member_link,
    service_text,
    source_link,
)
from app.web.desk.records.households.facts import FactLine, fact_lines
from app.web.desk.records.households.number_form import consent_text, phone_text
from app.web.desk.records.households.unmerge import MergedLine, merged_line
from app.web.desk.records.quarantine.labels import EMPTY, HOUSEHOLD_FIELDS, HOUSEHOLD_STATES, household_value
from app.web.rendering import day, html, moment

router = APIRouter()
# The households that were merged into it, the rows of files that it came from, requests to erase it, facts.
_Sources = tuple[list[MergedLine], list[Link], list[str], list[FactLine]]
_MERGE_STANDS = lazy("Chưa hoàn tác được: từ lúc gộp đã có thay đổi khác, hoặc đã quá một ngày.")
_DONE = {
    "added": lazy("Đã thêm hộ. Máy của tổ nhận ở lần liên lạc sau."),
    "edited": lazy("Đã sửa thông tin hộ."),
    "state": lazy("Đã đổi tình trạng của hộ."),
    "unmerged": lazy("Đã hoàn tác gộp. Hai hộ, lượt thăm và lời hẹn trở lại như trước."),
    "merged": lazy("Đã gộp. Lượt thăm và lời hẹn đã chuyển sang hộ này."),
    "number": lazy("Đã ghi số điện thoại. Máy của tổ nhận khi hộ có lời hẹn."),
    "number_withdrawn": lazy("Đã xóa số điện thoại. Máy của tổ xóa ở lần liên lạc sau."),
    "erased": lazy("Đã xóa dữ liệu của hộ. Máy của các tổ xóa ở lần liên lạc sau."),
    "refused": lazy("Đã ghi việc từ chối xóa."),
    "moved": lazy("Đã chuyển thôn. Máy của hai thôn nhận ở lần liên lạc sau; lượt chưa gửi vẫn được tính."),
}


@dataclass(frozen=True)
class VisitLine:
    """One visit of the household; `amended`: how often its author has written it since, in words."""

    href: str
    when: str
    author: Link
    result: str
    services: list[str]
    amended: str
    state: Badge


@dataclass(frozen=True)
class FollowUpLine:
    """A day to return on; `closed`: the address of the visit that closed it, empty while it is open."""

    due_on: str
    visit: str
    closed: str


@dataclass(frozen=True)
class ChangeLine:
    """A write of the household's fields; `details` are sentences."""

    when: str
    who: Link
    what: str
    details: list[str]


@dataclass(frozen=True)
class StateButton:
    """A state that the household can be given."""

    state: str
    label: str


@dataclass(frozen=True)
class HouseholdPage:
    """What templates/desk/records/household.html shows; `survivor`: the household it was merged into, if it
    was: then nothing of it can be changed. `erased`: when it was, empty if it is not. `requests`: what was
    decided of requests to erase it, in a sentence each. `missed`: what others wrote before a change that was
    refused for that."""

    title: str
    frame: Frame
    address: str
    version: int
    done: str
    problem: str
    missed: list[str]
    states: list[StateButton]
    hamlet: Link
    house_no: str
    alley: str
    phone: str
    consents: list[str]
    state: str
    facts: list[FactLine]
    source: Link
    source_when: str
    listed_as: str
    lists: list[Link]
    survivor: Link | None
    merged: list[MergedLine]
    merge: str
    erased: str
    requests: list[str]
    request: str
    visits: list[VisitLine]
    has_more_visits: bool
    follow_ups: list[FollowUpLine]
    changes: list[ChangeLine]


@router.get("/desk/households/{household_id}")
def show_household(household_id: PathId, desk: Desk, done: str = "") -> Response:
    """The page; `done` names what was just done."""
    return household_page(desk, household_id, done)


def household_page(
    desk: DeskContext, household_id: str, done: str = "", *, seen: int | None = None
) -> Response:
    """The page of a household. `seen`: the version that a change was made from and refused for, because it is
    not the newest. Raises `NotFound`."""

    def load(session: Session) -> HouseholdPage:
        detail = household_detail(session, desk.actor, household_id)
        missed = [] if seen is None else _missed(detail, seen)
        recent = recent_merges(session, desk.actor, household_id, desk.now)
        merged = [merged_line(one, recent.get(one.id)) for one in detail.merged]
        lists = [_list_link(run, row) for run, row in rows_of_household(session, desk.actor, household_id)]
        frame = build_frame(session, desk.actor, HOUSEHOLDS)
        requests = [_request_line(one) for one in erasure_requests(session, desk.actor, household_id)]
        facts = fact_lines(session, desk.actor, detail)
        return _page(detail, frame, (merged, lists, requests, facts), done, missed)

    page = desk.database.read(load)
    desk.note_view(views.HOUSEHOLD, household_id)
    return html("desk/records/household.html", page, 200 if seen is None else 409)


def changes_since(session: Session, actor: Actor, household_id: str, seen: int) -> list[str]:
    """What was written after the version `seen`, in a sentence each. Raises `NotFound`."""
    return _missed(household_detail(session, actor, household_id), seen)


def _missed(detail: HouseholdDetail, seen: int) -> list[str]:
    lines = [_change_line(change, detail) for change in detail.changes if change.version > seen]
    return [
        _(
            "%(who)s lúc %(when)s: %(what)s",
            who=line.who.text,
            when=line.when,
            what="; ".join(line.details) or line.what,
        )
        for line in lines
    ]


def _list_link(run: HouseholdImport, row: ImportRow) -> Link:
    """The import, and where in its file the household stands."""
    place = _("%(file)s, dòng %(row)s", file=run.file_name, row=row.row)
    return Link(place, f"/desk/imports/{run.id}")


def _page(
    detail: HouseholdDetail, frame: Frame, sources: _Sources, done: str, missed: list[str]
) -> HouseholdPage:
    household, (merged, lists, requests, facts) = detail.household, sources
    first = next((change for change in detail.changes if change.version == 1), None)
    return HouseholdPage(
        title=household_label(household),
        frame=frame,
        address=f"/desk/households/{household.id}",
        version=household.version,
        done=_DONE.get(done, ""),
        problem=_MERGE_STANDS if done == "stands" else "",
        missed=missed,
        states=[] if household.merged_into or household.erased_at else _state_buttons(household.state),
        hamlet=Link(detail.hamlet, f"/desk/households?hamlet={household.hamlet_id}"),
        house_no=household.house_no,
        alley=household.alley,
        phone=phone_text(detail),
        consents=[consent_text(one) for one in detail.consents],
        state=HOUSEHOLD_STATES[household.state],
        facts=facts,
        source=source_link(first.writer if first else None),
        source_when=moment(first.at) if first else "",
        listed_as=_listed_as(first, household) if first and first.writer is None else "",
        lists=lists,
        survivor=household_link(detail.survivor) if detail.survivor else None,
        merged=merged,
        merge="" if household.merged_into else f"/desk/households/{household.id}/merge",
        erased=moment(household.erased_at) if household.erased_at else "",
        requests=requests,
        request=f"/desk/citizen-requests/new?household={household.id}",
        visits=[_visit_line(summary) for summary in detail.visits],
        has_more_visits=detail.has_more_visits,
        follow_ups=[_follow_up_line(one) for one in detail.follow_ups],
        changes=[
            _change_line(one, detail) for one in reversed(detail.changes) if one.version > 1 and one.fields
        ],
    )


def _state_buttons(state: str) -> list[StateButton]:
    """The other states; an active household leaves the list, another one comes back to it first."""
    if state != "active":
        return [StateButton("active", _("Đưa lại vào danh sách"))]
    return [StateButton(other, label) for other, label in HOUSEHOLD_STATES.items() if other != "active"]


def _listed_as(first: HouseholdChange, household: Household) -> str:
    """The label that the list has, if it is another one by now."""
    names = ("house_no", "head_name", "alley")
    if all(first.fields.get(name, "") == getattr(household, name) for name in names):
        return ""
    return " · ".join(part for name in names if (part := first.fields.get(name)))


def _follow_up_line(one: FollowUp) -> FollowUpLine:
    closed = f"/desk/visits/{one.closed_by}" if one.closed_by else ""
    return FollowUpLine(day(one.due_on), f"/desk/visits/{one.id}", closed)


def _visit_line(summary: VisitSummary) -> VisitLine:
    visit = summary.visit
    return VisitLine(
        href=f"/desk/visits/{visit.id}",
        when=moment(visit.happened_at),
        author=member_link(visit.recorded_by, summary.author),
        result=RESULTS[visit.result],
        services=[
            service_text(service.outcome, service.people, entry.label, entry.unit)
            for service, entry in summary.services
        ],
        amended=_("đã sửa %(count)s lần", count=visit.version - 1) if visit.version > 1 else "",
        state=badge(visit),
    )


def _request_line(decided: DecidedRequest) -> str:
    request = decided.request
    is_erased = request.decision == "erased"
    what = _("Đã xóa dữ liệu") if is_erased else _("Đã từ chối xóa")
    line = _("%(what)s, %(who)s, %(when)s", what=what, who=decided.by, when=moment(request.decided_at))
    return f"{line}: {request.reason}" if request.reason else line


def _change_line(change: HouseholdChange, detail: HouseholdDetail) -> ChangeLine:
    is_merge = "merged_into" in change.fields
    merge = _("Gộp vào hộ khác") if change.fields.get("merged_into") else _("Hoàn tác gộp")
    return ChangeLine(
        when=moment(change.at),
        who=source_link(change.writer),
        what=merge if is_merge else _("Sửa thông tin hộ"),
        details=[] if is_merge else list(_details(change, detail)),
    )


def _details(change: HouseholdChange, detail: HouseholdDetail) -> Iterator[str]:
    for name, value in change.fields.items():
        if name in HOUSEHOLD_FIELDS:
            label, text = HOUSEHOLD_FIELDS[name], household_value(name, value)
        elif name == "hamlet_id":
            label, text = _("Thôn"), detail.hamlets.get(value or "", EMPTY)
        else:
            continue
        late = " " + _("(đến muộn, không dùng)") if name in change.late else ""
        yield _("%(field)s: %(value)s", field=label, value=text) + late
