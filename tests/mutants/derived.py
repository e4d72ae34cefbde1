"""Bugs of the tables that follow from visits."""

from tests.mutants.planted import POSTGRESQL, Planted

_TESTS = "tests/fieldwork/derived/"
_FLAGS = "tests/fieldwork/derived/flags/test_evaluation.py::"
_CHECK = "tests/upkeep/maintenance/test_check.py::"

BUGS = (
    Planted(
        "closed periods are not counted anew when their visits change",
        "app/fieldwork/derived/update.py",
        "        mark_stale(session, commune_id, days)",
        "        pass",
        "tests/reports/test_closing.py::"
        "test_late_visit_changes_no_closed_cell_and_is_an_adjustment_in_the_next_period",
    ),
    Planted(
        "what a visit counted for before stays in the totals",
        "app/fieldwork/derived/totals.py",
        "        for fact, sign in ((difference.before, -1), (difference.after, 1)):",
        "        for fact, sign in ((difference.after, 1),):",
        f"{_TESTS}test_totals.py::test_amended_and_withdrawn_visits_count_for_what_they_are_now",
    ),
    Planted(
        "a month has the totals of the one before",
        "app/fieldwork/derived/totals.py",
        "return one.service, month_of(fact.day), fact.hamlet_id, one.outcome",
        "return one.service, month_of(fact.day) + 1, fact.hamlet_id, one.outcome",
        f"{_TESTS}test_monthly_totals.py::test_random_days_are_summed_as_day_by_day",
    ),
    Planted(
        "a new day of a month replaces the others",
        "app/fieldwork/derived/household_days/days.py",
        "return table.c.days.bitwise_or(insert.excluded.days)",
        "return insert.excluded.days",
        f"{_TESTS}test_household_days.py::test_random_days_are_counted_as_brute_force_counts_them",
    ),
    Planted(
        "a day without a visit stays a day of its household",
        "app/fieldwork/derived/household_days/days.py",
        "        if left := before - after:",
        "        if left := set[HouseholdDay]():",
        f"{_TESTS}test_household_days.py::test_household_is_met_or_guided_by_what_its_counted_visits_say",
    ),
    Planted(
        "a household that a visit has left keeps its days",
        "app/fieldwork/derived/household_days/visited_days.py",
        "households = sorted({one.household_id for one in news} | left)",
        "households = sorted({one.household_id for one in news})",
        f"{_TESTS}test_visited.py::test_days_are_those_of_the_visits_after_any_changes",
    ),
    Planted(
        "a visit of the day of the newest one is taken for the newest",
        "app/fieldwork/derived/household_days/added_days.py",
        '        if row and row["last_counted_on"] in counted:',
        "        if False:",
        f"{_TESTS}test_visited.py::test_visits_that_come_together_in_any_order_are_added",
    ),
    Planted(
        "an older visit that arrives late is the newest",
        "app/fieldwork/derived/household_days/added_days.py",
        '        if new["last_counted_on"] is None or new["last_counted_on"] <= day:',
        "        if True:",
        f"{_TESTS}test_visited.py::test_visits_that_come_together_in_any_order_are_added",
    ),
    Planted(
        "a visit that is decided on stays open",
        "app/fieldwork/derived/open_visits.py",
        "            for found, sign in ((difference.before, -1), (difference.after, 1)):",
        "            for found, sign in ((difference.after, 1),):",
        f"{_TESTS}test_totals.py::test_returned_visit_is_not_counted_and_counts_again_when_it_is_amended",
    ),
    Planted(
        "needs are not derived again when a visit without any shows the service",
        "app/fieldwork/derived/needs/update.py",
        "changed = with_needs | _days_in(differences_in(changes, lambda state: state.fact))",
        "changed = with_needs",
        f"{_TESTS}needs/test_update.py::test_later_visit_closes_a_need_whose_service_it_shows",
    ),
    Planted(
        "rows that should not be there survive when tables are written anew",
        "app/fieldwork/derived/mechanism.py",
        "left = [key for key in stored if key not in defined]",
        "left = list[tuple[Any, ...]]()",
        f"{_CHECK}test_what_follows_from_visits_is_written_anew",
    ),
    Planted(
        "phones keep the wrong days of households that were written anew",
        "app/fieldwork/derived/household_days/visited_days.py",
        "        send_again(session, commune_id, households)",
        "        pass",
        f"{_CHECK}test_phones_get_the_rows_of_households_whose_days_were_wrong",
    ),
    Planted(
        "a day's number is no integer, which PostgreSQL does not shift by",
        "app/fieldwork/derived/household_days/days.py",
        '    year, month, number = (cast(extract(part, day), Integer) for part in ("year", "month", "day"))',
        '    year, month, number = (extract(part, day) for part in ("year", "month", "day"))',
        f"{_TESTS}test_household_days.py::"
        "test_household_is_met_or_guided_by_what_its_counted_visits_say[postgresql]",
        POSTGRESQL,
    ),
    Planted(
        "a push does not note the days of its visits",
        "app/fieldwork/derived/flags/update.py",
        "        unevaluated.note(session, commune_id, [one for one in pairs if not _is_only_decided(one)])",
        "        pass",
        f"{_FLAGS}test_a_push_notes_its_days_and_an_evaluation_writes_their_flags",
    ),
    Planted(
        "a household that a visit left is not evaluated",
        "app/fieldwork/derived/flags/unevaluated.py",
        "            households.add((before.household_id, before.day))",
        "            pass",
        f"{_FLAGS}test_a_visit_that_moves_has_both_households_evaluated",
    ),
    Planted(
        "check compares days whose flags are not computed yet",
        "app/fieldwork/derived/flags/update.py",
        "        return [key for key in stored.differing(have, wanted) if not is_open(key)]",
        "        return list(stored.differing(have, wanted))",
        f"{_FLAGS}test_a_lost_note_is_found_by_check",
    ),
    Planted(
        "a day that arrives late tells nothing of those after it",
        "app/fieldwork/derived/flags/evaluation.py",
        "    return history.followers(before, days.of_persons)",
        "    return set()",
        "tests/fieldwork/derived/flags/test_history.py::"
        "test_days_that_arrive_later_tell_more_of_those_after_them",
    ),
    Planted(
        "a day that lost its sign tells of later ones as before",
        "app/fieldwork/derived/flags/history.py",
        "changed = self.signs(person, day) ^ before.signs(person, day)",
        "changed = self.signs(person, day) - before.signs(person, day)",
        "tests/fieldwork/derived/flags/test_history.py::"
        "test_a_day_that_loses_its_sign_takes_back_what_it_told",
    ),
    Planted(
        "flags that are computed late count as shown on a page that was drawn before",
        "app/fieldwork/derived/flags/stored.py",
        'head = head or lock_at_new_head(session, row["commune_id"])',
        'head = head or lock_at_new_head(session, row["commune_id"]) - 1',
        f"{_FLAGS}test_whoever_decides_has_the_flags_computed_first",
    ),
    Planted(
        "many visits are accepted before their flags are computed",
        "app/review/decisions/flagged.py",
        "    evaluate(session, actor.commune_id)",
        "    pass",
        f"{_FLAGS}test_whoever_decides_has_the_flags_computed_first",
    ),
    Planted(
        "a period is closed before its flags are computed",
        "app/reports/closing.py",
        "    evaluate(session, actor.commune_id)",
        "    pass",
        f"{_FLAGS}test_a_period_with_flags_that_nobody_has_computed_is_not_closed_without_a_reason",
    ),
    Planted(
        "a server computes no flags of what came before it started",
        "app/main.py",
        "    yield _evaluate_flags(database)",
        "",
        f"{_FLAGS}test_a_server_computes_them_when_it_starts",
    ),
)
