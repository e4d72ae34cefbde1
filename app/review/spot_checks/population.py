"""The households that a spot check is drawn from."""

from sqlalchemy import and_, func
from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor, visible_to
from app.commune.calendar.period import Period
from app.core.errors import TooLarge
from app.fieldwork.households.models import Household
from app.fieldwork.visits.days import counts_between
from app.fieldwork.visits.models import COUNTED, NOT_HOME, Visit
from app.review.spot_checks.drawing import MetHousehold, StratumKey
from app.review.visit_list.flag_queries import has_sign

MOST_HOUSEHOLDS = 50_000  # a commune has a quarter of them


def met_households(session: Session, actor: Actor, period: Period) -> list[MetHousehold]:
    """The households that a counted visit of the period met and that are on the list today, each with the
    last of these visits. Raises `TooLarge` above `MOST_HOUSEHOLDS`."""
    newest = (col(Visit.counted_on).desc(), col(Visit.happened_at).desc(), col(Visit.id).desc())
    place = func.row_number().over(partition_by=col(Visit.household_id), order_by=newest)
    on_list = and_(
        col(Household.commune_id) == actor.commune_id,
        col(Household.id) == col(Visit.household_id),
        col(Household.state) == "active",
        col(Household.merged_into).is_(None),
        col(Household.erased_at).is_(None),
    )
    meetings = (
        visible_to(actor, Visit)
        .join(Household, on_list)
        .where(
            col(Visit.withdrawn_at).is_(None),
            col(Visit.review_state).in_(COUNTED),
            col(Visit.result) != NOT_HOME,
            *counts_between(period.first, period.last),
        )
        .with_only_columns(
            col(Visit.household_id),
            col(Visit.id),
            col(Visit.hamlet_id),
            col(Visit.recorded_by),
            has_sign(actor).label("has_sign"),
            place.label("place"),
        )
        .subquery()
    )
    last = select(*meetings.c[:5]).where(meetings.c.place == 1).limit(MOST_HOUSEHOLDS + 1)
    found = [
        MetHousehold(household, visit, StratumKey(hamlet, person), bool(sign))
        for household, visit, hamlet, person, sign in session.execute(last)
    ]
    if len(found) > MOST_HOUSEHOLDS:
        raise TooLarge
    return found
