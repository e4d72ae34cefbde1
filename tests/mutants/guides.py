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
        "a guide says a date that its fact does not",
        "app/commune/guides/statements.py",
        "elif unsaid := _numbers(said) - _numbers(",
        "elif unsaid := _numbers(said[:0]) - _numbers(",
        "tests/commune/guides/test_statements.py::test_each_number_of_a_line_is_in_the_facts_under_it",
    ),
    Planted(
        "a guide that cites a fact at its end says what it likes above",
        "app/commune/guides/statements.py",
        "cited = facts_of(below)",
        "cited = facts_of(body)",
        "tests/commune/guides/test_statements.py::test_line_without_a_fact_under_it_is_named",
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
    Planted(
        "phones are not told that a guide was removed",
        "app/commune/guides/wire.py",
        'if row["removed_at"]:',
        "if place is None:",
        "tests/web/desk/records/test_added_guides.py::"
        "test_removed_guide_leaves_the_phones_and_comes_back[sqlite]",
    ),
    Planted(
        "a phone shows a guide that was removed",
        "static/field/store/view/guideList.ts",
        "stored.filter(({ removed }) => !removed)",
        "stored.filter(({ removed }) => removed || true)",
        "tests/field/sync/guides.test.js::"
        "a guide that the commune has removed leaves the phone and comes back with its text",
    ),
    Planted(
        "a phone keeps what a restored server no longer has",
        "static/field/store/view/guides.ts",
        'if (!known) tx.objectStore("guides").clear();',
        'if (!known) tx.objectStore("guides").count();',
        "tests/field/sync/guides.test.js::"
        "a guide that was added after the backup leaves the phone when the server was restored",
    ),
    Planted(
        "a release drops the guides that only a commune has",
        "app/commune/guides/library.py",
        "_store(session, commune_id, changed)",
        "_store(session, commune_id, changed)"
        " or [session.delete(row) for row in rows if row.code not in library()]",
        "tests/commune/guides/test_library.py::"
        "test_upgrade_brings_new_texts_and_retains_what_the_commune_wrote[sqlite]",
    ),
    Planted(
        "a form for a guide that is sent twice adds two",
        "app/commune/guides/adding.py",
        "return OWN + uuid.UUID(hex=form).hex",
        "return OWN + uuid.uuid5(uuid.UUID(hex=form), str(uuid.uuid4())).hex",
        "tests/web/desk/records/test_added_guides.py::test_form_that_is_sent_twice_adds_one_guide[sqlite]",
    ),
)
