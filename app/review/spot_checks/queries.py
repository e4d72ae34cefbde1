"""The spot checks of a month, and what each of them has found."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from sqlalchemy import func
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, find, visible_to
from app.commune.accounts.models import Account
from app.commune.areas import Hamlet
from app.commune.calendar.period import Period, PeriodKind
from app.core.errors import TooLarge
from app.core.text import by_address
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit
from app.review.spot_checks.drawing import draw, population_hash, sizes_of
from app.review.spot_checks.estimate import Estimate, StratumAnswers, estimate
from app.review.spot_checks.models import SpotCheck, SpotCheckAnswer, SpotCheckHousehold, SpotCheckStratum
from app.review.spot_checks.population import met_households

MOST_LISTED = 60  # the newest draws, in the list of all months


@dataclass(frozen=True)
class StratumResult:
    """A stratum, and how many of its drawn households have each answer; None: nobody has entered one."""

    stratum: SpotCheckStratum
    answers: Counter[SpotCheckAnswer | None]


@dataclass(frozen=True)
class SpotCheckResult:
    """A draw and what it found. `number`: the how manieth of its month it is, from 1."""

    check: SpotCheck
    number: int
    strata: tuple[StratumResult, ...]

    @property
    def answers(self) -> Counter[SpotCheckAnswer | None]:
        """How many households have each answer."""
        total: Counter[SpotCheckAnswer | None] = Counter()
        for one in self.strata:
            total += one.answers
        return total

    @property
    def estimate(self) -> Estimate | None:
        """What it says of all households that it was drawn from."""
        return estimate(
            StratumAnswers(one.stratum.households, one.answers["confirmed"], one.answers["refuted"])
            for one in self.strata
        )


@dataclass(frozen=True)
class DrawOptions:
    """What a month can be drawn from: households and their strata; `draws`: how many there were before."""

    households: int
    strata: int
    draws: int


@dataclass(frozen=True)
class DrawnHousehold:
    """A household that was drawn, as it is on the list today, with the visit that is checked."""

    row: SpotCheckHousehold
    household: Household
    visit: Visit


def draw_options(session: Session, actor: Actor, period: Period) -> DrawOptions:
    """What can be drawn from the period today. Raises `TooLarge`."""
    population = met_households(session, actor, period)
    draws = visible_to(actor, SpotCheck).where(SpotCheck.code == period.code)
    count = session.execute(draws.with_only_columns(func.count())).scalar_one()
    return DrawOptions(len(population), len(sizes_of(population)), int(count))


def list_checks(session: Session, actor: Actor) -> list[SpotCheckResult]:
    """The newest draws, the latest first."""
    newest = visible_to(actor, SpotCheck).order_by(col(SpotCheck.drawn_at).desc(), col(SpotCheck.id).desc())
    return _results(session, actor, session.exec(newest.limit(MOST_LISTED)).all())


def checks_within(session: Session, actor: Actor, period: Period) -> list[SpotCheckResult]:
    """The draws of the months that lie in the period, in their order; of a week or of any dates none."""
    if period.kind not in (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR):
        return []
    wanted = visible_to(actor, SpotCheck).where(
        col(SpotCheck.first) >= period.first, col(SpotCheck.last) <= period.last
    )
    ordered = wanted.order_by(col(SpotCheck.code), col(SpotCheck.drawn_at), col(SpotCheck.id))
    return _results(session, actor, session.exec(ordered).all())


def find_check(session: Session, actor: Actor, check_id: str) -> SpotCheckResult:
    """One draw. Raises `NotFound`."""
    (result,) = _results(session, actor, [find(session, actor, SpotCheck, check_id)])
    return result


def drawn_households(session: Session, actor: Actor, check_id: str) -> list[DrawnHousehold]:
    """The households of a draw: the hamlets in their order, each one's in the order of its addresses."""
    own = actor.commune_id
    rows = (
        visible_to(actor, SpotCheckHousehold)
        .where(SpotCheckHousehold.check_id == check_id)
        .join(Visit, (col(Visit.commune_id) == own) & (col(Visit.id) == SpotCheckHousehold.visit_id))
        .join(
            Household,
            (col(Household.commune_id) == own) & (col(Household.id) == SpotCheckHousehold.household_id),
        )
        .with_only_columns(SpotCheckHousehold, Household, Visit)
    )
    found = [DrawnHousehold(row, household, visit) for row, household, visit in session.execute(rows)]
    positions = _positions(session, actor)
    return sorted(found, key=lambda one: (positions[one.household.hamlet_id], *_walking_order(one.household)))


