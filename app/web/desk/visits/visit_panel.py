"""The panel of one visit: its content, its amendments and the decisions on it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from app.core.strings import _, lazy
from app.core.text import mask_digits
from app.fieldwork.visits.models import VersionContent, Visit
from app.review.decisions.models import Decision
from app.review.decisions.selection import SeenVisit, review_stamp
from app.review.visit_list.flag_sentences import FlagLine
from app.review.visit_list.listing import WITHDRAWN
from app.review.visit_list.queries import VisitDetail
from app.web.desk.page.labels import (
    CLOSED_PERIOD,
    FIELDS,
    FROM_PAPER,
    OUTCOMES,
    REASONS,
    RESULTS,
    STATES,
    UNDONE,
    Badge,
    Link,
    amount,
    badge,
    household_label,
    household_link,
    member_link,
    supervisor_link,
)
from app.web.desk.visits.filters import VisitQuery
from app.web.desk.visits.return_form import ReturnForm, UndoForm
from app.web.rendering import day, moment

EMPTY = lazy("(trống)")
_CHANGES = {**FIELDS, "needs": lazy("Còn cần"), "dropped_needs": lazy("Không cần nữa")}
MAX_CLOCK_ERROR = timedelta(minutes=10)  # product.md §4: above it the page shows the phone's own time


@dataclass(frozen=True)
class ServiceLine:
    """One service with its outcome and the number of people."""

    label: str
    outcome: str
    amount: str


@dataclass(frozen=True)
class Change:
    """One field before and after an amendment."""

    field: str
    before: str
    after: str


SENT = lazy("gửi về")


@dataclass(frozen=True)
class Event:
    """An event in a visit's history; `details` are the decision's reason, field and note. `who_first`: it
    reads *Đỗ Minh Khôi gửi về*."""

    when: str
    who: Link
    who_first: bool
    what: str
    icon: str
    details: list[str]
    changes: list[Change]


@dataclass(frozen=True)
class VisitPanel:
    """What templates/desk/visits/panel.html shows of one visit.

    `verdict`: why it was returned. `phone_clock`: the time that the phone reported, if its clock was wrong.
    `paper`: who entered it from paper, None for a phone's. `accept`, `return_`, `withdraw`: addresses, empty
    if it cannot be decided so. `seen`: what a decision is made from. `asked`: the verdict that `problem` asks
    about. `flags`: why it is worth a look, `notices`: what is good to know, in sentences with the visit that
    was there before. `vouched`: who accepted it from an unsigned file, `disowned`: when its author said that
    it is not theirs. `closed`: why a visit of a closed period has no *Trả lại*.
    """

    id: str
    seen: SeenVisit
    close: str
    household: Link
    address: str
    state: Badge
    verdict: list[str]
    result: str
    services: list[ServiceLine]
    follow_up_on: str
    note: str
    note_masked: bool
    author: Link
    happened: str
    counted_on: str
    paper: Link | None
    phone_clock: str
    received: str
    accept: str
    return_: str
    withdraw: str
    undo: UndoForm | None
    history: list[Event]
    problem: str
    form: ReturnForm | None
    asked: str = ""
    flags: list[FlagLine] = field(default_factory=list)
    notices: list[FlagLine] = field(default_factory=list)
    needs: str = ""
    dropped_needs: str = ""
    closed: str = ""
    vouched: Link | None = None
    disowned: str = ""


def visit_panel(
    detail: VisitDetail,
    decisions: list[tuple[Decision, str]],
    query: VisitQuery,
    undo: UndoForm | None = None,
    form: ReturnForm | None = None,
    problem: str = "",
) -> VisitPanel:
    """The panel of a visit with its history, newest first. A withdrawn visit can only be read."""
    visit, household = detail.summary.visit, detail.summary.household
    path = f"/desk/visits/{visit.id}"
    is_withdrawn = visit.withdrawn_at is not None
    is_paper = visit.entered_by is not None
    return VisitPanel(
        id=visit.id,
        seen=SeenVisit(visit.version, review_stamp(visit.reviewed_at)),
        close=query.address("/desk/visits"),
        household=household_link(household),
        address=", ".join(part for part in (household.alley, detail.summary.hamlet) if part),
        state=badge(visit),
        verdict=_verdict(visit),
        result=RESULTS[visit.result],
        services=_service_lines(detail),
        follow_up_on=day(visit.follow_up_on) if visit.follow_up_on else "",
        note=mask_digits(visit.note),
        note_masked=mask_digits(visit.note) != visit.note,
        author=member_link(visit.recorded_by, detail.summary.author),
        happened="" if is_paper else moment(visit.happened_at),
        counted_on=day(visit.counted_on),
        paper=supervisor_link(visit.entered_by, detail.entered_by) if is_paper else None,
        phone_clock="" if is_paper else _phone_clock(visit),
        received=moment(visit.received_at),
        accept="" if is_withdrawn or visit.review_state == "accepted" else query.address(f"{path}/accept"),
        return_="" if is_withdrawn or visit.erased_at else query.address(f"{path}/return"),
        withdraw=f"{path}/withdraw" if is_paper and not is_withdrawn else "",
        undo=undo,
        history=_history(detail, decisions),
        problem=problem,
        form=None if is_withdrawn else form,
    )


def with_needs(panel: VisitPanel, detail: VisitDetail) -> VisitPanel:
    """The panel with the needs that its visit lists and drops, and whose word it is."""
    visit = detail.summary.visit
    needs, dropped = _service_labels(detail, visit.needs), _service_labels(detail, visit.dropped_needs)
    vouched = supervisor_link(visit.vouched_by, detail.vouched_by) if visit.vouched_by else None
    disowned = moment(visit.disowned_at) if visit.disowned_at else ""
    return replace(panel, needs=needs, dropped_needs=dropped, vouched=vouched, disowned=disowned)


def without_return(panel: VisitPanel) -> VisitPanel:
    """The panel of a visit that is among the figures of a closed period: its author could not correct it."""
    return replace(panel, return_="", form=None, closed=CLOSED_PERIOD)


def _phone_clock(visit: Visit) -> str:
    """What the phone's clock said, if it was wrong."""
    is_wrong = abs(visit.happened_at - visit.occurred_at) > MAX_CLOCK_ERROR
    return moment(visit.occurred_at) if is_wrong else ""


