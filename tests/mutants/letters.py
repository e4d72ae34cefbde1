"""Bugs of the letter that a report is."""

from tests.mutants.planted import Planted

BUGS = (
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
        "app/reports/forms/xlsx.py",
        "part.places[0] for part in parts[1:]",
        "part.places[1] for part in parts[1:]",
        "tests/reports/test_parts.py::"
        "test_excel_breaks_its_pages_where_the_parts_end_and_repeats_names_and_headings",
    ),
)
