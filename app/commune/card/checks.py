"""*Kiểm tra thẻ*: whether who stands at a door is the member whose name the household was told.

Every check is in the desk log. A right answer ends its check, so that it is worth nothing a second time;
three wrong ones, in however many checks, and somebody has to call the member first.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import Session, col, select

from app.commune.accounts.access import FIELD_ROLES, Actor, visible_to
from app.commune.accounts.models import Account, Device
from app.commune.card.answers import ANSWER, answer_of
from app.commune.card.keys import secrets_of
from app.commune.card.models import CardCheck
from app.core import desk_log
from app.core.clock import local_date
from app.core.errors import Invalid, NotFound, StaleDecision

MAX_TRIES = 3
MAX_CHECKS_A_DAY = 20  # of one member; with the tries, 60 guesses in a million
VALID_FOR = timedelta(minutes=15)
_REMEMBERED = 500  # questions that are not asked again
BEGUN, PASSED, FAILED, CALLED = "card.begun", "card.passed", "card.failed", "card.called"  # of the desk log

Fault = Literal["ended", "revoked", "no_phone", "no_key", "locked", "too_many"]
"""Why no check can begin: the member has left; all phones are revoked; no phone ever signed in; none has a
secret yet; there were three wrong answers; there were too many checks today."""


@dataclass(frozen=True)
class CardState:
    """A member's card as the desk sees it.

    `question`: the digits to read out, empty if no check is open. `tries`: how many answers are left.
    `fault`: why none can begin. `unready`: how many of the member's phones in use have no secret that counts,
    beside one that has: whoever holds such a phone reads out wrong digits, or none.
    """

    account: Account
    question: str
    tries: int
    fault: Fault | None
    unready: int = 0


def state(session: Session, actor: Actor, account_id: str, now: datetime) -> CardState:
    """The card of a member of the actor's commune. Raises `NotFound`."""
    account = _find(session, actor, account_id, lock=False)
    return _state(session, account, _stored(session, account), now)


def begin(session: Session, actor: Actor, account_id: str, now: datetime) -> CardState:
    """Begin a check, in place of one that is open. What is at fault fails at once, and is in the desk log.

    Raises `NotFound`.
    """
    account = _find(session, actor, account_id, lock=True)
    check = _stored(session, account)
    fault = _fault(session, account, check, now)
    if fault is not None:
        _note(session, actor, account, FAILED, now, reason=fault)
        return CardState(account, "", MAX_TRIES - check.wrong, fault)
    today = local_date(now)
    check.question = _new_question(check.recent)
    check.recent = [*check.recent, check.question][-_REMEMBERED:]
    check.day, check.count = today, check.count + 1 if check.day == today else 1
    check.begun_at, check.begun_by = now, actor.account_id
    session.add(check)
    _note(session, actor, account, BEGUN, now)
    return CardState(account, check.question, MAX_TRIES - check.wrong, None)


def answer(
    session: Session, actor: Actor, account_id: str, question: str, digits: str, now: datetime
) -> bool:
    """Whether the digits are those of one of the member's phones, for the question that was read out.

    A right answer ends the check, and so does the last wrong one. Raises `Invalid` for what are not six
    digits, which counts as no answer; `StaleDecision` if another question is open by now, or none;
    `NotFound`.
    """
    if not ANSWER.fullmatch(digits):
        raise Invalid("digits")
    account = _find(session, actor, account_id, lock=True)
    check = _stored(session, account)
    if not question or _open_question(check, now) != question:
        raise StaleDecision
    is_right = _is_right(session, account, question, digits)
    check.wrong = 0 if is_right else check.wrong + 1
    if is_right or check.wrong >= MAX_TRIES:
        check.question = ""
    session.add(check)
    _note(session, actor, account, PASSED if is_right else FAILED, now)
    return is_right


def record_call(session: Session, actor: Actor, account_id: str, now: datetime) -> None:
    """Somebody has called the member, at the number that the commune has: checks can begin again. Raises
    `NotFound`."""
    account = _find(session, actor, account_id, lock=True)
    check = _stored(session, account)
    if check.wrong:
        check.wrong, check.question = 0, ""
        session.add(check)
        _note(session, actor, account, CALLED, now)


def _find(session: Session, actor: Actor, account_id: str, *, lock: bool) -> Account:
    """A volunteer or leader; `lock`: two checks of the same member wait for each other."""
    wanted = visible_to(actor, Account).where(Account.id == account_id, col(Account.role).in_(FIELD_ROLES))
    account = session.exec(wanted.with_for_update(key_share=True) if lock else wanted).first()
    if account is None:
        raise NotFound
    return account


def _stored(session: Session, account: Account) -> CardCheck:
    known = session.get(CardCheck, (account.commune_id, account.id))
    return known or CardCheck(commune_id=account.commune_id, account_id=account.id)


def _state(session: Session, account: Account, check: CardCheck, now: datetime) -> CardState:
    question = _open_question(check, now)
    fault = _fault(session, account, check, now)
    if fault == "too_many" and question:
        fault = None  # the last check of the day can be answered
    tries = MAX_TRIES - check.wrong
    if fault:
        return CardState(account, "", tries, fault)
    live = _live(_devices(session, account))
    return CardState(account, question, tries, None, len(live) - len([*secrets_of(session, live)]))


def _open_question(check: CardCheck, now: datetime) -> str:
    """The question that waits for its answer. A clock that went back opens none again."""
    is_open = check.begun_at is not None and abs(now - check.begun_at) < VALID_FOR
    return check.question if is_open else ""


def _fault(session: Session, account: Account, check: CardCheck, now: datetime) -> Fault | None:
    if account.ended_at is not None:
        return "ended"
    known = _devices(session, account)
    if not known:
        return "no_phone"
    live = _live(known)
    if not live:
        return "revoked"
    if check.wrong >= MAX_TRIES:
        return "locked"
    if not any(True for _secret in secrets_of(session, live)):
        return "no_key"
    is_over = check.day == local_date(now) and check.count >= MAX_CHECKS_A_DAY
    return "too_many" if is_over else None


def _is_right(session: Session, account: Account, question: str, digits: str) -> bool:
    """Whether a phone that is in use now answers so; the phone itself knows no more than its secret."""
    if account.ended_at is not None:
        return False
    rights = [
        answer_of(secret, question) for secret in secrets_of(session, _live(_devices(session, account)))
    ]
    return any([hmac.compare_digest(right, digits) for right in rights])


def _devices(session: Session, account: Account) -> list[Device]:
    wanted = select(Device).where(Device.commune_id == account.commune_id, Device.account_id == account.id)
    return list(session.exec(wanted.order_by(col(Device.id))))


def _live(devices: list[Device]) -> list[Device]:
    return [device for device in devices if device.revoked_at is None]


def _new_question(recent: list[str]) -> str:
    """Four random digits that are none of the member's recent ones."""
    known = set(recent)
    return secrets.choice([text for number in range(10_000) if (text := f"{number:04}") not in known])


def _note(session: Session, actor: Actor, account: Account, what: str, now: datetime, **details: str) -> None:
    ids = {"account": account.id, "by": actor.account_id}
    desk_log.note(session, account.commune_id, what, now, **ids, **details)
