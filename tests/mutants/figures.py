"""Bugs of figures: reports, adjustments, what counts, flags."""

from tests.mutants.planted import Planted

BUGS = (
    Planted(
        "a visit's day is that of UTC",
        "app/accounts/author.py",
        "return local_date(self.happened_at)",
        "return self.happened_at.date()",
        "tests/visits/test_record.py::test_day_counted_is_vietnams_on_both_sides_of_midnight",
    ),
    Planted(
        "a tombstone goes to everybody instead of the hamlet",
        "app/visits/commands.py",
        '"id": record_id, "hamlet_id": hamlet_id, "moved_to"',
        '"id": record_id, "hamlet_id": "", "moved_to"',
        "tests/visits/test_amend.py::test_withdrawn_visit_leaves_every_phone_and_cannot_come_back",
    ),
    Planted(
        "people whom nobody counted are none",
        "app/reports/query.py",
        'return attended if attended or not counted.get("sessions", 0) else None',
        "return attended",
        "tests/reports/test_query.py::test_random_report_is_what_brute_force_over_the_rows_says",
    ),
    Planted(
        "what an earlier report has adjusted is adjusted again",
        "app/reports/adjustments.py",
        "    for cells in (snapshot, printed):",
        "    for cells in (snapshot,):",
        "tests/reports/test_adjustments.py::test_closed_periods_and_the_open_one_are_all_that_is_counted",
    ),
    Planted(
        "closed periods are not counted anew when their visits change",
        "app/visits/totals.py",
        "    mark_stale(session, commune_id, {cell.day for cell in was.keys() | now.keys()})",
        "    pass",
        "tests/reports/test_closing.py::"
        "test_late_visit_changes_no_closed_cell_and_is_an_adjustment_in_the_next_period",
    ),
    Planted(
        "a snapshot's own adjustments count as its days",
        "app/reports/adjustments.py",
        '            cells.whole.subtract(one["cells"])',
        "            pass",
        "tests/reports/test_adjustments.py::test_closed_periods_and_the_open_one_are_all_that_is_counted",
    ),
    Planted(
        "a household that had everything already was guided",
        "app/catalog.py",
        'GUIDED = ("did_it", "done_for_them", "explained", "referred")',
        'GUIDED = ("did_it", "done_for_them", "explained", "referred", "already_had")',
        "tests/visits/test_household_days.py::test_household_is_met_or_guided_by_what_its_counted_visits_say",
    ),
    Planted(
        "a visit that counts again keeps the time since which it counted",
        "app/visits/commands.py",
        '        row["counted_since"] = now',
        "        pass",
        "tests/reports/test_counted_since.py::"
        "test_visit_that_was_returned_at_the_closing_can_be_changed_again_and_again",
    ),
    Planted(
        "a cell of a CSV file begins with a formula's sign in full width",
        "app/reports/forms/csv.py",
        r"(?:^(?=\s*[=+\-@＝＋－＠])",
        r"(?:^(?=\s*[=+\-@])",
        "tests/reports/test_forms.py::test_text_with_the_sign_of_a_formula_stays_text",
    ),
    Planted(
        "a period that was opened again stays closed",
        "app/periods/queries.py",
        "    return visible_to(actor, ClosedPeriod).where(col(ClosedPeriod.reopened_at).is_(None))",
        "    return visible_to(actor, ClosedPeriod)",
        "tests/reports/test_closing.py::test_reopening_and_closing_again_gives_the_same_snapshot",
    ),
    Planted(
        "a need that is met on the last day of a period is counted as open",
        "app/needs/queries.py",
        "col(need.closed_on) > day)",
        "col(need.closed_on) >= day)",
        "tests/reports/test_query.py::test_random_report_is_what_brute_force_over_the_rows_says",
    ),
    Planted(
        "as many people as a service may have are flagged",
        "app/flags/rules.py",
        "if visit.people > thresholds.people:",
        "if visit.people >= thresholds.people:",
        "tests/flags/test_rules.py::test_more_than_ten_people_with_one_service",
    ),
    Planted(
        "a notice holds up decisions",
        "app/flags/update.py",
        '"undecided": visit.undecided and not is_notice,',
        '"undecided": visit.undecided,',
        "tests/flags/test_windows.py"
        "::test_a_street_of_absences_by_ghi_nhanh_is_a_notice_that_holds_up_nothing",
    ),
    Planted(
        "the flag of a shared household stands at the visit that arrived second",
        "app/flags/rules.py",
        "(visit.paper, visit.happened_at, visit.received_at, visit.id)",
        "(visit.paper, visit.received_at, visit.happened_at, visit.id)",
        "tests/flags/test_windows.py"
        "::test_the_flag_of_a_shared_household_stands_at_the_visit_that_came_second",
    ),
    Planted(
        "teams and members are those of the day of closing",
        "app/reports/figures.py",
        "    at = min(_start_of(period.last + timedelta(days=1)), now)",
        "    at = now",
        "tests/reports/year/test_year.py::test_every_printed_figure_of_a_year_is_what_the_glossary_defines",
    ),
    Planted(
        "what a reopened period has adjusted is not adjusted again",
        "app/reports/closing.py",
        "    _set_stale(session, actor, closed.period, is_stale=True)",
        "    pass",
        "tests/reports/year/test_year.py::test_every_printed_figure_of_a_year_is_what_the_glossary_defines",
    ),
    Planted(
        "households that are merged go on being counted as two",
        "app/deduplication/merging.py",
        "visit_changes.update(session, actor.commune_id, before, after, now)",
        "visit_changes.update(session, actor.commune_id, before, before, now)",
        "tests/reports/year/test_year.py::test_every_printed_figure_of_a_year_is_what_the_glossary_defines",
    ),
    Planted(
        "a running period is compared with the whole period before",
        "app/web/desk/overview/period_choice.py",
        "    return dates_period(before.first, last)",
        "    return before",
        "tests/reports/year/test_year.py::test_every_printed_figure_of_a_year_is_what_the_glossary_defines",
    ),
    Planted(
        "an activity sheet counts households at which nobody was at home",
        "app/reports/activity.py",
        "        if met:",
        "        if visits:",
        "tests/reports/year/test_year.py::test_every_printed_figure_of_a_year_is_what_the_glossary_defines",
    ),
    Planted(
        "the letter of a report has the first hamlet's figures",
        "app/reports/forms/docx.py",
        "table.rows[-1].cells[1:]",
        "table.rows[0].cells[1:]",
        "tests/reports/year/test_year.py::test_every_printed_figure_of_a_year_is_what_the_glossary_defines",
    ),
)