def is_drawn_again(session: Session, actor: Actor, result: SpotCheckResult) -> bool | None:
    """Whether the same seed draws the same households of those that the month has today; None if these are
    others by now, or rules say something else of them. Signs counted once before draws knew of them."""
    check = result.check
    period = Period(PeriodKind.MONTH, check.code, check.first, check.last)
    try:
        population = met_households(session, actor, period)
    except TooLarge:
        return None
    if population_hash(population) != check.population_hash:
        population = [replace(one, has_sign=False) for one in population]
        if population_hash(population) != check.population_hash:
            return None
    again = {one.household_id for one in draw(population, check.drawn, check.seed).drawn}
    rows = visible_to(actor, SpotCheckHousehold).where(SpotCheckHousehold.check_id == check.id)
    return again == {row.household_id for row in session.exec(rows)}


def people_names(session: Session, actor: Actor, ids: Collection[str]) -> dict[str, str]:
    """The names of these accounts, by id."""
    wanted = visible_to(actor, Account).where(col(Account.id).in_(ids))
    return {account.id: account.name for account in session.exec(wanted)}


def _walking_order(household: Household) -> tuple[bytes, str]:
    return by_address(household.alley, household.house_no, household.head_name), household.id


def _positions(session: Session, actor: Actor) -> dict[str, int]:
    """The places of the hamlets in the commune's order."""
    return {one.id: one.position for one in session.exec(visible_to(actor, Hamlet))}


def _results(session: Session, actor: Actor, checks: Sequence[SpotCheck]) -> list[SpotCheckResult]:
    numbers = _numbers(session, actor, {check.code for check in checks})
    strata = _strata(session, actor, [check.id for check in checks])
    return [SpotCheckResult(check, numbers[check.id], tuple(strata[check.id])) for check in checks]


def _numbers(session: Session, actor: Actor, codes: set[str]) -> dict[str, int]:
    """The how manieth draw of its month each one is, from 1."""
    drawn = (
        visible_to(actor, SpotCheck)
        .where(col(SpotCheck.code).in_(codes))
        .order_by(col(SpotCheck.code), col(SpotCheck.drawn_at), col(SpotCheck.id))
        .with_only_columns(col(SpotCheck.code), col(SpotCheck.id))
    )
    months = groupby(session.execute(drawn), key=lambda row: row[0])
    return {id: number for _code, rows in months for number, (_same, id) in enumerate(rows, start=1)}


def _strata(session: Session, actor: Actor, ids: list[str]) -> defaultdict[str, list[StratumResult]]:
    """The strata of these draws, each with its answers, in the order of the hamlets."""
    counted = (
        visible_to(actor, SpotCheckHousehold)
        .where(col(SpotCheckHousehold.check_id).in_(ids))
        .group_by(
            col(SpotCheckHousehold.check_id), col(SpotCheckHousehold.stratum), col(SpotCheckHousehold.answer)
        )
        .with_only_columns(
            col(SpotCheckHousehold.check_id),
            col(SpotCheckHousehold.stratum),
            col(SpotCheckHousehold.answer),
            func.count(),
        )
    )
    answers: defaultdict[tuple[str, int], Counter[SpotCheckAnswer | None]] = defaultdict(Counter)
    for check_id, number, answer, count in session.execute(counted):
        answers[check_id, number][answer] = count
    strata: defaultdict[str, list[StratumResult]] = defaultdict(list)
    rows = visible_to(actor, SpotCheckStratum).where(col(SpotCheckStratum.check_id).in_(ids))
    positions = _positions(session, actor)
    for row in sorted(session.exec(rows), key=lambda one: (positions[one.hamlet_id], one.number)):
        strata[row.check_id].append(StratumResult(row, answers[row.check_id, row.number]))
    return strata
