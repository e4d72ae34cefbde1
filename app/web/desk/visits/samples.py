"""*Lấy mẫu*: draw a random sample of the visits that wait, and what the list of a sample says about it."""

import secrets
import uuid
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.clock import wire_time
from app.core.errors import Invalid, TooLarge
from app.core.feed import feed_head
from app.core.strings import _, lazy
from app.review.decisions.samples import PERCENTS, SampleState, draw_sample, list_samples, sample_state
from app.review.visit_list.listing import WAITING
from app.review.visit_list.sample_models import VisitSample
from app.web.desk.page.context import Desk, DeskContext, require_id
from app.web.desk.page.frame import VISITS, build_frame
from app.web.desk.page.labels import STATES, Link
from app.web.desk.visits.bulk_form import TOO_MANY
from app.web.desk.visits.filters import REST, AddressQuery, VisitQuery, read_list_filters
from app.web.frame import Frame
from app.web.rendering import html, moment, number

router = APIRouter()

USUAL_PERCENT = "10"
_PROBLEMS = {
    "percent": lazy("Chọn từ %(least)s đến %(most)s phần trăm.", least=PERCENTS[0], most=PERCENTS[-1]),
    "visits": lazy("Không có lượt chưa duyệt nào trong danh sách này."),
}


@dataclass(frozen=True)
class SamplePage:
    """What templates/desk/visits/sample.html shows: the form, and the samples that are kept."""

    title: str
    frame: Frame
    id: str
    action: str
    close: str
    chosen: str
    percent: str
    problem: str
    samples: list[Link]


@dataclass(frozen=True)
class SampleBar:
    """What the list of a sample says above the visits: how it was drawn, how far its visits are decided, and
    the rest. `rest` leads to the visits that were not drawn, or from them back to the sample.

    The other fields are those of the form that accepts the whole rest; `count` is 0 if none of it waits.
    `accept`: its button, which leaves the flagged visits, empty if all are; `left`: how many stay then;
    `accept_flagged`: the button that accepts these as well.
    """

    sentence: str
    states: str
    rest: Link
    action: str
    id: str
    head: int
    at: str
    count: int
    accept: str
    left: str
    accept_flagged: str


@router.get("/desk/samples/new")
def show_form(desk: Desk, query: AddressQuery) -> Response:
    return _form(desk, query)


@router.post("/desk/samples")
def draw(
    desk: Desk, query: AddressQuery, id: Annotated[str, Form()] = "", percent: Annotated[str, Form()] = ""
) -> Response:
    """*Lấy mẫu*; the same form again leads to the same sample."""
    sample_id = require_id(id)
    wanted = int(percent) if percent.isascii() and percent.isdecimal() and len(percent) < 4 else 0

    def run(session: Session) -> VisitSample:
        filters, _bar = read_list_filters(session, desk, query)
        return draw_sample(session, desk.actor, sample_id, filters, wanted, secrets.randbits(48), desk.now)

    try:
        sample = desk.database.write(run)
    except Invalid as fault:
        return _form(desk, query, percent, _PROBLEMS[fault.fields[0]], 422)
    except TooLarge:
        return _form(desk, query, percent, TOO_MANY, 413)
    return RedirectResponse(VisitQuery(sample=sample.id).address("/desk/visits"), 303)


def _form(
    desk: DeskContext, query: VisitQuery, percent: str = "", problem: str = "", status: int = 200
) -> Response:
    def load(session: Session) -> SamplePage:
        _filters, bar = read_list_filters(session, desk, query)
        return SamplePage(
            title=_("Lấy mẫu ngẫu nhiên"),
            frame=build_frame(session, desk.actor, VISITS),
            id=str(uuid.uuid4()),
            action=query.top("/desk/samples"),
            close=query.address("/desk/visits"),
            chosen=bar.chosen,
            percent=percent or USUAL_PERCENT,
            problem=problem,
            samples=[_sample_link(sample, name) for sample, name in list_samples(session, desk.actor)],
        )

    return html("desk/visits/sample.html", desk.database.read(load), status)


def _sample_link(sample: VisitSample, name: str) -> Link:
    return Link(_sentence(sample, name), VisitQuery(sample=sample.id).address("/desk/visits"))


def _sentence(sample: VisitSample, name: str) -> str:
    return _(
        "Mẫu %(percent)s %%: %(chosen)s trong %(visits)s lượt chưa duyệt, %(name)s lấy lúc %(when)s",
        percent=sample.percent,
        chosen=number(sample.chosen),
        visits=number(sample.visits),
        name=name,
        when=moment(sample.drawn_at),
    )


def build_sample_bar(session: Session, desk: DeskContext, sample_id: str, query: VisitQuery) -> SampleBar:
    """The bar above the list of a sample, or of its rest."""
    state = sample_state(session, desk.actor, sample_id)
    of_rest = VisitQuery(sample=sample_id + REST)
    is_rest = query.sample.endswith(REST)
    back = Link(_("Xem mẫu"), VisitQuery(sample=sample_id).address("/desk/visits"))
    return SampleBar(
        sentence=_sentence(state.sample, state.person),
        states=_states(state),
        rest=back if is_rest else Link(_("Xem phần còn lại"), of_rest.address("/desk/visits")),
        action=of_rest.address("/desk/decisions"),
        id=str(uuid.uuid4()),
        head=feed_head(session, desk.actor.commune_id),
        at=wire_time(desk.now),
        count=state.rest[WAITING],
        **_rest_buttons(state.rest[WAITING], state.flagged),
    )


def _rest_buttons(waiting: int, flagged: int) -> dict[str, str]:
    """The labels of the buttons that accept the rest, and what stays with the first."""
    plain, count = number(waiting - flagged), number(flagged)
    if not flagged:
        return {
            "accept": _("Duyệt phần còn lại: %(count)s lượt", count=plain),
            "left": "",
            "accept_flagged": "",
        }
    if waiting == flagged:
        only = _("Duyệt %(count)s lượt cần xem của phần còn lại", count=count)
        return {"accept": "", "left": "", "accept_flagged": only}
    return {
        "accept": _("Duyệt phần còn lại: %(count)s lượt", count=plain),
        "left": _("%(count)s lượt cần xem của phần còn lại ở lại, chưa duyệt.", count=count),
        "accept_flagged": _(
            "Duyệt %(count)s lượt, kể cả %(flagged)s lượt cần xem", count=number(waiting), flagged=count
        ),
    }


def _states(state: SampleState) -> str:
    """*Trong mẫu: 3 Chưa duyệt · 5 Đã duyệt.*"""
    counted = {label: state.chosen[code] for code, (label, _icon) in STATES.items()}
    numbers = " · ".join(f"{number(count)} {label}" for label, count in counted.items() if count)
    return _("Trong mẫu: %(numbers)s.", numbers=numbers) if numbers else ""
