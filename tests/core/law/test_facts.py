"""The facts of law: each can be cited, and was read somewhere on some day."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

from app.core.law import hours
from app.core.law.facts import Fact, facts, stale_facts
from tests.cases import cases
from tests.docs.sources import ROOT


@cases("fact", list(facts().values()))
def test_fact_can_be_cited(fact: Fact) -> None:
    assert fact.citation == f"{fact.article} {fact.act.name}".strip()
    assert fact.says
    assert fact.source in {"G", "P", "S"}
    assert fact.source != "P" or fact.seen
    assert fact.in_force is None or fact.in_force <= fact.checked
    assert date(2026, 11, 1) <= fact.checked <= date(2028, 1, 1)


def test_no_fact_stands_twice() -> None:
    assert len({fact.says for fact in facts().values()}) == len(facts())


def test_serious_incidents_are_told_first() -> None:
    assert hours.SERIOUS_INCIDENT < hours.INCIDENT == hours.NOTICE


def test_facts_older_than_ninety_days_are_listed() -> None:
    last = min(fact.checked for fact in facts().values())
    assert stale_facts(last + timedelta(days=90)) == []
    oldest = [fact for fact in facts().values() if fact.checked == last]
    assert stale_facts(last + timedelta(days=91)) == oldest


def test_target_lists_all_of_them_the_oldest_first() -> None:
    *lines, last = subprocess.run(
        [sys.executable, "-m", "app.core.law"], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.splitlines()
    days = [datetime.strptime(line[:10], "%d/%m/%Y").replace(tzinfo=UTC) for line in lines]
    assert days == sorted(days)
    assert {line.split()[4].rstrip(":") for line in lines} == facts().keys()
    assert last.startswith(f"{len(facts())} facts, ")
    assert last.endswith(" of them checked more than 90 days ago.")
    for fact in facts().values():
        assert any(f" {fact.source}  {fact.code}: {fact.citation}. {fact.says}." in line for line in lines)
