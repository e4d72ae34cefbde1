"""Computing the flags of days from their visits.

What is read and written is bounded by these days of people and households, and by the signs of the days
around them (`history.py`): no rule looks further.
"""

import random
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from math import inf

from sqlmodel import Session

from app.core.db import Database
from app.core.errors import Unavailable
from app.core.feed import lock_feed
from app.core.sql.locks import try_lock_flags
from app.fieldwork.derived.flags import rules, stored, unevaluated
from app.fieldwork.derived.flags.day_rules import flags_of_day, may_be_of_session
from app.fieldwork.derived.flags.facts import FlagFact
from app.fieldwork.derived.flags.history import History
from app.fieldwork.derived.flags.neighbours import (
    HouseholdDay,
    PersonDay,
    load_thresholds,
    new_households,
    visits_of_days,
    visits_of_households,
)
from app.fieldwork.derived.flags.rules import FLAG, HOUSEHOLD, RULES, Day, Finding, Numbers
from app.fieldwork.derived.flags.sessions import people_at_sessions
from app.fieldwork.derived.flags.stored import DayFlagKey, FlagKey, Flags
from app.fieldwork.derived.flags.unevaluated import Days

ALL = 1_000_000  # more days than a commune has
AT_ONCE = 10


def evaluate(session: Session, commune_id: str, most: int = ALL) -> int:
    """Compute the flags of the days whose visits changed, of `most` at a time; how many days these were.

    Locks the feed: nobody else changes a visit or computes flags meanwhile. Whoever decides on visits calls
    this before reading their flags.
    """
    lock_feed(session, commune_id)
    count = 0
    while count < most and (days := unevaluated.find(session, commune_id, most)):
        unevaluated.delete_days(session, commune_id, days)
        unevaluated.note_persons(session, commune_id, _evaluate(session, commune_id, days))
        count += len(days.of_persons) + len(days.of_households)
    return count


def evaluate_all(database: Database, seconds: float = inf) -> None:
    """Compute the flags of all days that wait for it, or of as many as in so many seconds: some of each
    commune in turn, so that nobody waits long for its feed. Of several processes that do this at once one
    does the work.

    Raises `Unavailable`, and at the end what evaluating the days of a commune has raised.
    """
    began, failure = time.monotonic(), None
    waiting = database.read(unevaluated.communes)
    random.shuffle(waiting)  # whoever comes last when time is up is another one each time
    while waiting:
        commune_id = waiting.pop(0)
        try:
            if database.write(partial(_evaluate_some, commune_id=commune_id)):
                waiting.append(commune_id)
        except Unavailable:
            raise
        except Exception as error:
            failure = error
        if time.monotonic() - began > seconds:
            break
    if failure:
        raise failure


def _evaluate_some(session: Session, commune_id: str) -> int:
    if not try_lock_flags(session, commune_id) or not unevaluated.find(session, commune_id, 1):
        return 0
    return evaluate(session, commune_id, AT_ONCE)


def _evaluate(session: Session, commune_id: str, days: Days) -> set[PersonDay]:
    """Write the flags that the visits of these days have now; the later days that may be judged otherwise."""
    of_persons = visits_of_days(session, commune_id, days.of_persons)
    days.add_households(of_persons.values())
    beside = list(visits_of_households(session, commune_id, days.of_households, of_persons.keys()))
    around = stored.load_day_flags(session, commune_id, days.of_persons)
    have = Flags({}, {key: row for key, row in around.items() if days.have(key.recorded_by, key.counted_on)})
    before, history, wanted = History(around), History(around.keys() - have.of_days.keys()), Flags()
    evaluation = Evaluation(session, commune_id, wanted)
    evaluation.add_visits(of_persons.values())
    evaluation.add_days(of_persons.values(), history)
    evaluation.add_households([*of_persons.values(), *beside])
    ids = [*of_persons, *(visit.id for visit in beside)]
    have.of_visits = {
        key: row
        for key, row in stored.load_visit_flags(session, commune_id, ids).items()
        if key.visit_id in of_persons or _looks_at(key.rule) == HOUSEHOLD
    }
    stored.replace(session, have, wanted)
    return history.followers(before, days.of_persons)


