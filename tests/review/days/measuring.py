"""Which kinds of days are flagged today, and for which rules.

`python -m tests.review.days` prints the table.

A kind is **flagged** with a seed if at least one of its visits that count (of an invented kind those that are
invented, of an honest one all of the member's) has a flag that is no notice, when everything has been sent
and the flags of all days are computed. A flag on an honest visit of an invented kind does not count.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from app.core.clock import VIETNAM
from tests.review.days.records import Days, Kind, visits
from tests.review.days.sending import MONDAY, Parcel, Server, Team, parcels
from tests.review.days.table import HONEST, INVENTED, REASONS


@dataclass(frozen=True)
class Outcome:
    """What came of a kind with a seed: how many visits count, how many of them are flagged, and how many by
    rule; `notices`: the same of notices."""

    kind: Kind
    visits: int
    flagged: int
    rules: Counter[str]
    notices: Counter[str]

    @property
    def is_reason_right(self) -> bool:
        """Whether a rule says of invented days what is odd about them."""
        return any(REASONS[rule] in self.kind.odd for rule in self.rules)


def measure(team: Team, kind: Kind, folder: Path) -> Outcome:
    """Send the days of a kind beside the colleagues' weeks, and read the flags."""
    random = Random(f"{kind.id} {team.seed}")
    days = kind.days(random, team.place_of(kind.member), MONDAY)
    own = parcels(random, kind.member, days)
    together = [
        parcel for name, records in days.team.items() for parcel in parcels(random, name, Days(records))
    ]
    busy = {_day_of(parcel) for parcel in together}
    end = max(parcel.at for parcel in own)
    beside = [parcel for parcel in team.later if parcel.at < end and _day_of(parcel) not in busy]
    server = team.copy(folder)
    server.send([*own, *together, *beside])
    found = visits([record for parcel in own for record in parcel.records])
    counted = {one.id for one in found if one.invented or not kind.odd}
    outcome = _read(server, kind, counted)
    server.close()
    return outcome


def _day_of(parcel: Parcel) -> tuple[str, date]:
    return parcel.member, parcel.at.astimezone(VIETNAM).date()


def _read(server: Server, kind: Kind, counted: set[str]) -> Outcome:
    rows = [row for row in server.flags() if row.visit_id in counted]
    flags = [row for row in rows if not row.notice]
    return Outcome(
        kind,
        len(counted),
        len({row.visit_id for row in flags}),
        Counter(row.rule for row in flags),
        Counter(row.rule for row in rows if row.notice),
    )


@dataclass(frozen=True)
class Total:
    """Of pairs of kind and seed: honest and invented ones, how many of each are flagged, and of the invented
    ones that are how many for a reason that is odd about them."""

    honest: int
    honest_flagged: int
    invented: int
    invented_flagged: int
    reason_right: int


def total(outcomes: Sequence[Outcome]) -> Total:
    flagged = [outcome for outcome in outcomes if outcome.flagged]
    caught = [outcome for outcome in flagged if outcome.kind.odd]
    invented = sum(bool(outcome.kind.odd) for outcome in outcomes)
    return Total(
        honest=len(outcomes) - invented,
        honest_flagged=len(flagged) - len(caught),
        invented=invented,
        invented_flagged=len(caught),
        reason_right=sum(outcome.is_reason_right for outcome in caught),
    )


def lines(outcomes: Sequence[Outcome]) -> Iterable[str]:
    """The outcomes as lines of text: of each kind how many seeds are flagged, of how many of them the reason
    is right, the share of its visits, the rules (notices in brackets) with their seeds, and what is odd."""
    for title, kinds in (("HONEST", HONEST), ("INVENTED", INVENTED)):
        yield title
        for kind in kinds:
            if found := [outcome for outcome in outcomes if outcome.kind.id == kind.id]:
                yield _line(kind, found)
    sums = total(outcomes)
    yield f"Honest kinds and seeds flagged: {sums.honest_flagged} of {sums.honest}"
    yield f"Invented ones: {sums.invented_flagged} of {sums.invented}, {sums.reason_right} for a right reason"


def _line(kind: Kind, outcomes: Sequence[Outcome]) -> str:
    times = sum(outcome.flagged > 0 for outcome in outcomes)
    share = sum(outcome.flagged for outcome in outcomes) / max(1, sum(outcome.visits for outcome in outcomes))
    rules = Counter(rule for outcome in outcomes for rule in outcome.rules)
    notices = Counter(rule for outcome in outcomes for rule in outcome.notices)
    said = [f"{rule} {n}" for rule, n in rules.items()] + [f"({rule} {n})" for rule, n in notices.items()]
    right = f" right {sum(one.is_reason_right for one in outcomes)}" if kind.odd else ""
    odd = f" | {' '.join(sorted(kind.odd))}" if kind.odd else ""
    return f"  {kind.id:32} {times}/{len(outcomes)}{right} {share:4.0%} | {', '.join(said) or '-'}{odd}"
