"""One visit as a page: what it holds, what it held before, what was decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.core.text import mask_digits
from app.reviews.commands import Verdict
from app.reviews.models import Decision, DecisionBatch
from app.reviews.queries import UNDO_WITHIN
from app.visits.listing import WITHDRAWN
from app.visits.models import Visit
from app.visits.queries import Detail
from app.web.desk_filters import Asked, Option
from app.web.desk_labels import FIELDS, OUTCOMES, REASONS, RESULTS, STATES, UNDONE, Badge, amount, badge, door
from app.web.rendering import day, moment
from app.web.strings import _

NOTHING = _("(trống)")
INPUTS = ("reason", "field", "note")
CLOCK_OFF = timedelta(minutes=10)  # product.md §4: more than ten minutes is worth a word


@dataclass(frozen=True)
class ServiceLine:
    """One service with its outcome and for how many."""

    label: str
    outcome: str
    amount: str


@dataclass(frozen=True)
class Change:
    """One field before and after an amendment."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Event:
    """Something that happened to a visit; `details` are the decision's reason, field and note."""

    when: str
    who: str
    what: str
    icon: str
    details: list[str]
    changes: list[Change]


@dataclass(frozen=True)
class ReturnForm:
    """*Trả lại*, as it was typed; a problem is a sentence or empty, `focus` the first field with one."""

    action: str
    cancel: str
    reasons: list[Option]
    fields: list[Option]
    note: str
    problems: dict[str, str]
    focus: str


@dataclass(frozen=True)
class Undo:
    """*Hoàn tác*: which `batch`, where to, and for how many more `seconds`."""

    batch: str
    action: str
    seconds: int


@dataclass(frozen=True)
class VisitPanel:
    """What templates/desk/panel.html shows of one visit. `verdict` says why it was returned, if it was."""

    id: str
    version: int
    href: str
    close: str
    door: str
    address: str
    state: Badge
    verdict: list[str]
    result: str
    services: list[ServiceLine]
    follow_up_on: str
    note: str
    note_masked: bool
    author: str
    happened: str
    counted_on: str
    phone_clock: str
    received: str
    accept: str
    return_: str
    undo: Undo | None
    history: list[Event]
    problem: str
    form: ReturnForm | None


def visit_panel(
    found: Detail,
    decisions: list[tuple[Decision, str]],
    asked: Asked,
    undo: Undo | None = None,
    form: ReturnForm | None = None,
    problem: str = "",
) -> VisitPanel:
    """A visit with its history; `accept` and `return_` are addresses, empty where there is nothing to do."""
    visit, home = found.listed.visit, found.listed.household
    path = f"/desk/visits/{visit.id}"
    standing = visit.withdrawn_at is None
    clock_off = abs(visit.happened_at - visit.occurred_at) > CLOCK_OFF
    return VisitPanel(
        id=visit.id,
        version=visit.version,
        href=asked.address(path),
        close=asked.address("/desk/visits"),
        door=door(home),
        address=", ".join(part for part in (home.alley, found.listed.hamlet) if part),
        state=badge(visit),
        verdict=_reason(visit.review_reason, visit.review_field, visit.review_note) if standing else [],
        result=RESULTS[visit.result],
        services=[
            ServiceLine(entry.label_vi, OUTCOMES[given.outcome], amount(given.people, entry.unit))
            for given, entry in found.listed.services
        ],
        follow_up_on=day(visit.follow_up_on) if visit.follow_up_on else "",
        note=mask_digits(visit.note),
        note_masked=mask_digits(visit.note) != visit.note,
        author=found.listed.author,
        happened=moment(visit.happened_at),
        counted_on=day(visit.counted_on),
        phone_clock=moment(visit.occurred_at) if clock_off else "",
        received=moment(visit.received_at),
        accept=asked.address(f"{path}/accept") if standing and visit.review_state != "accepted" else "",
        return_=asked.address(f"{path}/return") if standing else "",
        undo=undo,
        history=_history(found, decisions),
        problem=problem,
        form=form if standing else None,
    )


def undo_of(batch: DecisionBatch, action: str, now: datetime) -> Undo:
    """The way to undo `batch`, offered until its minute is over."""
    left = batch.made_at + UNDO_WITHIN - now
    return Undo(batch.id, action, max(0, int(left.total_seconds())))