def _verdict(visit: Visit) -> list[str]:
    if visit.withdrawn_at is not None:
        return []
    return _reason_sentences(visit.review_reason, visit.review_field, visit.review_note)


def _service_lines(detail: VisitDetail) -> list[ServiceLine]:
    return [
        ServiceLine(entry.label, OUTCOMES[service.outcome], amount(service.people, entry.unit))
        for service, entry in detail.summary.services
    ]


def _reason_sentences(reason: str, field: str, note: str) -> list[str]:
    """*Thiếu thông tin: chưa rõ việc nào*, *Ô cần sửa: Ghi chú*."""
    why = ": ".join(str(part) for part in (REASONS.get(reason, ""), mask_digits(note)) if part)
    where = _("Ô cần sửa: %(field)s", field=FIELDS[field]) if field in FIELDS else ""
    return [part for part in (why, where) if part]


def _history(detail: VisitDetail, decisions: list[tuple[Decision, str]]) -> list[Event]:
    """Receipt, amendments, decisions and withdrawal, newest first."""
    visit = detail.summary.visit
    author = member_link(visit.recorded_by, detail.summary.author)
    events = [
        _event(visit.received_at, supervisor_link(visit.entered_by, detail.entered_by), *FROM_PAPER)
        if detail.entered_by
        else _event(visit.received_at, author, SENT, "send"),
        *_amendments(detail),
    ]
    for decision, name in decisions:
        details = _reason_sentences(decision.reason, decision.field, decision.note)
        label = UNDONE if decision.undo else STATES[decision.state]
        who = supervisor_link(decision.decided_by, name)
        events.append(_event(decision.decided_at, who, *label, details=details))
    if visit.withdrawn_at:
        who = supervisor_link(visit.withdrawn_by, detail.withdrawn_by) if detail.withdrawn_by else author
        events.append(_event(visit.withdrawn_at, who, *STATES[WITHDRAWN]))
    # Sorted and reversed, so that events of the same instant stay in their order.
    return [event for _at, event in sorted(events, key=lambda entry: entry[0])][::-1]


def _amendments(detail: VisitDetail) -> Iterator[tuple[datetime, Event]]:
    """What each amendment changed: every stored version compared with the next one."""
    author = member_link(detail.summary.visit.recorded_by, detail.summary.author)
    for version in detail.versions:
        if version.late:
            yield _event(version.received_at, author, _("Bản cũ đến muộn, không dùng"), "clock")
    versions = [version for version in detail.versions if not version.late]
    contents = [version.content for version in versions] + [_content(detail)]
    for version, before, after in zip(versions, contents, contents[1:], strict=False):
        changes = [
            Change(label, old, new)
            for label, old, new in zip(
                _CHANGES.values(), _field_texts(detail, before), _field_texts(detail, after), strict=True
            )
            if old != new
        ]
        what = _("Sửa") if changes else _("Lưu lại, nội dung không đổi")
        yield _event(version.received_at, author, what, "edit", changes=changes)


def _event(
    at: datetime,
    who: Link,
    what: str,
    icon: str,
    details: list[str] | None = None,
    changes: list[Change] | None = None,
) -> tuple[datetime, Event]:
    return at, Event(moment(at), who, what == SENT, what, icon, details or [], changes or [])


def _content(detail: VisitDetail) -> VersionContent:
    """The visit's current content, in the form in which versions store it."""
    visit = detail.summary.visit
    content: VersionContent = {
        "household_id": visit.household_id,
        "result": visit.result,
        "note": visit.note,
        "follow_up_on": visit.follow_up_on.isoformat() if visit.follow_up_on else None,
        "services": [
            {"code": service.code, "outcome": service.outcome, "people": service.people}
            for service, _entry in detail.summary.services
        ],
    }
    if visit.needs:
        content["needs"] = visit.needs
    if visit.dropped_needs:
        content["dropped_needs"] = visit.dropped_needs
    return content


def _field_texts(detail: VisitDetail, content: VersionContent) -> list[str]:
    """The fields of a version's content as text, in the order of `_CHANGES`."""
    follow_up_on = content["follow_up_on"]
    household = detail.households.get(content["household_id"])
    services = [
        f"{entry.label}: {OUTCOMES[service['outcome']]}, {amount(service['people'], entry.unit)}"
        for service in content["services"]
        if (entry := detail.catalog.get(service["code"]))
    ]
    return [
        RESULTS[content["result"]],
        "; ".join(services) or EMPTY,
        mask_digits(content["note"]) or EMPTY,
        day(date.fromisoformat(follow_up_on)) if follow_up_on else EMPTY,
        household_label(household) if household else EMPTY,
        _service_labels(detail, content.get("needs")) or EMPTY,
        _service_labels(detail, content.get("dropped_needs")) or EMPTY,
    ]


def _service_labels(detail: VisitDetail, codes: list[str] | None) -> str:
    return ", ".join(detail.catalog[code].label for code in codes or () if code in detail.catalog)
