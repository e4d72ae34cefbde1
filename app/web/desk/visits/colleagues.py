"""What is asked when colleagues have decided on visits since they were shown."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.core.feed import feed_head
from app.core.strings import _, labels, lazy
from app.fieldwork.visits.codes import DECIDED_STATES, REVIEW_STATES
from app.review.decisions.meanwhile import DecidedMeanwhile, Standing, standing_decisions
from app.web.desk.page.context import DeskContext
from app.web.desk.page.frame import VISITS, build_frame
from app.web.desk.visits.bulk_form import ACCEPT_FLAGGED, BulkForm
from app.web.desk.visits.filters import VisitQuery
from app.web.frame import Frame
from app.web.rendering import html, moment, number

_DECIDED: dict[str, Callable[[str, str], str]] = labels(
    DECIDED_STATES,
    {
        "accepted": lambda who, when: _("%(person)s đã duyệt lúc %(when)s", person=who, when=when),
        "returned": lambda who, when: _("%(person)s đã trả lại lúc %(when)s", person=who, when=when),
    },
)
_STILL = labels(DECIDED_STATES, {"accepted": lazy("vẫn duyệt?"), "returned": lazy("vẫn trả lại?")})
_MANY_DECIDED: dict[str, Callable[[str, str, str], str]] = labels(
    DECIDED_STATES,
    {
        "accepted": lambda who, n, when: _(
            "%(person)s đã duyệt %(count)s lượt, gần nhất lúc %(when)s.", person=who, count=n, when=when
        ),
        "returned": lambda who, n, when: _(
            "%(person)s đã trả lại %(count)s lượt, gần nhất lúc %(when)s.", person=who, count=n, when=when
        ),
    },
)
_REPLACE: dict[str, Callable[[str], str]] = labels(
    REVIEW_STATES,
    {
        "accepted": lambda n: _("Vẫn duyệt cả %(count)s lượt", count=n),
        "returned": lambda n: _("Vẫn trả lại cả %(count)s lượt", count=n),
        "received": lambda n: _("Vẫn đưa cả %(count)s lượt về Chưa duyệt", count=n),
    },
)
_REPLACE_ALONE: dict[str, Callable[[str], str]] = labels(
    REVIEW_STATES,
    {
        "accepted": lambda n: _("Vẫn duyệt %(count)s lượt", count=n),
        "returned": lambda n: _("Vẫn trả lại %(count)s lượt", count=n),
        "received": lambda n: _("Vẫn đưa %(count)s lượt về Chưa duyệt", count=n),
    },
)
_LEAVE: dict[str, Callable[[str], str]] = labels(
    REVIEW_STATES,
    {
        "accepted": lambda n: _("Chỉ duyệt %(count)s lượt kia", count=n),
        "returned": lambda n: _("Chỉ trả lại %(count)s lượt kia", count=n),
        "received": lambda n: _("Chỉ đưa %(count)s lượt kia về Chưa duyệt", count=n),
    },
)


@dataclass(frozen=True)
class ColleaguesPage:
    """What templates/desk/visits/colleagues.html shows.

    `decided`: who decided, how many and when; `fields`: the form that was submitted, as names and values;
    `replace`, `leave`: the labels of its buttons, `leave` is empty if no other visit was selected; `cancel`:
    the address of the list.
    """

    title: str
    frame: Frame
    decided: list[str]
    action: str
    fields: list[tuple[str, str]]
    replace: str
    leave: str
    cancel: str


def ask_one(session: Session, actor: Actor, visit_id: str, verdict: str) -> str:
    """*Hoàng Văn Bình đã duyệt lúc …: vẫn trả lại?*; empty without a verdict, or if no decision stands."""
    standing = standing_decisions(session, actor, [visit_id]) if verdict else []
    if not standing:
        return ""
    decision = standing[0]
    return f"{_DECIDED[decision.state](decision.person, moment(decision.at))}: {_STILL[verdict]}"


def ask_many(desk: DeskContext, query: VisitQuery, form: BulkForm, asked: DecidedMeanwhile) -> Response:
    """The page that asks what to do with the visits of `asked`; nothing has been decided."""

    def load(session: Session) -> ColleaguesPage:
        standing = standing_decisions(session, desk.actor, asked.visit_ids)
        count, state = len(asked.visit_ids), form.verdict.state
        head = feed_head(session, desk.actor.commune_id)
        return ColleaguesPage(
            title=_("%(count)s lượt vừa có quyết định của người khác", count=number(count)),
            frame=build_frame(session, desk.actor, VISITS),
            decided=_sentences(standing),
            action=query.address("/desk/decisions"),
            fields=[*_fields(form), ("agreed", str(head))],
            replace=(_REPLACE if asked.others else _REPLACE_ALONE)[state](number(count + asked.others)),
            leave=_LEAVE[state](number(asked.others)) if asked.others else "",
            cancel=query.address("/desk/visits"),
        )

    answer = html("desk/visits/colleagues.html", desk.database.read(load), 409)
    # The address of the decision has no page: a reload must find the list.
    answer.headers["HX-Push-Url"] = query.address("/desk/visits")
    return answer


def _sentences(standing: Iterable[Standing]) -> list[str]:
    """A sentence for each colleague and verdict, the latest first."""
    grouped: defaultdict[tuple[str, str, str], list[Standing]] = defaultdict(list)
    for decision in standing:
        grouped[decision.account_id, decision.person, decision.state].append(decision)
    return [
        _MANY_DECIDED[state](person, number(len(decisions)), moment(decisions[0].at))
        for (_id, person, state), decisions in grouped.items()
    ]


def _fields(form: BulkForm) -> list[tuple[str, str]]:
    """The submitted form again, without an answer."""
    verdict = form.verdict
    state = ACCEPT_FLAGGED if form.accept_flagged else verdict.state
    fields = [("id", form.id), ("state", state), ("head", form.head), ("at", form.at)]
    fields += [("count", form.count), ("all", "yes" if form.all else "")]
    fields += [("reason", verdict.reason), ("field", verdict.field), ("note", verdict.note)]
    boxes = [("visit", f"{visit_id}.{seen.version}.{seen.review}") for visit_id, seen in form.seen.items()]
    return [(name, value) for name, value in fields if value] + boxes