def return_form(action: str, cancel: str, typed: Verdict, problems: dict[str, str]) -> ReturnForm:
    """The form of *Trả lại* with what was typed; nothing is chosen beforehand."""
    return ReturnForm(
        action=action,
        cancel=cancel,
        reasons=[Option(code, label, code == typed.reason) for code, label in REASONS.items()],
        fields=[Option(code, label, code == typed.field) for code, label in FIELDS.items()],
        note=typed.note,
        problems={name: problems.get(name, "") for name in INPUTS},
        focus=next((name for name in INPUTS if name in problems), INPUTS[0]),
    )


def _reason(reason: str, field: str, note: str) -> list[str]:
    """*Thiếu thông tin: chưa rõ việc nào*, *Ô cần sửa: Ghi chú*."""
    why = ": ".join(part for part in (REASONS.get(reason, ""), mask_digits(note)) if part)
    where = _("Ô cần sửa: %(field)s", field=FIELDS[field]) if field in FIELDS else ""
    return [part for part in (why, where) if part]


def _history(found: Detail, decisions: list[tuple[Decision, str]]) -> list[Event]:
    """Receipt, amendments, decisions and withdrawal, newest first."""
    visit, author = found.listed.visit, found.listed.author
    events = [_event(visit.received_at, author, _("Máy chủ nhận"), "send"), *_amendments(found)]
    for decision, name in decisions:
        details = _reason(decision.reason, decision.field, decision.note)
        label = UNDONE if decision.undo else STATES[decision.state]
        events.append(_event(decision.decided_at, name, *label, details=details))
    if visit.withdrawn_at:
        events.append(_event(visit.withdrawn_at, author, *STATES[WITHDRAWN]))
    # Sorted, then turned round: what came in the same instant keeps its order.
    return [event for _at, event in sorted(events, key=lambda entry: entry[0])][::-1]


def _amendments(found: Detail) -> Iterator[tuple[datetime, Event]]:
    """What each amendment changed: every kept content beside the one that followed it."""
    for version in found.versions:
        if version.late:
            yield _event(version.received_at, found.listed.author, _("Bản cũ đến muộn, không dùng"), "clock")
    kept = [version for version in found.versions if not version.late]
    contents = [version.content for version in kept] + [_content(found)]
    for version, before, after in zip(kept, contents, contents[1:], strict=False):
        changes = [
            Change(FIELDS[name], old, new)
            for name, old, new in zip(FIELDS, _words(found, before), _words(found, after), strict=True)
            if old != new
        ]
        what = _("Sửa") if changes else _("Lưu lại, nội dung không đổi")
        yield _event(version.received_at, found.listed.author, what, "edit", changes=changes)


def _event(
    at: datetime,
    who: str,
    what: str,
    icon: str,
    details: list[str] | None = None,
    changes: list[Change] | None = None,
) -> tuple[datetime, Event]:
    return at, Event(moment(at), who, what, icon, details or [], changes or [])


def _content(found: Detail) -> dict[str, Any]:
    """What the visit holds now, in the shape in which versions keep it."""
    visit: Visit = found.listed.visit
    return {
        "household_id": visit.household_id,
        "result": visit.result,
        "note": visit.note,
        "follow_up_on": visit.follow_up_on.isoformat() if visit.follow_up_on else None,
        "services": [
            {"code": given.code, "outcome": given.outcome, "people": given.people}
            for given, _entry in found.listed.services
        ],
    }


def _words(found: Detail, content: dict[str, Any]) -> list[str]:
    """A content's fields in the order of `FIELDS`, as text."""
    promised = content["follow_up_on"]
    home = found.households.get(content["household_id"])
    services = [
        f"{entry.label_vi}: {OUTCOMES[given['outcome']]}, {amount(given['people'], entry.unit)}"
        for given in content["services"]
        if (entry := found.catalog.get(given["code"]))
    ]
    return [
        RESULTS[content["result"]],
        "; ".join(services) or NOTHING,
        mask_digits(content["note"]) or NOTHING,
        day(date.fromisoformat(promised)) if promised else NOTHING,
        door(home) if home else NOTHING,
    ]
