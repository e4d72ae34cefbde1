"""/desk/spot-checks/{id}: what was drawn, how, and what was found at the doors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.commune import hamlet_names, supervisor_names
from app.core.audit import views
from app.core.strings import _, labels, lazy
from app.fieldwork.periods.queries import find_closed
from app.reports.spot_checks.lines import check_sentence, figures_of
from app.review.spot_checks.commands import MOST_DRAWN, EnteredAnswer, enter_answers
from app.review.spot_checks.models import ANSWERS, SpotCheckAnswer
from app.review.spot_checks.queries import (
    DrawnHousehold,
    SpotCheckResult,
    StratumResult,
    drawn_households,
    find_check,
    is_drawn_again,
    people_names,
)
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.frame import SPOT_CHECKS, build_frame
from app.web.desk.page.labels import Link, household_link, member_link
from app.web.desk.reports.spot_checks.drawing_form import PATH
from app.web.frame import Frame
from app.web.rendering import day, html, moment, number

router = APIRouter()
ANSWER_LABELS = labels(
    ANSWERS,
    {"confirmed": lazy("Đúng"), "refuted": lazy("Không đúng"), "not_met": lazy("Không gặp")},
)
Answers = Mapping[str, SpotCheckAnswer | None]
_CHANGED = lazy(
    "Đồng nghiệp vừa ghi khác cho các hộ có dấu. Hộ khác đã lưu. Lưu lần nữa thì lấy kết quả đang chọn."
)
Texts = Annotated[list[str], Form(max_length=MOST_DRAWN)]


@dataclass(frozen=True)
class CheckedRow:
    """A drawn household. `seen`: its stored answer, empty for none; `changed`: what a colleague has entered
    meanwhile, in words, where the choice that is shown is another one; empty otherwise."""

    id: str
    household: Link
    alley: str
    hamlet: str
    person: Link
    visit: Link
    seen: str
    options: list[Option]
    changed: str


@dataclass(frozen=True)
class StratumRow:
    """A hamlet and a person: how many households, how many drawn, and how many of these have each answer."""

    hamlet: str
    person: Link
    households: str
    drawn: str
    answers: list[str]


@dataclass(frozen=True)
class CheckPage:
    """What templates/desk/reports/spot_checks/check.html shows. `sentence`: what the report says of it;
    `drawn`: by whom, when and with which seed; `same`: whether that seed draws the same households today;
    `closed`: that its month's report is closed, empty if it is not."""

    title: str
    frame: Frame
    sentence: str
    drawn: str
    same: str
    closed: str
    sheet: str
    action: str
    answers: list[str]
    rows: list[CheckedRow]
    strata: list[StratumRow]
    done: str
    problem: str


@router.get(f"{PATH}/{{check_id}}")
def show_check(check_id: PathId, desk: Desk, done: str = "") -> Response:
    """The draw, its households and what was found."""
    saved = _("Đã lưu kết quả hậu kiểm.") if done == "answered" else ""
    return _page(desk, check_id, saved, {})


@router.post(f"{PATH}/{{check_id}}/answers")
def save_answers(check_id: PathId, desk: Desk, household: Texts, seen: Texts, answer: Texts) -> Response:
    """*Lưu*: what a colleague has entered meanwhile stays, and is said."""
    rows = zip(household, seen, answer, strict=False)
    entered = {id: EnteredAnswer(_code(before), _code(now)) for id, before, now in rows}
    refused = desk.database.write(
        lambda session: enter_answers(session, desk.actor, check_id, entered, desk.now)
    )
    if refused:
        return _page(desk, check_id, "", {id: entered[id].answer for id in refused})
    return RedirectResponse(f"{PATH}/{check_id}?done=answered", 303)


def _code(text: str) -> SpotCheckAnswer | None:
    """The answer of this code; None for any other text."""
    return next((one for one in ANSWERS if one == text), None)


