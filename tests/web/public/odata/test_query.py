"""`$filter` and the other options: what is understood means what OData says, everything else is refused."""

import random
from datetime import date
from typing import Any

import pytest

from app.web.public.odata.model import FIGURES, REPORTS
from app.web.public.odata.query import QueryError, parse_options
from tests.cases import cases


def options(*parameters: tuple[str, str]) -> Any:
    return parse_options(FIGURES, parameters)


def test_random_filters_mean_what_they_say() -> None:
    dice = random.Random(3)
    for _ in range(500):
        chosen = [_term(dice) for _ in range(dice.randrange(1, 6))]
        text = _joined(dice, [f"{name} {operator} {literal}" for name, operator, literal, _value in chosen])
        terms = options(("$filter", text)).terms
        assert [(one.name, one.operator, one.value) for one in terms] == [
            (name, operator, value) for name, operator, _literal, value in chosen
        ], text


def _joined(dice: random.Random, terms: list[str]) -> str:
    """In random parentheses, which clients write around comparisons."""
    if len(terms) > 1:
        at = dice.randrange(1, len(terms))
        return f"{_joined(dice, terms[:at])} and {_joined(dice, terms[at:])}"
    return dice.choice(("{}", "({})", "(( {} ))")).format(terms[0].replace("{", "").replace("}", ""))


def _term(dice: random.Random) -> tuple[str, str, str, Any]:
    operator = dice.choice(("eq", "ge", "le"))
    if dice.random() < 0.4:
        value = "".join(dice.choice("ab 'và and eq(),") for _ in range(dice.randrange(8)))
        quoted = value.replace("'", "''")
        return dice.choice(("Commune", "Heading", "Kind")), operator, f"'{quoted}'", value
    if dice.random() < 0.5:
        day = date.fromordinal(dice.randrange(737_000, 740_000))
        return dice.choice(("First", "Last")), operator, day.isoformat(), day
    number = dice.randrange(-50, 5_000)
    return "Count", operator, str(number), number


@cases(
    "parameters, status",
    [
        ([("$orderby", "Last")], 501),
        ([("$skip", "5")], 501),
        ([("$expand", "x")], 501),
        ([("$apply", "x")], 501),
        ([("$format", "atom")], 501),
        ([("$filter", "Count gt 5")], 501),
        ([("$filter", "Count eq 5 or Count eq 6")], 501),
        ([("$filter", "contains(Heading,'x')")], 501),
        ([("$filter", "not (Count eq 5)")], 501),
        ([("$filter", " and ".join(["Count eq 5"] * 11))], 501),
        ([("$filter", "Count eq 5 and")], 400),
        ([("$filter", "Heading eq 'x")], 400),
        ([("$filter", "(Count eq 5")], 400),
        ([("$filter", "Count eq 5)")], 501),
        ([("$filter", "()")], 400),
        ([("$filter", "(" * 500)], 501),
        ([("$filter", "Count eq 'x'")], 400),
        ([("$filter", "First eq 2026-13-01")], 400),
        ([("$filter", "ClosedAt ge 2026-01-01T00:00:00")], 400),
        ([("$filter", "Salary eq 5")], 400),
        ([("$filter", "x" * 1_001)], 400),
        ([("$select", "Salary")], 400),
        ([("$top", "-1")], 400),
        ([("$top", "x")], 400),
        ([("$count", "yes")], 400),
        ([("$top", "1"), ("$top", "2")], 400),
    ],
)
def test_everything_else_is_refused_by_name(parameters: list[tuple[str, str]], status: int) -> None:
    with pytest.raises(QueryError) as refused:
        parse_options(FIGURES, parameters)
    assert refused.value.status == status


def test_other_parameters_and_no_option_are_all_of_the_set() -> None:
    everything = parse_options(REPORTS, [("fallback", "1")])
    assert everything.select == tuple(one.name for one in REPORTS.properties)
    assert (everything.terms, everything.top, everything.is_counted) == ((), None, False)
