"""Bugs that only one of the two databases shows: their tests have to run on that one."""

from tests.mutants.planted import POSTGRESQL, SQLITE, Planted

BUGS = (
    Planted(
        "sums are ordered by a column that is not grouped",
        "app/fieldwork/outreach/queries.py",
        "session.execute(found.group_by(*keys).order_by(None))",
        "session.execute(found.group_by(*keys))",
        "tests/fieldwork/outreach/test_queries.py::"
        "test_sessions_and_people_are_counted_by_hamlet_within_the_period[postgresql]",
        POSTGRESQL,
    ),
    Planted(
        "overdue appointments are grouped by the person's id and show the name",
        "app/review/register/overdue.py",
        "return groups.group_by(hamlet_id, *person)",
        "return groups.group_by(hamlet_id, person[0])",
        "tests/review/register/test_coverage.py::"
        "test_appointment_is_overdue_from_the_day_after_until_somebody_returns[postgresql]",
        POSTGRESQL,
    ),
    Planted(
        "days are compared with texts",
        "app/fieldwork/derived/flags/neighbours.py",
        'in_list(cast(_VISIT.c.counted_on, String), "days")',
        'in_list(_VISIT.c.counted_on, "days")',
        "tests/fieldwork/derived/flags/test_rules.py::test_44_visits_at_12_seconds_with_one_note[postgresql]",
        POSTGRESQL,
    ),
    Planted(
        "numbers are compared with texts",
        "app/core/sql/prepared.py",
        "item = BigInteger() if isinstance(column.type, Integer) else String()",
        "item = String()",
        "tests/sync/test_pull.py::test_rows_of_the_results_are_omitted_from_the_changes_on_request[postgresql]",
        POSTGRESQL,
    ),
    Planted(
        "who has left comes first among those with one number: NULL is last in PostgreSQL",
        "app/intake/people_import/checks.py",
        "with_number.order_by(col(Account.ended_at).is_not(None), col(Account.id))",
        "with_number.order_by(col(Account.ended_at), col(Account.id))",
        "tests/intake/people_import/test_checks.py::test_number_is_that_of_who_is_here_and_not_of_who_left[postgresql]",
        POSTGRESQL,
    ),
    Planted(
        "services with equally many needs stand as they were grouped, in SQLite by their codes",
        "app/fieldwork/derived/needs/queries.py",
        ".order_by(count.desc(), code)",
        ".order_by(count.desc())",
        "tests/web/desk/coverage/test_needs.py::test_services_with_equally_many_needs_stand_by_their_codes[postgresql]",
        POSTGRESQL,
    ),
    Planted(
        "an instant of another zone is stored as it is",
        "app/core/clock.py",
        '_utc(instant).isoformat(" ", "microseconds")',
        'instant.isoformat(" ", "microseconds")',
        "tests/web/desk/visits/test_visit_list.py::test_filters_narrow_the_list[sqlite]",
        SQLITE,
    ),
    Planted(
        "SQLite does not look at foreign keys",
        "app/core/sql/engine.py",
        '("foreign_keys=ON", "journal_mode=WAL"',
        '("journal_mode=WAL"',
        "tests/core/test_engine.py::test_row_without_what_it_belongs_to_is_refused[sqlite]",
        SQLITE,
    ),
)
