"""The flags as a table that follows from visits.

A change of visits notes its days (`unevaluated.py`), and their flags are computed a little later, or when
somebody decides on visits (`evaluation.py`): a push neither waits for the rules nor pays for reading a day
that is long.
"""

from collections.abc import Hashable, Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session

from app.commune.accounts.author import MAX_AGE
from app.core.clock import local_date
from app.core.feed import lock_feed
from app.fieldwork.derived.flags import stored, unevaluated
from app.fieldwork.derived.flags.evaluation import ALL, Evaluation, evaluate
from app.fieldwork.derived.flags.facts import FlagFacts, view
from app.fieldwork.derived.flags.history import History
from app.fieldwork.derived.flags.models import VisitFlag
from app.fieldwork.derived.flags.neighbours import visits_since
from app.fieldwork.derived.flags.rules import HOUSEHOLD, LOOK_BACK, RULES
from app.fieldwork.derived.flags.stored import DayFlagKey, FlagKey, Flags
from app.fieldwork.derived.mechanism import Change, DerivedTable, Difference, differences_in


class VisitFlags(DerivedTable):
    """The flags of visits and of persons' days, of the last 60 days: older visits are decided."""

    model = VisitFlag
    complaint = "{count} flags of commune {code} are not what the rules say of its visits."

    def update(self, session: Session, commune_id: str, changes: Sequence[Change], _now: datetime) -> None:
        """Note the days of the visits that changed. What needs no rule is written at once: a visit that does
        not count has no flags, and those of a visit that is decided hold up nothing."""
        pairs = differences_in(changes, view)
        stored.delete_flags(session, commune_id, [one.before.id for one in pairs if one.after is None])
        decided = [one.after for one in pairs if _is_only_decided(one)]
        for undecided in (True, False):
            ids = [visit.id for visit in decided if visit.undecided == undecided]
            stored.set_undecided(session, commune_id, ids, undecided)
        unevaluated.note(session, commune_id, [one for one in pairs if not _is_only_decided(one)])

    def wrong(self, session: Session, commune_id: str, now: datetime) -> list[Hashable]:
        """The flags that are not what the rules say, of days that are evaluated."""
        visits, have, wanted = _since(session, commune_id, now)
        rows = have.of_visits | wanted.of_visits
        days = unevaluated.find(session, commune_id, ALL)
        days.add_households(visits.values())

        def has_open_day(person: str, day: date) -> bool:
            """Whether it, or a day that it may be judged by, is not evaluated."""
            return any(days.have(person, day - timedelta(number)) for number in range(LOOK_BACK.days + 1))

        def is_open(key: FlagKey | DayFlagKey) -> bool:
            if isinstance(key, DayFlagKey):
                return has_open_day(key.recorded_by, key.counted_on)
            visit = visits.get(key.visit_id)
            is_of_household = key.rule in RULES and RULES[key.rule].looks_at == HOUSEHOLD
            if visit and is_of_household and (visit.household_id, visit.day) in days.of_households:
                return True
            return has_open_day(rows[key]["recorded_by"], rows[key]["counted_on"])

        return [key for key in stored.differing(have, wanted) if not is_open(key)]

    def rebuild(self, session: Session, commune_id: str, now: datetime) -> int:
        """Compute the flags of the days that wait for it; then write those that are not what the rules say,
        and return how many these were."""
        evaluate(session, commune_id)
        _visits, have, wanted = _since(session, commune_id, now)
        different = stored.differing(have, wanted)
        stored.replace(session, have, wanted)
        return len(different)


FLAGS = VisitFlags()


def reevaluate(session: Session, commune_id: str, now: datetime) -> None:
    """Compute the flags of the days that phones may still send visits for anew: when thresholds changed."""
    session.flush()  # new thresholds
    lock_feed(session, commune_id)
    FLAGS.rebuild(session, commune_id, now)


def _is_only_decided(one: Difference) -> bool:
    """Whether a visit counts as before, and nothing of it that a rule reads has changed."""
    return one.before is not None and one.after is not None and one.before[:-1] == one.after[:-1]


def _since(session: Session, commune_id: str, now: datetime) -> tuple[FlagFacts, Flags, Flags]:
    """The visits of these days, the flags of them that are stored, and those that the rules give."""
    first: date = local_date(now) - MAX_AGE
    visits = visits_since(session, commune_id, first)
    have, wanted = stored.load_since(session, commune_id, first), Flags()
    history = History(key for key in have.of_days if key.counted_on < first)
    have.of_days = {key: row for key, row in have.of_days.items() if key.counted_on >= first}
    evaluation = Evaluation(session, commune_id, wanted)
    evaluation.add_visits(visits.values())
    evaluation.add_days(visits.values(), history)
    evaluation.add_households(visits.values())
    return visits, have, wanted
