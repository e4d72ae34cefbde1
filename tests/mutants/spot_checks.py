"""Bugs of *Hậu kiểm*."""

from tests.mutants.planted import Planted

_DRAW, _ESTIMATE = "tests/review/spot_checks/test_drawing.py", "tests/review/spot_checks/test_estimate.py"
_COMMANDS, _PAGES = "tests/review/spot_checks/test_commands.py", "tests/web/desk/reports/test_spot_checks.py"

BUGS = (
    Planted(
        "a household that has moved away is drawn",
        "app/review/spot_checks/population.py",
        '        col(Household.state) == "active",',
        '        col(Household.state) != "",',
        f"{_COMMANDS}::test_only_households_that_were_met_and_are_on_the_list_are_drawn",
    ),
    Planted(
        "a draw follows the order in which households are read",
        "app/review/spot_checks/drawing.py",
        "    ordered = {key: sorted(members[key], key=lambda one: _rank(one, seed)) for key in keys}",
        "    ordered = {key: members[key] for key in keys}",
        f"{_DRAW}::test_same_households_and_seed_give_the_same_draw_in_any_order",
    ),
    Planted(
        "strata count alike, however many households they have",
        "app/review/spot_checks/estimate.py",
        "    share = sum(one.households * one.confirmed / one.answers for one in answered) / households",
        "    share = sum(one.confirmed / one.answers for one in answered) / len(answered)",
        f"{_ESTIMATE}::test_each_answer_counts_for_the_households_that_it_stands_for",
    ),
    Planted(
        "the answer of a colleague is overridden unseen",
        "app/review/spot_checks/commands.py",
        "        if row.answer != entered.seen:",
        "        if False:",
        f"{_COMMANDS}::test_answer_of_a_colleague_is_not_overridden_unseen",
    ),
    Planted(
        "a month is drawn again without a reason",
        "app/review/spot_checks/commands.py",
        "    if len(reason) > MAX_REASON or (draws and not reason):",
        "    if len(reason) > MAX_REASON:",
        f"{_COMMANDS}::test_month_is_drawn_again_with_a_reason_only_and_the_same_form_draws_once",
    ),
    Planted(
        "a closed report says what was found since",
        "app/reports/spot_checks/lines.py",
        "    figures = closed.spot_checks if closed else spot_check_figures(session, actor, period)",
        "    figures = spot_check_figures(session, actor, period)",
        f"{_PAGES}::test_closed_report_stays_as_it_was_and_a_colleagues_answer_too",
    ),
)
