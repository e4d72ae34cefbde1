"""Computing flags in the transaction that changes visits (`app/fieldwork/derived/update.py`).

What is read and written is bounded by the days of the people and households whose visits changed: no rule
looks further.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import date, datetime

from sqlmodel import Session

from app.commune.accounts.author import MAX_AGE
from app.core.clock import local_date
from app.core.feed import lock_at_new_head
from app.fieldwork.derived.flags import rules, stored
from app.fieldwork.derived.flags.day_rules import DAY_RULES, flags_of_day
from app.fieldwork.derived.flags.facts import FlagFact, FlagFacts, view
from app.fieldwork.derived.flags.models import VisitFlag
from app.fieldwork.derived.flags.neighbours import (
    HouseholdDay,
    PersonDay,
    load_thresholds,
    new_households,
    visits_of_days,
    visits_of_households,
    visits_since,
)
from app.fieldwork.derived.flags.rules import HOUSEHOLD, RULES, Day, Numbers
from app.fieldwork.derived.flags.stored import DayFlagKey, FlagKey, Flags
from app.fieldwork.derived.mechanism import Change, DerivedTable, differences_in


class VisitFlags(DerivedTable):
    """The flags of visits and of persons' days, of the last 60 days: older visits are decided."""

    model = VisitFlag
    complaint = "{count} flags of commune {code} are not what the rules say of its visits."

    def update(self, session: Session, commune_id: str, changes: Sequence[Change], _now: datetime) -> None:
        """Compute the flags of visits that changed, and those of the visits around them."""
        pairs = differences_in(changes, view)
        before: FlagFacts = {one.before.id: one.before for one in pairs if one.before}
        after: FlagFacts = {one.after.id: one.after for one in pairs if one.after}
        decided = {id for id in before.keys() & after.keys() if before[id][:-1] == after[id][:-1]}
        for undecided in (True, False):
            ids = [id for id in decided if after[id].undecided == undecided]
            stored.set_undecided(session, commune_id, ids, undecided)
        if rewritten := (before.keys() | after.keys()) - decided:
            _Update(session, commune_id, before, after, rewritten).run()

    def wrong(self, session: Session, commune_id: str, now: datetime) -> list[Hashable]:
        """The flags that are not what the rules say."""
        return list(stored.differing(*_since(session, commune_id, now)))

    def rebuild(self, session: Session, commune_id: str, now: datetime) -> int:
        """Write the flags that are not what the rules say."""
        have, wanted = _since(session, commune_id, now)
        different = stored.differing(have, wanted)
        stored.replace(session, have, wanted)
        return len(different)


FLAGS = VisitFlags()


def reevaluate(session: Session, commune_id: str, now: datetime) -> None:
    """Compute the flags of the days that phones may still send visits for anew: when thresholds changed."""
    session.flush()  # new thresholds
    lock_at_new_head(session, commune_id)
    FLAGS.rebuild(session, commune_id, now)


def _since(session: Session, commune_id: str, now: datetime) -> tuple[Flags, Flags]:
    """The flags of these days that are stored, and those that the rules give."""
    first = _first_day(now)
    return stored.load_since(session, commune_id, first), _flags_since(session, commune_id, first)


def _first_day(now: datetime) -> date:
    return local_date(now) - MAX_AGE


def _flags_since(session: Session, commune_id: str, first: date) -> Flags:
    visits = visits_since(session, commune_id, first)
    flags = Flags()
    evaluation = _Evaluation(session, commune_id, flags)
    evaluation.add_visits(visits.values())
    evaluation.add_days(visits.values())
    evaluation.add_households(visits.values())
    return flags