def _page(desk: DeskContext, check_id: str, done: str, refused: Answers) -> Response:
    """`refused`: what was chosen for households for which a colleague has entered something else."""

    def load(session: Session) -> tuple[CheckPage, set[str]]:
        result = find_check(session, desk.actor, check_id)
        households = drawn_households(session, desk.actor, check_id)
        names = supervisor_names(session, desk.actor)
        page = CheckPage(
            title=_("Hậu kiểm"),
            frame=build_frame(session, desk.actor, SPOT_CHECKS),
            sentence=check_sentence(figures_of(result), names),
            drawn=_drawn(result, names),
            same=_same(session, desk, result),
            closed=_closed(session, desk, result),
            sheet=f"{PATH}/{check_id}/sheet",
            action=f"{PATH}/{check_id}/answers",
            answers=[str(label) for label in ANSWER_LABELS.values()],
            rows=_rows(session, desk, households, refused),
            strata=_strata(session, desk, result.strata),
            done=done,
            problem=_CHANGED if refused else "",
        )
        return page, {one.household.hamlet_id for one in households}

    page, hamlets = desk.database.read(load)
    for hamlet_id in hamlets:
        desk.note_view(views.WALKING_LIST, hamlet_id)
    return html("desk/reports/spot_checks/check.html", page, 409 if refused else 200)


def _drawn(result: SpotCheckResult, names: dict[str, str]) -> str:
    check = result.check
    return _(
        "%(person)s rút lúc %(when)s, số rút %(seed)s.",
        person=names.get(check.drawn_by, ""),
        when=moment(check.drawn_at),
        seed=check.seed,
    )


def _same(session: Session, desk: DeskContext, result: SpotCheckResult) -> str:
    again = is_drawn_again(session, desk.actor, result)
    if again is None:
        return _(
            "Hộ đã gặp trong tháng, hoặc lưu ý về lượt, đã đổi từ lúc rút: rút lại bằng số này ra hộ khác."
        )
    if again:
        return _("Rút lại bằng số này hôm nay vẫn ra đúng các hộ dưới đây.")
    return _("Rút lại bằng số này hôm nay ra hộ khác, dù danh sách không đổi: hộ dưới đây đã bị sửa.")


def _closed(session: Session, desk: DeskContext, result: SpotCheckResult) -> str:
    closed = find_closed(session, desk.actor, result.check.code)
    if closed is None:
        return ""
    return _(
        "Báo cáo tháng này chốt lúc %(when)s, in kết quả hậu kiểm của lúc ấy.",
        when=moment(closed.closed_at),
    )


def _rows(
    session: Session, desk: DeskContext, households: list[DrawnHousehold], refused: Answers
) -> list[CheckedRow]:
    hamlets = hamlet_names(session, desk.actor)
    people = people_names(session, desk.actor, {one.visit.recorded_by for one in households})
    return [_row(one, hamlets, people, refused) for one in households]


def _row(
    one: DrawnHousehold, hamlets: dict[str, str], people: dict[str, str], refused: Answers
) -> CheckedRow:
    row, visit = one.row, one.visit
    chosen = refused.get(row.household_id, row.answer)
    return CheckedRow(
        id=row.household_id,
        household=household_link(one.household),
        alley=one.household.alley,
        hamlet=hamlets[one.household.hamlet_id],
        person=member_link(visit.recorded_by, people[visit.recorded_by]),
        visit=Link(day(visit.counted_on), f"/desk/visits/{visit.id}"),
        seen=row.answer or "",
        options=[
            Option("", _("Chưa kiểm"), chosen is None),
            *(Option(code, str(label), code == chosen) for code, label in ANSWER_LABELS.items()),
        ],
        changed=_answer_words(row.answer) if row.household_id in refused else "",
    )


def _answer_words(answer: SpotCheckAnswer | None) -> str:
    return _("Đồng nghiệp ghi: %(answer)s", answer=ANSWER_LABELS[answer] if answer else _("Chưa kiểm"))


def _strata(session: Session, desk: DeskContext, strata: tuple[StratumResult, ...]) -> list[StratumRow]:
    hamlets = hamlet_names(session, desk.actor)
    people = people_names(session, desk.actor, {one.stratum.recorded_by for one in strata})
    return [
        StratumRow(
            hamlet=hamlets[one.stratum.hamlet_id],
            person=member_link(one.stratum.recorded_by, people[one.stratum.recorded_by]),
            households=number(one.stratum.households),
            drawn=number(one.stratum.drawn),
            answers=[number(one.answers[code]) for code in ANSWERS],
        )
        for one in strata
    ]
