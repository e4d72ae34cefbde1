"""Coverage: how many of a hamlet's households somebody was reached in, and what is still to do there.

It is of the households as the list has them today: those that live there, in the hamlet they belong to now.
A household is reached once a counted visit found somebody at home, as on the phone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.areas import Hamlet
from app.commune.teams.directory import TeamInCharge, list_teams
from app.commune.teams.hamlets import list_hamlets
from app.review.register.figures import visits_by_hamlet
from app.review.register.index import load_register, load_visited
from app.review.register.overdue import OverdueGroup

RECENT_DAYS = 7


@dataclass(frozen=True)
class HamletCoverage:
    """The figures of one hamlet. `listed`: the households that live there; `visits`: those counted in the
    `RECENT_DAYS` up to today; `overdue`: appointments to return whose day has passed."""

    hamlet: Hamlet
    listed: int
    reached: int
    visits: int
    overdue: int
    teams: list[TeamInCharge]

    @property
    def not_reached(self) -> int:
        """Households of the list in which nobody was reached."""
        return self.listed - self.reached

    @property
    def households(self) -> int:
        """How many there are: by the commune's books, or the list if that has more."""
        return max(self.listed, self.hamlet.known_households or 0)

    @property
    def rate(self) -> float:
        """The share of `households` reached, 0 to 1; 1 for a hamlet without any, which is none to look at."""
        return self.reached / self.households if self.households else 1.0

    @property
    def percent(self) -> int | None:
        """The share in per cent, rounded down: 100 only when every one was reached. None without any."""
        return self.reached * 100 // self.households if self.households else None


def hamlets_coverage(
    session: Session, actor: Actor, today: date, overdue: Iterable[OverdueGroup]
) -> list[HamletCoverage]:
    """The coverage of every hamlet that stands, in the commune's order: a constant number of statements.
    `overdue`: what `count_overdue` found."""
    hamlets = list_hamlets(session, actor, with_merged=True)
    register, reached = load_register(session, actor), load_visited(session, actor).reached
    since = today - timedelta(days=RECENT_DAYS - 1)
    visits = visits_by_hamlet(session, actor, since, today)
    in_charge = defaultdict[str, list[TeamInCharge]](list)
    for team in list_teams(session, actor):
        for hamlet_id in team.hamlet_ids:
            in_charge[hamlet_id].append(team)
    recent, late = Counter[str](), Counter[str]()
    for hamlet in hamlets:  # what was recorded in a hamlet that was merged is shown at the one that stands
        recent[hamlet.merged_into or hamlet.id] += visits.get(hamlet.id, 0)
    for group in overdue:
        late[group.hamlet_id] += group.count
    found = []
    for hamlet in hamlets:
        if hamlet.merged_into is None:
            living = register.living.get(hamlet.id, frozenset())
            found.append(
                HamletCoverage(
                    hamlet=hamlet,
                    listed=len(living),
                    reached=len(living & reached),
                    visits=recent[hamlet.id],
                    overdue=late[hamlet.id],
                    teams=in_charge[hamlet.id],
                )
            )
    return found