class _Evaluation:
    """Adds to `flags` what the rules say."""

    def __init__(self, session: Session, commune_id: str, flags: Flags) -> None:
        self.session = session
        self.commune_id = commune_id
        self.flags = flags
        self.thresholds = load_thresholds(session, commune_id)

    def add_visits(self, visits: Iterable[FlagFact]) -> None:
        """The rules about one visit."""
        for visit in visits:
            for rule, numbers in rules.flags_of_visit(visit, self.thresholds).items():
                self._add(visit, rule, numbers)

    def add_days(self, visits: Iterable[FlagFact]) -> None:
        """The rules about a person's day; `visits`: all of each day."""
        by_day: defaultdict[PersonDay, list[FlagFact]] = defaultdict(list)
        for visit in visits:
            by_day[visit.recorded_by, visit.day].append(visit)
        several = [visit for day in by_day.values() if len(day) >= rules.FEWEST for visit in day]
        new = new_households(self.session, self.commune_id, several)
        for (person, day), of_day in by_day.items():
            if len(of_day) < rules.FEWEST:
                continue
            found = flags_of_day(Day(rules.in_order(of_day), self.thresholds, new.get((person, day), set())))
            by_id = {visit.id: visit for visit in of_day} if found else {}
            for rule, (visit_ids, numbers, _first) in found.items():
                self.flags.of_days[DayFlagKey(person, day, rule)] = {
                    "commune_id": self.commune_id,
                    "recorded_by": person,
                    "counted_on": day,
                    "rule": rule,
                    "numbers": numbers,
                }
                for id in visit_ids:
                    self._add(by_id[id], rule, {})

    def add_households(self, visits: Iterable[FlagFact]) -> None:
        """The rules about a household's day; `visits`: all of each day."""
        by_day: defaultdict[HouseholdDay, list[FlagFact]] = defaultdict(list)
        for visit in visits:
            by_day[visit.household_id, visit.day].append(visit)
        for of_day in by_day.values():
            if len(of_day) < 2:
                continue
            by_id = {visit.id: visit for visit in of_day}
            for rule, (visit_ids, numbers, first_id) in rules.flags_of_household(of_day):
                for id in visit_ids:
                    self._add(by_id[id], rule, numbers, first_id)

    def _add(self, visit: FlagFact, rule: str, numbers: Numbers, first_id: str | None = None) -> None:
        is_notice = RULES[rule].is_notice
        self.flags.of_visits[FlagKey(visit.id, rule)] = {
            "commune_id": self.commune_id,
            "visit_id": visit.id,
            "rule": rule,
            "recorded_by": visit.recorded_by,
            "counted_on": visit.day,
            "undecided": visit.undecided and not is_notice,
            "numbers": numbers,
            "since": 0,
            "notice": is_notice,
            "first_visit_id": first_id,
        }


class _Update:
    """The update of the flags around the visits `rewritten`."""

    def __init__(
        self, session: Session, commune_id: str, before: FlagFacts, after: FlagFacts, rewritten: set[str]
    ) -> None:
        self.session = session
        self.commune_id = commune_id
        self.rewritten = rewritten
        self.earlier = [before[id] for id in rewritten if id in before]
        self.current = [after[id] for id in rewritten if id in after]
        both = [*self.earlier, *self.current]
        self.days: set[PersonDay] = {(visit.recorded_by, visit.day) for visit in both}
        self.household_days: set[HouseholdDay] = {(visit.household_id, visit.day) for visit in both}

    def run(self) -> None:
        """Read the visits around, evaluate, and write what differs."""
        session, commune_id = self.session, self.commune_id
        of_days = list(visits_of_days(session, commune_id, self.days, self.rewritten))
        of_households = list(visits_of_households(session, commune_id, self.household_days, self.rewritten))
        wanted = Flags()
        evaluation = _Evaluation(session, commune_id, wanted)
        evaluation.add_visits(self.current)
        evaluation.add_days([*self.current, *of_days])
        evaluation.add_households([*self.current, *of_households])
        have = stored.load_day_flags(session, commune_id, self.days)
        steady = {
            _day_of(key) for key in have.of_days.keys() & wanted.of_days.keys() if key.rule == rules.MANY
        }
        for visit in of_days:
            if (visit.recorded_by, visit.day) in steady:
                wanted.of_visits.pop(FlagKey(visit.id, rules.MANY), None)
        self._load_stored(have, wanted, of_days, of_households, steady)
        stored.replace(session, have, wanted)

    def _load_stored(
        self,
        have: Flags,
        wanted: Flags,
        of_days: list[FlagFact],
        of_households: list[FlagFact],
        steady: set[PersonDay],
    ) -> None:
        """Add to `have` the stored flags that the evaluation was about.

        On days without any the visits around have none. On `steady` days, which have too many visits as they
        had before, each visit around has that flag already.
        """
        changing = {
            _day_of(key)
            for key in (*have.of_days, *wanted.of_days)
            if key.rule != rules.MANY or _day_of(key) not in steady
        }
        on_days = {visit.id for visit in of_days if (visit.recorded_by, visit.day) in changing}
        at_households = {visit.id for visit in of_households}
        rewritten = {visit.id for visit in self.earlier}
        rows = stored.load_visit_flags(self.session, self.commune_id, rewritten | on_days | at_households)
        for key, row in rows.items():
            is_steady = key.rule == rules.MANY and (row["recorded_by"], row["counted_on"]) in steady
            is_evaluated = (
                key.visit_id in at_households if _looks_at(key.rule) == HOUSEHOLD
                else key.visit_id in on_days and key.rule in DAY_RULES and not is_steady
            )  # fmt: skip
            if is_evaluated or key.visit_id in rewritten:
                have.of_visits[key] = row


def _looks_at(rule: str) -> str:
    """What a rule looks at; nothing for one of an earlier version."""
    return RULES[rule].looks_at if rule in RULES else ""


def _day_of(key: DayFlagKey) -> PersonDay:
    return key.recorded_by, key.counted_on
