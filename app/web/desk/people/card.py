"""*Thẻ thành viên* at the desk: whose card is to be checked, the digits to read out and the answer of whoever
stands at the door; the card on paper, for the notice board and to wear."""

from collections.abc import Mapping
from typing import Any, get_args

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.card import checks
from app.commune.card.checks import Fault
from app.commune.card.content import content_of
from app.commune.teams.directory import ENDED, list_members, search
from app.core.errors import StaleDecision
from app.core.strings import SOURCE, _, labels, language, lazy
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import CARDS, PEOPLE
from app.web.desk.people.labels import ROLES, state_badge
from app.web.forms import Filled, Form, Sent, Text, Values, submit
from app.web.screens import screen

router = APIRouter()
PATH = "/desk/card"
_MAX_WORDS = 80
_MAX_TYPED = 40
_WARNING = lazy(
    "Dặn gia đình: đừng cho vào nhà, đừng đưa giấy tờ, mã OTP, tiền; nghi lừa đảo thì báo công an."
)
_FAULTS = labels(
    get_args(Fault),
    {
        "ended": lazy("Người này đã nghỉ, không còn là thành viên."),
        "revoked": lazy("Máy của người này đã bị thu hồi, thẻ không còn dùng được."),
        "locked": lazy("Đã sai ba lần. Phải gọi cho người này theo số dưới đây, rồi mới kiểm tra lại được."),
        "no_phone": lazy(
            "Người này chưa đăng nhập trên máy nào nên chưa có thẻ. Gọi cho người này theo số dưới đây."
        ),
        "no_key": lazy(
            "Máy chưa có khóa thẻ: bảo người đó mở Thẻ thành viên ở nơi có mạng. Chờ thì gọi số dưới đây."
        ),
        "too_many": lazy(
            "Hôm nay đã kiểm tra người này 20 lần, mai mới kiểm tra lại được. Gọi theo số dưới đây."
        ),
    },
)
_GRAVE = ("ended", "revoked", "locked")
ANSWER = Form(
    Text(
        "digits",
        lazy("Sáu số người đó đọc"),
        wrong=lazy("Ghi đủ sáu số mà người đó đọc."),
        maxlength=_MAX_TYPED,
        shown=_MAX_TYPED,
        inputmode="numeric",
    ),
    Text("question"),
    refusals={
        StaleDecision: lazy(
            "Bốn số ấy không còn dùng được: đã có câu trả lời, đã quá 15 phút, hoặc có lần kiểm tra khác."
        )
    },
)


@router.get(PATH)
def choose_card(desk: Desk, q: str = "") -> Response:
    """The members, also those who have left: their names are told at doors too."""
    words = q[:_MAX_WORDS]

    def load(session: Session) -> Mapping[str, Any]:
        found = search(list_members(session, desk.actor, desk.now), words)
        found.sort(key=lambda member: member.state == ENDED)
        rows = [
            (member.account, member.team_label, state_badge(member))
            for member in found
            if member.account.erased_at is None
        ]
        return {"q": words, "rows": rows, "roles": ROLES}

    return screen(desk, "desk/people/card_choose.html", CARDS, load)


@router.get(f"{PATH}/{{account_id}}")
def show_check(account_id: PathId, desk: Desk) -> Response:
    return _check_page(desk, account_id, ANSWER.blank())


@router.post(f"{PATH}/{{account_id}}/begin")
def begin_check(account_id: PathId, desk: Desk) -> Response:
    """*Kiểm tra*: other digits, or at once why there are none."""
    desk.database.write(lambda session: checks.begin(session, desk.actor, account_id, desk.now))
    return RedirectResponse(f"{PATH}/{account_id}", 303)


@router.post(f"{PATH}/{{account_id}}/answer")
def check_answer(account_id: PathId, desk: Desk, sent: Sent) -> Response:
    """*So sáu số*. The outcome is said once, in the answer to this request: no address shows it again."""

    def answer(session: Session, typed: Values) -> bool:
        digits = _digits_of(typed["digits"][:_MAX_TYPED])
        return checks.answer(session, desk.actor, account_id, typed["question"], digits, desk.now)

    def answered(passed: bool) -> Response:
        return _check_page(desk, account_id, ANSWER.blank(), passed=passed, wrong=not passed)

    return submit(desk, ANSWER, sent, answer, answered, lambda form: _check_page(desk, account_id, form))


@router.post(f"{PATH}/{{account_id}}/called")
def record_call(account_id: PathId, desk: Desk) -> Response:
    """*Đã gọi, đúng là người của tổ*."""
    desk.database.write(lambda session: checks.record_call(session, desk.actor, account_id, desk.now))
    return RedirectResponse(f"{PATH}/{account_id}", 303)


@router.get("/desk/people/{account_id}/card")
@language(SOURCE)
def show_printed(account_id: PathId, desk: Desk) -> Response:
    """The card, in Vietnamese whatever language the desk has: households read it. Nobody prints that of who
    has left."""

    def load(session: Session) -> Mapping[str, Any]:
        account = checks.state(session, desk.actor, account_id, desk.now).account
        content = content_of(session, desk.actor, account_id)
        return {"account": account, "content": content, "role": ROLES[account.role]}

    return screen(desk, "desk/people/card_print.html", PEOPLE, load)


def _check_page(
    desk: DeskContext, account_id: str, form: Filled, *, passed: bool = False, wrong: bool = False
) -> Response:
    """The digits to read out, if a check is open; `passed`: that the card is right, `wrong`: that it is not.
    What was typed for other digits is not shown again."""

    def load(session: Session) -> Mapping[str, Any]:
        card = checks.state(session, desk.actor, account_id, desk.now)
        faults = [] if passed else _fault_sentences(card.fault)
        return {
            "card": card,
            "content": content_of(session, desk.actor, account_id),
            "unready": _unready_sentence(card.unready),
            "passed": passed,
            "faults": [_wrong_sentence(card.tries)] if wrong and card.fault is None else faults,
            "form": ANSWER.blank() if form.is_stale else form,
            "notice": form.notice,
        }

    return screen(desk, "desk/people/card_check.html", CARDS, load, form.status)


def _digits_of(typed: str) -> str:
    """The digits of what was typed: *482 913* and *482-913* are *482913*."""
    return "".join(one for one in typed if one not in " .-\u00a0")


def _fault_sentences(fault: Fault | None) -> list[str]:
    """Why no check can begin, and what the household is told then."""
    if fault is None:
        return []
    return [_FAULTS[fault], str(_WARNING)] if fault in _GRAVE else [_FAULTS[fault]]


def _unready_sentence(count: int) -> str:
    """*Người này còn 1 máy chưa có khóa thẻ …*; empty for none."""
    if not count:
        return ""
    return _("Người này còn %(n)s máy chưa có khóa thẻ: cầm máy ấy thì mở thẻ ở nơi có mạng trước.", n=count)


def _wrong_sentence(tries: int) -> str:
    """*Không đúng. Còn 2 lần …*"""
    return _("Không đúng. Nhờ người đó đọc lại chậm sáu số; còn %(n)s lần.", n=tries)
