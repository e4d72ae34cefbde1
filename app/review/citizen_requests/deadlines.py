"""By when a citizen's request is answered and done.

NĐ 356/2025/NĐ-CP, article 5, in force since 01/01/2026, checked on 29/11/2026. The day of receipt is not
counted. Calendar days are not moved from a weekend or a holiday to the day after it: the decree does not say
so, and whoever keeps the earlier day keeps the later one too.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from app.commune.calendar.workdays import Workdays

Kind = Literal["view", "correct", "copy", "withdraw", "restrict", "object", "protect", "erase"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ANSWER_WORKDAYS = 2
LONGEST = timedelta(days=62)
"""From the receipt to the end of the longest answer, over any row of days off."""
_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class Term:
    """Calendar days: from the receipt, where another body must act, and of the one extension."""

    usual: int
    with_others: int
    extension: int


_SHORT, _MIDDLE, _LONG = Term(10, 15, 10), Term(15, 20, 15), Term(20, 30, 20)
_TERMS: dict[Kind, Term] = {
    "view": _SHORT,
    "correct": _SHORT,
    "copy": _SHORT,
    "withdraw": _MIDDLE,
    "restrict": _MIDDLE,
    "object": _MIDDLE,
    "protect": _MIDDLE,
    "erase": _LONG,
}


def answer_by(received_on: date, workdays: Workdays) -> date:
    """The second working day after the receipt: offices work from Monday to Friday."""
    day, left = received_on, ANSWER_WORKDAYS
    while left:
        day += _DAY
        if day.weekday() != _SATURDAY and not workdays.reason_off(day):
            left -= 1
    return day


def received_until(last: date, workdays: Workdays) -> date:
    """The last day of receipt that is to be answered by `last`: all before it are too."""
    day = last
    while answer_by(day, workdays) > last:
        day -= _DAY
    return day


def done_by(kind: Kind, received_on: date, *, with_others: bool, is_extended: bool) -> date:
    """The last day on which the request is done in time. `with_others`: a processor or a third party must
    act too."""
    term = _TERMS[kind]
    days = term.with_others if with_others else term.usual
    return received_on + timedelta(days=days + (term.extension if is_extended else 0))


def term_of(kind: Kind) -> Term:
    """The days of this kind of request."""
    return _TERMS[kind]


def extension_days(kind: Kind) -> int:
    """By how many days it may be extended, once."""
    return _TERMS[kind].extension
