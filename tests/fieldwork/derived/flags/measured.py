"""What the rules find on the days of `days.py`, as the tables of docs/flags.md have it.

`python -m tests.fieldwork.derived.flags.measured` writes them anew.
"""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zlib import crc32

from app.commune.accounts.author import MAX_AGE, corrected_time
from app.commune.settings import CommuneSettings
from app.core.clock import local_date
from app.fieldwork.derived.flags.day_rules import flags_of_day
from app.fieldwork.derived.flags.facts import FlagFact
from app.fieldwork.derived.flags.rules import (
    FLAG,
    RULES,
    Day,
    flags_of_household,
    flags_of_visit,
    in_order,
    thresholds_of,
)
from app.fieldwork.derived.visit_facts import ServiceOutcome
from tests.fieldwork.derived.flags.days import HELD_OUT, HONEST, INVENTED, Days, Maker, Recorded

DAYS = 300  # of each pattern
FILE = Path(__file__).parents[4] / "docs" / "flags.md"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
HAMLET = "thon-dong"
THRESHOLDS = thresholds_of(CommuneSettings(commune_id=""))


@dataclass
class Measured:
    """What was found on the days of one pattern.

    `days`; `found`: those on which an invented visit is flagged. Of visits: `invented` and `caught` of them,
    `honest` and `accused` of them (flagged), `noticed`: those with a notice. `rules`: visits by rule.
    """

    days: int = 0
    found: int = 0
    invented: int = 0
    caught: int = 0
    honest: int = 0
    accused: int = 0
    noticed: int = 0
    rules: Counter[str] = field(default_factory=Counter)


def measure(name: str, count: int) -> Measured:
    """Make `count` days of the pattern and look at them."""
    make: Maker = (HONEST | INVENTED)[name]
    dice = random.Random(crc32(name.encode()))
    measured = Measured()
    for _ in range(count):
        _add(measured, make(dice))
    return measured


def rules_of(visits: Days) -> list[dict[str, bool]]:
    """The rules that hold for each of these visits, and whether each is a flag."""
    facts = [_fact(f"v{number}", visit) for number, visit in enumerate(visits)]
    found: dict[str, dict[str, bool]] = {fact.id: {} for fact in facts}
    for fact in facts:
        found[fact.id] |= {rule: _is_flag(rule) for rule in flags_of_visit(fact, THRESHOLDS)}
    added = {visit.household for visit in visits if visit.added}
    for of_day in _groups(facts, "recorded_by"):
        new = {fact.household_id for fact in of_day} & added
        for rule, finding in flags_of_day(Day(in_order(of_day), THRESHOLDS, new)).items():
            for id in finding.visit_ids:
                found[id][rule] = finding.is_flag
    for at_household in _groups(facts, "household_id"):
        for rule, finding in flags_of_household(at_household):
            for id in finding.visit_ids:
                found[id][rule] = _is_flag(rule)
    return list(found.values())


def _is_flag(rule: str) -> bool:
    return RULES[rule].strength == FLAG


def _add(measured: Measured, visits: Days) -> None:
    measured.days += 1
    is_found = False
    for visit, rules in zip(visits, rules_of(visits), strict=True):
        is_flagged = any(rules.values())
        measured.rules.update(rules)
        measured.noticed += not all(rules.values())
        measured.invented += visit.invented
        measured.honest += not visit.invented
        measured.caught += visit.invented and is_flagged
        measured.accused += is_flagged and not visit.invented
        is_found |= visit.invented and is_flagged
    measured.found += is_found


def _groups(facts: Iterable[FlagFact], name: str) -> list[list[FlagFact]]:
    """The visits of each person, or household, and day."""
    groups: dict[tuple[object, object], list[FlagFact]] = {}
    for fact in facts:
        groups.setdefault((getattr(fact, name), fact.day), []).append(fact)
    return list(groups.values())


def _fact(id: str, visit: Recorded) -> FlagFact:
    """The visit as the server has it: sent in the evening of its day."""
    received_at = visit.saved_at + timedelta(hours=1)
    occurred_at = visit.saved_at + visit.clock
    at = corrected_time(occurred_at, -visit.clock_sent, received_at, MAX_AGE)
    services = (ServiceOutcome("vneid_install", "did_it", visit.people),) if visit.result == "helped" else ()
    return FlagFact(
        id, visit.household, HAMLET, visit.person, local_date(at), at, occurred_at, received_at, visit.result,
        visit.note, visit.quick, visit.paper, services, undecided=True,
    )  # fmt: skip


def tables() -> str:
    """The tables of the rules, the honest patterns and the kinds of invention."""
    rules = [
        f"| `{code}` | {rule.strength} | {rule.looks_at} | {rule.window} |" for code, rule in RULES.items()
    ]
    honest = [_honest_row(name, measure(name, DAYS)) for name in HONEST]
    invented = [_invented_row(name, measure(name, DAYS)) for name in INVENTED]
    return "\n".join(
        [
            "| Rule | | looks at | window |", "|---|---|---|---|", *rules, "",
            "| Honest | visits | flagged | with a notice | by which rule, in % of the visits |",
            "|---|---|---|---|---|", *honest, "",
            "| Invented | held out | days found | visits flagged | others' flagged | by which rule, in % |",
            "|---|---|---|---|---|---|", *invented,
        ]
    )  # fmt: skip


def _honest_row(name: str, measured: Measured) -> str:
    shares = _share(measured.accused, measured.honest), _share(measured.noticed, measured.honest)
    return (
        f"| `{name}` | {measured.honest} | {shares[0]} | {shares[1]} | {_rules(measured, measured.honest)} |"
    )


def _invented_row(name: str, measured: Measured) -> str:
    held_out = "yes" if name in HELD_OUT else ""
    shares = _share(measured.found, measured.days), _share(measured.caught, measured.invented)
    others = _share(measured.accused, measured.honest) if measured.honest else "–"
    by_rule = _rules(measured, measured.invented)
    return f"| `{name}` | {held_out} | {shares[0]} | {shares[1]} | {others} | {by_rule} |"


def _rules(measured: Measured, visits: int) -> str:
    most = sorted(measured.rules.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{rule} {round(count * 100 / visits)}" for rule, count in most) or "–"


def _share(count: int, of: int) -> str:
    return f"{count * 100 / of:.1f} %"


def written(text: str) -> str:
    """The page with the tables as they are now."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{tables()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    FILE.write_text(written(FILE.read_text("utf-8")), "utf-8")
