"""The history of a visit: when it came, what its author changed and answered, and the decisions on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from app.core.strings import _, lazy
from app.core.text import mask_digits
from app.fieldwork.visits.models import VersionContent
from app.review.decisions.models import Decision
from app.review.visit_list.listing import WITHDRAWN
from app.review.visit_list.queries import VisitDetail
from app.web.desk.page.labels import (
    FIELDS,
    FROM_PAPER,
    OUTCOMES,
    REASONS,
    RESULTS,
    STATES,
    UNDONE,
    Link,
    amount,
    household_label,
    member_link,
    supervisor_link,
)
from app.web.rendering import day, moment

EMPTY = lazy("(trống)")
_CHANGES = {**FIELDS, "needs": lazy("Còn cần"), "dropped_needs": lazy("Không cần nữa")}
_ANSWER = lazy("Trả lời"), "edit"


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


def history(detail: VisitDetail, decisions: list[tuple[Decision, str]]) -> list[Event]:
    """Receipt, amendments, answers, decisions and withdrawal, newest first."""
    visit = detail.summary.visit
    author = member_link(visit.recorded_by, detail.summary.author)
    events = [
        _event(visit.received_at, supervisor_link(visit.entered_by, detail.entered_by), *FROM_PAPER)
        if detail.entered_by
        else _event(visit.received_at, author, SENT, "send"),
        *_amendments(detail),
        *_answers(detail),
    ]
    for decision, name in decisions:
        details = reason_sentences(decision.reason, decision.field, decision.note)
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


def _answers(detail: VisitDetail) -> Iterator[tuple[datetime, Event]]:
    """What the author answered the commune, each at the time at which it was written."""
    author = member_link(detail.summary.visit.recorded_by, detail.summary.author)
    for answer in detail.summary.visit.answers or ():
        words = mask_digits(answer["text"])
        yield _event(datetime.fromisoformat(answer["at"]), author, *_ANSWER, details=[f"“{words}”"])


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
        service_labels(detail, content.get("needs")) or EMPTY,
        service_labels(detail, content.get("dropped_needs")) or EMPTY,
    ]


def reason_sentences(reason: str, field: str, note: str) -> list[str]:
    """*Thiếu thông tin: chưa rõ việc nào*, *Ô cần sửa: Ghi chú*."""
    why = ": ".join(str(part) for part in (REASONS.get(reason, ""), mask_digits(note)) if part)
    where = _("Ô cần sửa: %(field)s", field=FIELDS[field]) if field in FIELDS else ""
    return [part for part in (why, where) if part]


def service_labels(detail: VisitDetail, codes: list[str] | None) -> str:
    return ", ".join(detail.catalog[code].label for code in codes or () if code in detail.catalog)
