"""Bugs of what a province sees: whose, what, and which sums."""

from tests.mutants.planted import Planted

BUGS = (
    Planted(
        "a viewer looks at communes of other provinces",
        "app/commune/province_access.py",
        "    return select(Commune).where(col(Commune.province_code) == viewer.province_code)",
        "    return select(Commune)",
        "tests/web/province/test_overview.py::test_viewers_of_other_provinces_see_their_own",
    ),
    Planted(
        "a viewer sees what was reopened",
        "app/commune/accounts/access.py",
        '    return columns.reopened_at.is_(None) if "reopened_at" in columns else true()',
        "    return true()",
        "tests/province/test_access.py::test_viewer_sees_no_row_but_the_closed_period",
    ),
    Planted(
        "a viewer sees the rows of every table of a commune",
        "app/commune/accounts/access.py",
        "    if not issubclass(model, ProvinceRow):",
        '    if "commune_id" not in columns:',
        "tests/province/test_access.py::test_viewer_sees_no_row_but_the_closed_period",
    ),
    Planted(
        "a closed report shows the province who wrote its remarks",
        "app/province/sent.py",
        "    return replace(closed_table(session, actor, closed), difficulties=(), practices=())",
        "    return replace(closed_table(session, actor, closed))",
        "tests/web/province/test_report.py::test_closed_report_has_no_remark_that_is_not_shared",
    ),
    Planted(
        "a reopened period stays in the province's totals",
        "app/province/totals.py",
        "        .where(ReportSummary.code == code, col(ReportSummary.reopened_at).is_(None))",
        "        .where(ReportSummary.code == code)",
        "tests/web/province/test_report.py::test_reopened_period_is_in_no_total_and_page_and_files_say_so",
    ),
    Planted(
        "the province adds up the first hamlets of communes",
        "app/reports/summary.py",
        "    whole = closed.rows[-1][1:]",
        "    whole = closed.rows[0][1:]",
        "tests/reports/test_summary.py::test_line_is_the_commune_s_last_row",
    ),
    Planted(
        "a service that a commune has switched off is not known",
        "app/province/totals.py",
        "        return self.figures.get(code, 0 if code.startswith(SERVICE_PREFIX) else None)",
        "        return self.figures.get(code)",
        "tests/web/province/test_report.py::test_service_that_a_commune_has_switched_off_is_none_there",
    ),
    Planted(
        "every household of the list counts as met for the province",
        "app/province/status.py",
        'func.count(_VISITED.c.first_on).label("met")',
        'func.count().label("met")',
        "tests/province/test_status.py::test_coverage_is_the_desk_s",
    ),
    Planted(
        "a commune is late on the fifth day",
        "app/province/glance.py",
        '    return "late" if days.last + LATE_AFTER < today else "open"',
        '    return "late" if days.last + LATE_AFTER <= today else "open"',
        "tests/web/province/test_overview.py::test_period_is_late_after_five_days",
    ),
    Planted(
        "a remark that was changed since it was read is shared",
        "app/reports/sharing.py",
        "    if remark.feed_seq != seen:",
        "    if remark.feed_seq < seen:",
        "tests/web/desk/reports/test_sharing.py::test_shared_text_stays_until_the_new_one_is_shared",
    ),
    Planted(
        "a name without its accents is shared with the province",
        "app/reports/sharing.py",
        "    return _WORD.findall(fold(text))",
        "    return _WORD.findall(text.lower())",
        "tests/web/desk/reports/test_sharing.py::"
        "test_text_with_the_name_of_a_household_or_member_is_not_shared",
    ),
    Planted(
        "a viewer who was ended since the backup is back after a restore",
        "app/upkeep/maintenance/epoch.py",
        '        if entry["what"] == VIEWERS.set_event:',
        '        if entry["what"] == VIEWERS.kind:',
        "tests/upkeep/maintenance/test_undone.py::test_viewer_of_a_province_ended_since_the_backup_stays_out",
    ),
)
