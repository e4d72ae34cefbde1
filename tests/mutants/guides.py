"""Bugs of the facts and steps of guides, and of services that a version brings."""

from tests.mutants.planted import Planted

BUGS = (
    Planted(
        "a new service is on in a commune that has chosen its services",
        "app/commune/catalog/services.py",
        "is_on = all(one.changed_at is None for one in known)",
        "is_on = True",
        "tests/commune/catalog/test_refresh.py::"
        "test_commune_that_changed_nothing_offers_them_last_and_one_that_chose_has_them_off[sqlite]",
    ),
    Planted(
        "phones do not get a guide again whose fact was checked again",
        "app/commune/guides/library.py",
        "title, body, *cited)",
        "title, body)",
        "tests/commune/guides/test_fact_lines.py::"
        "test_phones_get_a_guide_again_when_one_of_its_facts_was_checked_again",
    ),
    Planted(
        "a picture that there is not is taken",
        "app/commune/guides/steps.py",
        "if step.picture not in PICTURES:",
        "if not step.picture:",
        "tests/commune/guides/test_steps.py::test_what_is_not_a_step_is_named",
    ),
    Planted(
        "the steps that were shown stand between the form and Back",
        "templates/field/guide_steps.html",
        'data-step-move="next" href="{{ next }}" hx-replace-url="true"',
        'data-step-move="next" href="{{ next }}"',
        "tests/e2e/test_guide_steps.py::test_steps_are_shown_from_the_form_and_nothing_of_it_is_lost",
    ),
    Planted(
        "a search of the guides finds parts of syllables",
        "static/field/pages/guides/guideSearch.ts",
        "` ${word} ` : ` ${word}`",
        "word : word",
        "tests/field/pages/guides/guideSearch.test.js::"
        "a part of a syllable finds nothing, its beginning does while it is typed",
    ),
)
