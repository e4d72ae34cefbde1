"""Bugs of the letter that a report is."""

from tests.mutants.planted import Planted

BUGS = (
    Planted(
        "a hamlet is behind at a third of the commune's share",
        "app/reports/wording/sentences.py",
        "BEHIND = Fraction(1, 2)",
        "BEHIND = Fraction(1, 3)",
        "tests/reports/wording/test_sentences.py::"
        "test_each_sentence_equals_the_figures_of_two_hundred_random_communes",
    ),
    Planted(
        "a sentence says that fewer were more",
        "app/reports/wording/sentences.py",
        "    if now > before:",
        "    if now < before:",
        "tests/reports/wording/test_sentences.py::"
        "test_each_sentence_equals_the_figures_of_two_hundred_random_communes",
    ),
    Planted(
        "an edited report does not say that its figures have changed",
        "app/reports/wording/queries.py",
        "        is_outdated=row.generated != joined(sentences),\n        version",
        "        is_outdated=row.text == joined(sentences),\n        version",
        "tests/web/desk/reports/test_wording.py::test_edit_is_marked_and_says_when_its_figures_have_changed",
    ),
    Planted(
        "the list behind a figure leaves out what was recorded in a hamlet that was merged",
        "app/reports/counted/listing.py",
        "tuple(id for id, place in places.items() if place == hamlet_id)",
        "tuple(id for id, place in places.items() if id == place == hamlet_id)",
        "tests/reports/counted/test_listing.py::test_list_of_every_figure_comes_to_the_number_of_the_report",
    ),
    Planted(
        "the Word file of a closed report is a draft",
        "app/reports/forms/docx.py",
        "is_draft = not document.table.is_closed",
        "is_draft = document.table.is_closed or not document.closings",
        "tests/web/desk/reports/test_closing.py::"
        "test_page_and_word_say_draft_or_final_and_who_closed_and_reopened_and_why",
    ),
    Planted(
        "a closed report is printed in the form that was saved since",
        "app/reports/report_form/models.py",
        "if closed is not None and closed.form:",
        "if closed is not None and not closed.form:",
        "tests/web/desk/records/test_report_form.py::"
        "test_later_reports_have_the_form_and_a_closed_one_keeps_its_own",
    ),
    Planted(
        "Excel breaks its pages one column after a pillar begins",
        "app/reports/forms/sheet_layout.py",
        "part.places[0] for part in parts[1:]",
        "part.places[1] for part in parts[1:]",
        "tests/reports/test_parts.py::"
        "test_excel_breaks_its_pages_where_the_parts_end_and_repeats_names_and_headings",
    ),
    Planted(
        "a sheet has the whole name of a table of an earlier build",
        "app/reports/forms/sheet_layout.py",
        "LONGEST_NAME = 31",
        "LONGEST_NAME = 41",
        "tests/reports/test_paper.py::test_any_name_of_a_table_is_the_name_of_its_sheet",
    ),
    Planted(
        "a column in Word is narrower than the longest word of its heading",
        "app/reports/forms/widths.py",
        "least = min(_MOST, max(_LEAST, whole + padding))",
        "least = min(_MOST, _LEAST)",
        "tests/reports/test_paper.py::test_no_word_or_number_is_broken_in_word",
    ),
    Planted(
        "a chart leaves out the last day of a week",
        "app/reports/charts/weeks.py",
        "if first <= day <= end:",
        "if first <= day < end or day == first:",
        "tests/reports/charts/test_charts.py::"
        "test_charts_and_figures_of_random_communes_are_the_numbers_of_the_report",
    ),
    Planted(
        "Word draws a service in the pillars that it is not of",
        "app/reports/forms/word_charts.py",
        "tuple(row.values[0] if row.group == one else None for one in pillars)",
        "tuple(row.values[0] if row.group != one else None for one in pillars)",
        "tests/reports/charts/test_word.py::"
        "test_charts_in_word_have_their_table_as_words_and_as_numbers_that_can_be_edited",
    ),
    Planted(
        "a hamlet has the adults who were counted together with those of another one",
        "app/reports/extras/tables.py",
        "if not wanted <= set(one.counts) or not covered <= set(members):",
        "if not wanted <= set(one.counts) or not members:",
        "tests/reports/extras/test_hamlet_counts.py::"
        "test_printed_numbers_are_those_of_the_people_who_live_there",
    ),
    Planted(
        "a hamlet that nobody has counted has no adults",
        "app/reports/extras/tables.py",
        "if not wanted <= set(one.counts) or not covered <= set(members):\n        return None\n"
        "    return sum(one.counts[id] for id in wanted)",
        "if not covered <= set(members):\n        return None\n"
        "    return sum(one.counts.get(id, 0) for id in wanted)",
        "tests/web/desk/reports/extras/test_extras.py::"
        "test_closed_report_keeps_the_numbers_that_it_was_closed_with",
    ),
    Planted(
        "a rate that was removed stays in the report",
        "app/reports/extras/tables.py",
        "for one in list_rates(session, actor, table.period.code) if one.removed_at is None]",
        "for one in list_rates(session, actor, table.period.code)]",
        "tests/web/desk/reports/extras/test_rates.py::"
        "test_rates_are_printed_as_they_were_typed_until_they_are_removed",
    ),
    Planted(
        "what people had already is a new result",
        "app/reports/extras/outcomes.py",
        '"new": ("did_it", "done_for_them"),',
        '"new": ("did_it", "done_for_them", "already_had"),',
        "tests/reports/extras/test_outcomes.py::test_new_results_are_what_brute_force_and_their_lists_say",
    ),
)
