"""The panel of one visit: its content, its amendments and the decisions on it."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from app.core.strings import _
from app.core.text import mask_digits
from app.fieldwork.visits.models import Visit
from app.review.decisions.models import Decision
from app.review.decisions.selection import SeenVisit, review_stamp
from app.review.visit_list.authors import OutOfReach
from app.review.visit_list.flag_sentences import FlagLine
from app.review.visit_list.queries import VisitDetail
from app.web.desk.page.labels import (
    CLOSED_PERIOD,
    OUTCOMES,
    RESULTS,
    Badge,
    Link,
    amount,
    badge,
    day_address,
    has_wrong_clock,
    household_link,
    member_link,
    supervisor_link,
)
from app.web.desk.visits.events.history import Event, history, reason_sentences, service_labels
from app.web.desk.visits.filters import VisitQuery
from app.web.desk.visits.return_form import ReturnForm, UndoForm
from app.web.rendering import day, moment


@dataclass(frozen=True)
class ServiceLine:
    """One service with its outcome and the number of people."""

    label: str
    outcome: str
    amount: str


@dataclass(frozen=True)
class VisitPanel:
    """What templates/desk/visits/panel.html shows of one visit.

    `verdict`: why it was returned. `phone_clock`: the time that the phone reported, if its clock was wrong.
    `paper`: who entered it from paper, None for a phone's. `accept`, `return_`, `withdraw`: addresses, empty
    if it cannot be decided so. `seen`: what a decision is made from. `asked`: the verdict that `problem` asks
    about. `flags`: why it is worth a look, `notices`: what is good to know, in sentences with the visit that
    was there before. `vouched`: who accepted it from an unsigned file, `disowned`: when its author said that
    it is not theirs. `closed`: why a visit of a closed period has no *Trả lại*. `answer`: what its author
    answered last, `answered`: when. `out_of_reach`: that a return is on no phone of its author.
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
    counted_on: Link
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
    answer: str = ""
    answered: str = ""
    out_of_reach: str = ""


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
        counted_on=Link(day(visit.counted_on), day_address(visit.recorded_by, visit.counted_on)),
        paper=supervisor_link(visit.entered_by, detail.entered_by) if is_paper else None,
        phone_clock=moment(visit.occurred_at) if has_wrong_clock(visit) else "",
        received=moment(visit.received_at),
        accept="" if is_withdrawn or visit.review_state == "accepted" else query.address(f"{path}/accept"),
        return_="" if is_withdrawn or visit.erased_at else query.address(f"{path}/return"),
        withdraw=f"{path}/withdraw" if is_paper and not is_withdrawn else "",
        undo=undo,
        history=history(detail, decisions),
        problem=problem,
        form=None if is_withdrawn else form,
    )


def with_needs(panel: VisitPanel, detail: VisitDetail) -> VisitPanel:
    """The panel with the needs that its visit lists and drops, and whose word it is."""
    visit = detail.summary.visit
    needs, dropped = service_labels(detail, visit.needs), service_labels(detail, visit.dropped_needs)
    vouched = supervisor_link(visit.vouched_by, detail.vouched_by) if visit.vouched_by else None
    disowned = moment(visit.disowned_at) if visit.disowned_at else ""
    return replace(panel, needs=needs, dropped_needs=dropped, vouched=vouched, disowned=disowned)


def with_answer(panel: VisitPanel, visit: Visit) -> VisitPanel:
    """The panel with what the author of its visit answered the commune last."""
    if not visit.answers:
        return panel
    newest = visit.answers[-1]
    answered = moment(datetime.fromisoformat(newest["at"]))
    return replace(panel, answer=mask_digits(newest["text"]), answered=answered)


def without_return(panel: VisitPanel) -> VisitPanel:
    """The panel of a visit that is among the figures of a closed period: its author could not correct it."""
    return replace(panel, return_="", form=None, closed=CLOSED_PERIOD)


def with_reach(panel: VisitPanel, detail: VisitDetail, why: OutOfReach | None) -> VisitPanel:
    """The panel of a visit that is returned, or about to be, says if its author would not read that."""
    if not panel.form and detail.summary.visit.review_state != "returned":
        return panel
    author, hamlet, sentence = detail.summary.author, detail.summary.hamlet, ""
    if why is OutOfReach.ENDED:
        sentence = _("%(person)s đã nghỉ, không máy nào nhận lượt trả lại. Nhờ tổ hỏi lại hộ.", person=author)
    if why is OutOfReach.ELSEWHERE:
        sentence = _(
            "%(person)s không ở tổ phụ trách %(hamlet)s: máy không nhận lượt trả lại. Gọi, hoặc nhờ tổ.",
            person=author,
            hamlet=hamlet,
        )
    return replace(panel, out_of_reach=sentence)


def _verdict(visit: Visit) -> list[str]:
    if visit.withdrawn_at is not None:
        return []
    return reason_sentences(visit.review_reason, visit.review_field, visit.review_note)


def _service_lines(detail: VisitDetail) -> list[ServiceLine]:
    return [
        ServiceLine(entry.label, OUTCOMES[service.outcome], amount(service.people, entry.unit))
        for service, entry in detail.summary.services
    ]
