"""Random samples of the visits that wait for a decision: some are looked at, the rest is decided at once.

A sample is kept with its seed: it can be shown again, and whoever doubts it can draw it again.
"""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

from sqlalchemy import delete, func, insert
from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor, find, visible_to
from app.commune.accounts.models import Account
from app.core import desk_log
from app.core.errors import Invalid, TooLarge
from app.fieldwork.derived.flags.evaluation import evaluate
from app.fieldwork.derived.flags.models import VisitFlag
from app.fieldwork.visits.models import Visit
from app.review.decisions.selection import MAX_VISITS
from app.review.visit_list.flag_queries import has_sign
from app.review.visit_list.listing import WAITING, Filters, apply_filters, visible_visits
from app.review.visit_list.sample_models import SampledVisit, VisitSample

PERCENTS = range(1, 51)
SIGN_WEIGHT = 2
MOST_SAMPLES = 20  # of a commune; drawing another one deletes the oldest


@dataclass(frozen=True)
class SampleState:
    """A sample, who drew it, and the visits that count as they are now: `chosen` and `rest` have their number
    by review state. `flagged`: how many of the rest are flagged and wait."""

    sample: VisitSample
    person: str
    chosen: Counter[str]
    rest: Counter[str]
    flagged: int


def draw_sample(
    session: Session, actor: Actor, id: str, filters: Filters, percent: int, seed: int, now: datetime
) -> VisitSample:
    """Draw `percent` of the visits of `filters` that wait for a decision, at least one. Those of which a rule
    says something that makes one doubt are drawn more often.

    The same id again is the same sample. Raises `Invalid` if no visit waits or `percent` is not in
    `PERCENTS`, and `TooLarge` above `MAX_VISITS`.
    """
    if drawn := session.exec(visible_to(actor, VisitSample).where(VisitSample.id == id)).first():
        return drawn
    if percent not in PERCENTS:
        raise Invalid("percent")
    weights = _weights(session, actor, filters)
    if not weights:
        raise Invalid("visits")
    if len(weights) > MAX_VISITS:
        raise TooLarge
    chosen = choose(weights, percent, seed)
    sample = VisitSample(
        commune_id=actor.commune_id,
        id=id,
        drawn_by=actor.account_id,
        drawn_at=now,
        percent=percent,
        seed=seed,
        visits=len(weights),
        chosen=len(chosen),
    )
    session.add(sample)
    session.flush()
    key = {"commune_id": actor.commune_id, "sample_id": id}
    session.execute(
        insert(SampledVisit), [key | {"visit_id": one, "chosen": one in chosen} for one in weights]
    )
    _delete_oldest(session, actor)
    details = {"by": actor.account_id, "sample": id, "percent": percent, "seed": seed, "visits": len(weights)}
    desk_log.note(session, actor.commune_id, "sample.drawn", now, **details)
    return sample


def _weights(session: Session, actor: Actor, filters: Filters) -> dict[str, int]:
    """The visits that can be drawn, one more than may be at most."""
    evaluate(session, actor.commune_id)
    waiting = replace(filters, state=WAITING)
    visits = apply_filters(visible_visits(actor, waiting), waiting)
    rows = session.execute(visits.with_only_columns(col(Visit.id), has_sign(actor)).limit(MAX_VISITS + 1))
    return {id: SIGN_WEIGHT if sign else 1 for id, sign in rows}


def choose(weights: Mapping[str, int], percent: int, seed: int) -> set[str]:
    """`percent` of these ids, rounded up, each with a chance by its weight; the same `weights` and `seed`
    give the same ones (Efraimidis and Spirakis, *Weighted random sampling with a reservoir*, 2006)."""
    # The seed is stored, so that anybody can draw the sample again: it is no secret.
    dice = random.Random(seed)
    places = {id: dice.random() ** (1 / weights[id]) for id in sorted(weights)}
    return set(sorted(places, key=places.__getitem__, reverse=True)[: ceil(len(places) * percent / 100)])


def list_samples(session: Session, actor: Actor) -> list[tuple[VisitSample, str]]:
    """The samples that are kept, with the names of those who drew them, the latest first."""
    found = visible_to(actor, VisitSample).join(
        Account,
        (col(Account.commune_id) == actor.commune_id) & (col(Account.id) == VisitSample.drawn_by),
    )
    newest = found.order_by(col(VisitSample.drawn_at).desc(), col(VisitSample.id).desc())
    rows = session.execute(newest.with_only_columns(VisitSample, col(Account.name)).limit(MOST_SAMPLES))
    return [(sample, name) for sample, name in rows]


def sample_state(session: Session, actor: Actor, sample_id: str) -> SampleState:
    """The sample as its visits are now. Raises `NotFound`."""
    sample = find(session, actor, VisitSample, sample_id)
    person = find(session, actor, Account, sample.drawn_by).name
    counted = (
        visible_to(actor, Visit)
        .join(
            SampledVisit,
            (col(SampledVisit.commune_id) == actor.commune_id) & (col(SampledVisit.visit_id) == Visit.id),
        )
        .where(SampledVisit.sample_id == sample_id, col(Visit.withdrawn_at).is_(None))
        .with_only_columns(col(SampledVisit.chosen), col(Visit.review_state), func.count())
        .group_by(col(SampledVisit.chosen), col(Visit.review_state))
    )
    numbers: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for chosen, state, count in session.execute(counted):
        numbers[bool(chosen)][state] = count
    return SampleState(
        sample, person, numbers[True], numbers[False], _count_flagged_rest(session, actor, sample_id)
    )


def _count_flagged_rest(session: Session, actor: Actor, sample_id: str) -> int:
    is_sampled = (col(SampledVisit.commune_id) == actor.commune_id) & (
        col(SampledVisit.visit_id) == VisitFlag.visit_id
    )
    flagged = visible_to(actor, VisitFlag).join(SampledVisit, is_sampled)
    of_rest = flagged.where(
        SampledVisit.sample_id == sample_id,
        col(SampledVisit.chosen).is_(False),
        col(VisitFlag.undecided),
    )
    return session.scalars(
        of_rest.with_only_columns(func.count(func.distinct(col(VisitFlag.visit_id))))
    ).one()


def _delete_oldest(session: Session, actor: Actor) -> None:
    samples = select(VisitSample.id).where(VisitSample.commune_id == actor.commune_id)
    newest = samples.order_by(col(VisitSample.drawn_at).desc(), col(VisitSample.id).desc())
    old = list(session.exec(newest.offset(MOST_SAMPLES)))
    of_commune = col(SampledVisit.commune_id) == actor.commune_id
    if old:
        session.execute(delete(SampledVisit).where(of_commune, col(SampledVisit.sample_id).in_(old)))
        session.execute(
            delete(VisitSample).where(
                col(VisitSample.commune_id) == actor.commune_id, col(VisitSample.id).in_(old)
            )
        )
