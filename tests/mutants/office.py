"""Bugs of what the office's pages are made of: declared forms, lists and settings."""

from tests.mutants.planted import Planted

_FORMS, _LISTS = "app/web/forms.py", "app/web/desk/page/lists.py"
_FORM_TESTS, _LIST_TESTS = "tests/web/test_forms.py", "tests/web/desk/page/test_lists.py"
_UNDERSTOOD = f"{_FORM_TESTS}::test_what_is_understood"
_REFUSED = f"{_FORM_TESTS}::test_what_is_not_understood_is_said_at_the_field"
_IN_WORDS = f"{_FORM_TESTS}::test_what_the_domain_refuses_is_said_in_the_forms_words"

BUGS = (
    Planted(
        "a name of blanks is a name",
        _FORMS,
        "if not stored and self.missing:",
        "if not text and self.missing:",
        _REFUSED,
    ),
    Planted(
        "a name has two lines",
        _FORMS,
        'len(stored) > self.most or (self.lines == 1 and "\\n" in stored)',
        "len(stored) > self.most",
        _REFUSED,
    ),
    Planted(
        "a day without its year lies in the past where it is to lie ahead",
        _FORMS,
        "guess = today + _A_YEAR if self.lies_ahead and not has_year else today",
        "guess = today",
        _UNDERSTOOD,
    ),
    Planted(
        "a number beyond its bounds is taken",
        _FORMS,
        "if value is None or not self.least <= value <= self.most:",
        "if value is None:",
        _REFUSED,
    ),
    Planted(
        "a code that no form offers is taken",
        _FORMS,
        "if text not in self.options and (text or self.is_wanted):",
        "if not text and self.is_wanted:",
        _REFUSED,
    ),
    Planted(
        "one choice counts as two",
        _FORMS,
        "len(set(chosen)) == len(chosen)",
        "len(chosen) == len(chosen)",
        _REFUSED,
    ),
    Planted(
        "any text is an id among several",
        _FORMS,
        "if not self.least <= len(texts) <= self.most or not all(map(is_id, texts)):",
        "if not self.least <= len(texts) <= self.most:",
        _REFUSED,
    ),
    Planted(
        "a version that is no number is one",
        _FORMS,
        "return int(text) if len(text) <= 15 and text.isascii() and text.isdigit() else 0",
        "return int(text) if len(text) <= 15 and text.isascii() and text.isdigit() else 1",
        _UNDERSTOOD,
    ),
    Planted(
        "a box that is not ticked is read as ticked",
        _FORMS,
        'return ["yes"] if value else []',
        'return ["yes"]',
        f"{_FORM_TESTS}::test_a_value_that_is_shown_is_read_again",
    ),
    Planted(
        "the focus goes to the last wrong field",
        _FORMS,
        "next((one.name for one in self.form.fields if one.name in self.problems)",
        "next((one.name for one in self.form.fields[::-1] if one.name in self.problems)",
        f"{_FORM_TESTS}::test_all_that_is_wrong_is_said_and_the_first_has_the_focus",
    ),
    Planted(
        "what was typed is lost when the domain refuses it",
        _FORMS,
        "return replace(filled, problems=problems, notice=notice, status=status)",
        "return replace(filled, typed={}, problems=problems, notice=notice, status=status)",
        _IN_WORDS,
    ),
    Planted(
        "a name in use is said to be misspelled",
        _FORMS,
        "if kind and not named:",
        "if kind and not error.fields:",
        _IN_WORDS,
    ),
    Planted(
        "a refusal without words shows the form as if nothing had been sent",
        _FORMS,
        "        if refused is None:",
        "        if refused is None and not error.fields:",
        f"{_FORM_TESTS}::test_what_the_form_has_no_words_for_is_raised",
    ),
    Planted(
        "a form that is mended replaces a colleague's change unseen",
        "templates/desk/page/fields.html",
        "current if form.is_stale else form.version.text or current",
        "current",
        f"{_FORM_TESTS}::test_a_form_keeps_the_version_that_it_was_made_from",
    ),
    Planted(
        "a filter whose value does not exist is ignored unsaid",
        _LISTS,
        "unknown=(*self.unknown, *unknown)",
        "unknown=self.unknown",
        f"{_LIST_TESTS}::test_what_does_not_exist_is_ignored_and_named",
    ),
    Planted(
        "search words stand in the address of a list",
        _LISTS,
        'values = {**self.texts, **changes, self.filters.words: ""}',
        "values = {**self.texts, **changes}",
        f"{_LIST_TESTS}::test_search_words_are_in_no_address",
    ),
    Planted(
        "a filter of any length is read",
        _LISTS,
        "if len(texts[one.name]) > (",
        "if len(texts[one.name]) > 100 * (",
        f"{_LIST_TESTS}::test_every_filter_is_bounded_before_it_is_read",
    ),
    Planted(
        "the next page begins behind the first row of this one",
        _LISTS,
        'next=address("after", ids[-1])',
        'next=address("after", ids[0])',
        f"{_LIST_TESTS}::test_pages_begin_and_end_at_rows",
    ),
    Planted(
        "a setting that a colleague has changed is replaced unseen",
        "app/review/settings.py",
        'if any(str(seen.get(name, "")) != str(value) for name, value in before.items()):',
        "if not seen:",
        "tests/web/desk/records/test_settings.py::test_change_of_a_colleague_is_not_replaced_unseen",
    ),
)
