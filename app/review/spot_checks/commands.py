"""Drawing a spot check, and entering what was found at the doors."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, find, visible_to
from app.commune.calendar.period import Period, PeriodKind
from app.core import desk_log
from app.core.clock import local_date
from app.core.errors import Invalid
from app.core.feed import lock_feed
from app.core.numbers.id_numbers import stored_text
from app.core.text import mask_digits
from app.fieldwork.derived.flags.evaluation import evaluate
from app.review.spot_checks.drawing import Draw, MetHousehold, draw, population_hash, sizes_of
from app.review.spot_checks.models import SpotCheck, SpotCheckAnswer, SpotCheckHousehold, SpotCheckStratum
from app.review.spot_checks.population import met_households

MAX_REASON = 300  # characters
MOST_DRAWN = 500  # households of one draw
MOST_DRAWS = 10  # of one month: all of them are listed in its report
USUAL_SIZE = 25


@dataclass(frozen=True)
class WantedDraw:
    """`id`: of the form, so that it draws once however often it is sent. `size`: how many households.
    `reason`: why the month is drawn once more; empty for its first draw. `seed`: below 2^63."""

    id: str
    size: int
    reason: str
    seed: int


@dataclass(frozen=True)
class EnteredAnswer:
    """`seen`: what the page showed before; `answer` None takes an answer back."""

    seen: SpotCheckAnswer | None
    answer: SpotCheckAnswer | None


def may_draw(period: Period, now: datetime) -> bool:
    """Whether it is a month, and has begun."""
    return period.kind is PeriodKind.MONTH and period.first <= local_date(now)


def draw_households(
    session: Session, actor: Actor, period: Period, wanted: WantedDraw, now: datetime
) -> SpotCheck:
    """Draw households that were met in the period. The same id again is the same draw, which never changes.

    Raises `Invalid`: *period* if it is no month or has not begun; *households* if none was met, or there are
    more strata than can be drawn; *size* unless every stratum gets a household and there are so many;
    *reason* if the month was drawn before and it is missing, or it is too long; *digits* if it may hold a
    number of a card or phone; *draws* after `MOST_DRAWS`. Raises `TooLarge`.
    """
    if not may_draw(period, now):
        raise Invalid("period")
    # Locks the feed, so that of two draws at once the second one is the second.
    evaluate(session, actor.commune_id)
    if drawn := session.get(SpotCheck, (actor.commune_id, wanted.id)):
        return drawn
    reason = _reason(session, actor, period, wanted.reason)
    population = met_households(session, actor, period)
    _check_size(population, wanted.size)
    check = SpotCheck(
        commune_id=actor.commune_id, id=wanted.id, code=period.code, first=period.first, last=period.last,
        drawn_by=actor.account_id, drawn_at=now, reason=reason, seed=wanted.seed,
        households=len(population), drawn=wanted.size, population_hash=population_hash(population),
    )  # fmt: skip
    session.add(check)
    session.flush()
    _store(session, check, draw(population, check.drawn, check.seed))
    _note_draw(session, check)
    return check


def enter_answers(
    session: Session, actor: Actor, check_id: str, answers: Mapping[str, EnteredAnswer], now: datetime
) -> list[str]:
    """Enter what was found, by household; households that were not drawn are left out.

    Returns those whose answer a colleague has changed meanwhile to something else: it stays as it is. Raises
    `NotFound`.
    """
    find(session, actor, SpotCheck, check_id)
    lock_feed(session, actor.commune_id)
    drawn = visible_to(actor, SpotCheckHousehold).where(
        SpotCheckHousehold.check_id == check_id, col(SpotCheckHousehold.household_id).in_(answers)
    )
    changed, refused = 0, []
    for row in session.exec(drawn):
        entered = answers[row.household_id]
        if entered.answer in (entered.seen, row.answer):
            continue
        if row.answer != entered.seen:
            refused.append(row.household_id)
            continue
        row.answer, row.answered_by, row.answered_at = entered.answer, actor.account_id, now
        session.add(row)
        changed += 1
    if changed:
        details = {"by": actor.account_id, "spot_check": check_id, "count": changed}
        desk_log.note(session, actor.commune_id, "spot_check.answered", now, **details)
    return refused


def _reason(session: Session, actor: Actor, period: Period, text: str) -> str:
    """Why the month is drawn once more, as it is stored; empty for its first draw."""
    earlier = visible_to(actor, SpotCheck).where(SpotCheck.code == period.code).limit(MOST_DRAWS)
    draws = len(session.exec(earlier).all())
    if draws == MOST_DRAWS:
        raise Invalid("draws")
    reason = stored_text(text).strip() if draws else ""
    if len(reason) > MAX_REASON or (draws and not reason):
        raise Invalid("reason")
    if mask_digits(reason) != reason:
        raise Invalid("digits")
    return reason


def _check_size(population: Collection[MetHousehold], size: int) -> None:
    least = len(sizes_of(population))
    if not 0 < least <= MOST_DRAWN:
        raise Invalid("households")
    if not least <= size <= min(len(population), MOST_DRAWN):
        raise Invalid("size")


def _note_draw(session: Session, check: SpotCheck) -> None:
    details = {"by": check.drawn_by, "spot_check": check.id, "period": check.code, "count": check.drawn}
    from_which = {"of": check.households, "seed": check.seed}
    desk_log.note(session, check.commune_id, "spot_check.drawn", check.drawn_at, **details, **from_which)


def _store(session: Session, check: SpotCheck, drawn: Draw) -> None:
    key = {"commune_id": check.commune_id, "check_id": check.id}
    rows = [
        key
        | {
            "number": number,
            "hamlet_id": stratum.hamlet_id,
            "recorded_by": stratum.recorded_by,
            "households": size,
            "drawn": len(households),
        }
        for number, (stratum, size, households) in enumerate(drawn.strata)
    ]
    session.execute(insert(SpotCheckStratum), rows)
    session.execute(
        insert(SpotCheckHousehold),
        [
            key | {"household_id": one.household_id, "visit_id": one.visit_id, "stratum": number}
            for number, (_stratum, _size, households) in enumerate(drawn.strata)
            for one in households
        ],
    )