def _looks_at(rule: str) -> str:
    """What a rule looks at; nothing for one of an earlier version."""
    return RULES[rule].looks_at if rule in RULES else ""


class Evaluation:
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
                self._add(visit, rule, numbers, is_flag=RULES[rule].strength == FLAG)

    def add_days(self, visits: Iterable[FlagFact], history: History) -> None:
        """The rules about a person's day; `visits`: all of each day. `history`: of the other days around; it
        has these as well afterwards."""
        by_day: defaultdict[PersonDay, list[FlagFact]] = defaultdict(list)
        for visit in visits:
            by_day[visit.recorded_by, visit.day].append(visit)
        several = [visit for day in by_day.values() if len(day) >= rules.FEWEST for visit in day]
        new = new_households(self.session, self.commune_id, several)
        several_days = {
            key: Day(rules.in_order(of_day), self.thresholds, new.get(key, set()))
            for key, of_day in by_day.items()
            if len(of_day) >= rules.FEWEST
        }
        for (person, day), of_day, found in self._judged(several_days, history):
            by_id = {visit.id: visit for visit in of_day.visits} if found else {}
            for rule, finding in found.items():
                self.flags.of_days[DayFlagKey(person, day, rule)] = {
                    "commune_id": self.commune_id,
                    "recorded_by": person,
                    "counted_on": day,
                    "rule": rule,
                    "numbers": finding.numbers,
                }
                for id in finding.visit_ids:
                    self._add(by_id[id], rule, {}, is_flag=finding.is_flag)

    def _judged(
        self, days: dict[PersonDay, Day], history: History
    ) -> Iterator[tuple[PersonDay, Day, dict[str, Finding]]]:
        """What the rules say of these days. Outreach sessions are read for those that one may explain, and
        then the signs of earlier days for those that have some."""
        found = {key: flags_of_day(day) for key, day in days.items()}
        open_ = [key for key in found if may_be_of_session(found[key])]
        sessions = people_at_sessions(self.session, self.commune_id, (day for _, day in open_))
        for key in open_:
            if key[1] in sessions:
                days[key] = replace(days[key], sessions=sessions[key[1]])
                found[key] = flags_of_day(days[key])
        history.add(found)
        for key in found:
            if history.signs(*key) and (earlier := history.earlier(*key)):
                found[key] = flags_of_day(replace(days[key], earlier=earlier))
        return ((key, days[key], found[key]) for key in days)

    def add_households(self, visits: Iterable[FlagFact]) -> None:
        """The rules about a household's day; `visits`: all of each day."""
        by_day: defaultdict[HouseholdDay, list[FlagFact]] = defaultdict(list)
        for visit in visits:
            by_day[visit.household_id, visit.day].append(visit)
        for of_day in by_day.values():
            if len(of_day) < 2:
                continue
            by_id = {visit.id: visit for visit in of_day}
            for rule, finding in rules.flags_of_household(of_day):
                is_flag = RULES[rule].strength == FLAG
                for id in finding.visit_ids:
                    self._add(by_id[id], rule, finding.numbers, finding.first_id, is_flag=is_flag)

    def _add(
        self, visit: FlagFact, rule: str, numbers: Numbers, first_id: str | None = None, *, is_flag: bool
    ) -> None:
        self.flags.of_visits[FlagKey(visit.id, rule)] = {
            "commune_id": self.commune_id,
            "visit_id": visit.id,
            "rule": rule,
            "recorded_by": visit.recorded_by,
            "counted_on": visit.day,
            "undecided": visit.undecided and is_flag,
            "numbers": numbers,
            "since": 0,
            "notice": not is_flag,
            "first_visit_id": first_id,
        }
