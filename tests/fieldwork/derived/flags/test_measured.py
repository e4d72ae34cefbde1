"""The rules find what invention looks like and spare the honest, and docs/flags.md says how well."""

import pytest

from app.fieldwork.derived.flags.day_rules import DAY_RULES
from app.fieldwork.derived.flags.rules import AT_SESSION, DAY, RULES
from app.review.visit_list.flag_sentences import NAMES
from tests.fieldwork.derived.flags.days import HELD_OUT, HONEST, INVENTED
from tests.fieldwork.derived.flags.measured import DAYS, FILE, measure, written

FEW = 100


def test_kinds_of_invention_that_have_a_rule_are_found_on_nine_days_of_ten() -> None:
    for name in INVENTED.keys() - HELD_OUT:
        measured = measure(name, FEW)
        assert measured.found >= 0.9 * measured.days, name


def test_honest_patterns_have_at_most_two_flagged_visits_of_a_hundred() -> None:
    for name in HONEST:
        measured = measure(name, FEW)
        assert measured.accused <= 0.02 * measured.honest, name


def test_nobody_is_flagged_for_the_inventions_of_a_colleague() -> None:
    measured = measure("households_of_a_colleague", FEW)
    assert (measured.accused, measured.found) == (0, FEW)


def test_evening_write_ups_and_streets_of_absences_have_notices() -> None:
    for name in ("evening_write_up", "street_of_absences", "two_together", "wrong_clock"):
        measured = measure(name, FEW)
        assert measured.noticed > 20 * measured.accused, name


def test_every_rule_says_how_far_it_looks_and_has_a_name() -> None:
    assert RULES.keys() == NAMES.keys()
    assert {code for code, rule in RULES.items() if rule.looks_at == DAY} == {
        *DAY_RULES,
        AT_SESSION,
    }
    assert all(rule.window for rule in RULES.values())


@pytest.mark.slow
def test_the_tables_of_the_docs_are_what_the_rules_find() -> None:
    assert DAYS > FEW
    text = FILE.read_text("utf-8")
    assert written(text) == text, "python -m tests.fieldwork.derived.flags.measured"
