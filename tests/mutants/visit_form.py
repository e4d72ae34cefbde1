"""Bugs of recording at the door: *Như nhà trước*, *Ghi nhanh*, *Tập dùng*."""

from tests.mutants.planted import Planted

_REPEAT = "tests/e2e/test_visit_before.py::"
_BEFORE = "tests/field/pages/visits/visitBefore.test.js::"
_PRACTICE = "tests/e2e/test_practice.py::"

BUGS = (
    Planted(
        "Như nhà trước chooses an outcome too",
        "static/field/ui/forms/repeatVisit.ts",
        "    if (service?.checked !== checked) service?.click();",
        "    if (service?.checked !== checked) service?.click(), "
        """form.querySelector<HTMLInputElement>(`[name="outcome-${code}"]`)?.click();""",
        f"{_REPEAT}test_services_of_the_house_before_are_chosen_and_their_outcomes_are_not",
    ),
    Planted(
        "the second of two quick taps on Như nhà trước chooses what came under the finger",
        "static/field/ui/forms/formControls.ts",
        "  if (repeatVisit(form, target)) swapped = true;",
        "  repeatVisit(form, target);",
        f"{_REPEAT}test_services_of_the_house_before_are_chosen_and_their_outcomes_are_not",
    ),
    Planted(
        "Như nhà trước takes away a service for which something was entered",
        "static/field/ui/forms/repeatVisit.ts",
        'values.get(`outcome-${code}`) || values.get(`people-${code}`) !== "1"',
        "values.get(`outcome-${code}`)",
        f"{_REPEAT}test_second_tap_takes_the_services_away_unless_something_was_entered",
    ),
    Planted(
        "what Ghi nhanh records scrolls out of sight",
        "static/css/later/quick.css",
        "inset-block-start: calc(-1 * var(--space-3));\n      max-block-size: 65vh;",
        "inset-block-end: 0;\n      max-block-size: 65vh;",
        "tests/e2e/test_quick_mark.py::test_one_tap_records_one_visit",
    ),
    Planted(
        "Như nhà trước repeats what a teammate did",
        "static/field/pages/visits/visitBefore.ts",
        "visit.recorded_by !== reader || ",
        "",
        f"{_BEFORE}nothing is offered before the first visit of the day with services at another household",
    ),
    Planted(
        "a tab that practises syncs",
        "static/field/boot/main.ts",
        "if (!isPractising()) await startWork();",
        "await startWork();",
        f"{_PRACTICE}test_room_practises_without_a_network_and_nothing_of_it_is_sent",
    ),
    Planted(
        "one household marked is three",
        "static/field/pages/practice/tasks.ts",
        "const QUICK_MARKS = 3;",
        "const QUICK_MARKS = 1;",
        "tests/field/practice/practice.test.js::each task is done when the records say so, and not before",
    ),
)
