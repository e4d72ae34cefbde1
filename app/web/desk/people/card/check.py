"""/desk/card/{id}: the digits to read out, and the answer of whoever stands at the door."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.card import checks
from app.commune.card.content import content_of
from app.core.errors import Invalid, StaleDecision
from app.core.strings import _
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import CARDS, build_frame
from app.web.desk.page.labels import phone_number
from app.web.desk.people.card.choose import PATH
from app.web.desk.people.card.words import (
    MAX_TYPED,
    digits_of,
    fault_sentences,
    unready_sentence,
    wrong_sentence,
)
from app.web.frame import Frame
from app.web.rendering import html

router = APIRouter()


@dataclass(frozen=True)
class CheckPage:
    """What templates/desk/people/card_check.html shows.

    `question`: the digits to read out, empty if no check is open. `unready`: that some of the member's phones
    cannot answer yet, or empty. `passed`: that the card is right. `faults`:
    sentences why it is not, the gravest first. `can_call`: *Đã gọi* opens checks again. `typed`, `problem`:
    the answer as it was typed, and why it could not be compared. `notice`: what happened meanwhile.
    """

    title: str
    frame: Frame
    name: str
    team: str
    person: str
    phone: str
    phone_link: str
    address: str
    question: str
    unready: str
    passed: bool
    faults: list[str]
    can_call: bool
    typed: str
    problem: str
    notice: str


@router.get(f"{PATH}/{{account_id}}")
def show_check(account_id: PathId, desk: Desk) -> Response:
    return _page(desk, account_id)


@router.post(f"{PATH}/{{account_id}}/begin")
def begin_check(account_id: PathId, desk: Desk) -> Response:
    """*Kiểm tra*: other digits, or at once why there are none."""
    desk.database.write(lambda session: checks.begin(session, desk.actor, account_id, desk.now))
    return RedirectResponse(f"{PATH}/{account_id}", 303)


@router.post(f"{PATH}/{{account_id}}/answer")
def check_answer(
    account_id: PathId,
    desk: Desk,
    digits: Annotated[str, Form()] = "",
    question: Annotated[str, Form()] = "",
) -> Response:
    """*So sáu số*. The outcome is said once, in the answer to this request: no address shows it again."""
    typed = digits[:MAX_TYPED]
    try:
        passed = desk.database.write(
            lambda session: checks.answer(
                session, desk.actor, account_id, question, digits_of(typed), desk.now
            )
        )
    except Invalid:
        problem = _("Ghi đủ sáu số mà người đó đọc.")
        return _page(desk, account_id, typed=typed, problem=problem, status=422)
    except StaleDecision:
        notice = _(
            "Bốn số ấy không còn dùng được: đã có câu trả lời, đã quá 15 phút, hoặc có lần kiểm tra khác."
        )
        return _page(desk, account_id, notice=notice, status=409)
    return _page(desk, account_id, passed=passed, wrong=not passed)


@router.post(f"{PATH}/{{account_id}}/called")
def record_call(account_id: PathId, desk: Desk) -> Response:
    """*Đã gọi, đúng là người của tổ*."""
    desk.database.write(lambda session: checks.record_call(session, desk.actor, account_id, desk.now))
    return RedirectResponse(f"{PATH}/{account_id}", 303)


def _page(
    desk: DeskContext,
    account_id: str,
    *,
    passed: bool = False,
    wrong: bool = False,
    typed: str = "",
    problem: str = "",
    notice: str = "",
    status: int = 200,
) -> Response:
    def load(session: Session) -> CheckPage:
        card = checks.state(session, desk.actor, account_id, desk.now)
        content = content_of(session, desk.actor, account_id)
        phone, phone_link = phone_number(card.account.phone)
        faults = [] if passed else fault_sentences(card.fault)
        if wrong and card.fault is None:
            faults = [wrong_sentence(card.tries)]
        return CheckPage(
            title=_("Kiểm tra thẻ của %(name)s", name=content.name),
            frame=build_frame(session, desk.actor, CARDS),
            name=content.name,
            team=content.team,
            person=f"/desk/people/{account_id}",
            phone=phone,
            phone_link=phone_link,
            address=f"{PATH}/{account_id}",
            question=card.question,
            unready=unready_sentence(card.unready),
            passed=passed,
            faults=faults,
            can_call=card.fault == "locked",
            typed=typed,
            problem=problem,
            notice=notice,
        )

    return html("desk/people/card_check.html", desk.database.read(load), status)
