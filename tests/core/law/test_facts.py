"""The facts of law: each can be cited, and was read somewhere on some day."""

from datetime import date

from app.core.law import hours
from app.core.law.facts import Fact, facts
from tests.cases import cases


@cases("fact", list(facts().values()))
def test_fact_can_be_cited(fact: Fact) -> None:
    assert fact.citation == f"{fact.article} {fact.act.name}"
    assert fact.says
    assert fact.source in {"G", "S"}
    assert fact.act.in_force is None or fact.act.in_force <= fact.checked
    assert date(2026, 11, 1) <= fact.checked <= date(2028, 1, 1)


def test_no_fact_stands_twice() -> None:
    assert len({fact.says for fact in facts().values()}) == len(facts())


def test_serious_incidents_are_told_first() -> None:
    assert hours.SERIOUS_INCIDENT < hours.INCIDENT == hours.NOTICE
