"""Bugs of the domain: one for each package below `app/sync`."""

from tests.mutants.planted import Planted

BUGS = (
    Planted(
        "an operation that is not applied is stored with the number of an identity card",
        "app/sync/applying/operations.py",
        'raw, payload = {**raw, "data": data}, _canonical({**parts, "data": data})',
        'raw = {**raw, "data": data}',
        "tests/sync/test_id_numbers.py::test_two_hundred_hostile_notes",
    ),
    Planted(
        "a name is stored with the number of an identity card",
        "app/commune/accounts/people.py",
        "account.name = stored_text(name)",
        "account.name = nfc(name)",
        "tests/web/desk/test_id_numbers.py::test_names_and_notes_of_the_desk_are_masked",
    ),
    Planted(
        "the upgrade masks what is stored, and phones keep their copies",
        "app/upkeep/migrations/versions/0027_mask_id_numbers.py",
        '{"feed_seq": _next_feed_seq(row["commune_id"])} if name in _FED else {}',
        "{}",
        "tests/upkeep/migrations/test_0027_id_numbers.py::test_upgrade_masks_what_is_stored_and_phones_get_it",
    ),
    Planted(
        "the fifth wrong password is refused as the sixth",
        "app/commune/accounts/throttle.py",
        "        if count > limit:",
        "        if count >= limit:",
        "tests/web/test_sign_in.py::test_five_failures_lock_that_number_alone_for_five_minutes",
    ),
    Planted(
        "an operator's link opens for days instead of minutes",
        "app/commune/credentials/links.py",
        "expires_at=now + lifetime,",
        "expires_at=now + LIFETIME,",
        "tests/web/operator/test_operator.py::test_operators_link_is_late_after_fifteen_minutes",
    ),
    Planted(
        "a telephone number is stored without consent",
        "app/fieldwork/households/consents.py",
        'data.get("phone") or (v != _TICKED and _is_consent(data.get("consent"))):',
        'data.get("phone") or v != _TICKED:',
        "tests/fieldwork/households/test_consents.py::"
        "test_number_without_consent_is_left_out_said_and_nowhere_stored",
    ),
    Planted(
        "a number is shown although nobody is to come",
        "app/fieldwork/derived/household_days/appointments.py",
        "            _FOLLOW_UP.c.closed_by.is_(None),",
        "            _FOLLOW_UP.c.due_on.is_not(None),",
        "tests/sync/test_stored_rows.py::"
        "test_number_of_a_closed_follow_up_is_sent_to_no_phone_and_comes_back_with_the_next_one",
    ),
    Planted(
        "a consent from before a withdrawal brings the number back",
        "app/fieldwork/households/consents.py",
        '    return other["happened_at"] > act["happened_at"]',
        "    return False",
        "tests/fieldwork/households/test_consents.py::"
        "test_last_act_of_a_household_decides_in_whatever_order_they_arrive",
    ),
    Planted(
        "the list of households is not read anew when an import is undone",
        "app/fieldwork/households/search.py",
        '    return row["head"], row["count"]',
        '    return row["head"], 0',
        "tests/web/desk/records/imports/test_undo.py::test_list_of_households_has_no_household_of_an_undone_import",
    ),
    Planted(
        "a return that nobody has read ends with an edit",
        "app/fieldwork/visits/commands.py",
        'if returned_at is None or "seen_return" not in command.model_fields_set:',
        "if returned_at is None or command.seen_return is None:",
        "tests/review/decisions/test_seen_return.py::"
        "test_return_that_the_author_has_not_read_stands_with_the_new_content",
    ),
    Planted(
        "a page of a sorted list repeats the last visit of the page before",
        "app/review/visit_list/pages.py",
        "start = ids.index(position.before) + 1",
        "start = ids.index(position.before)",
        "tests/web/desk/visits/test_sorting.py::test_pages_of_a_sorted_list_have_every_visit_once",
    ),
    Planted(
        "the first page of a household leaves out what came late",
        "app/review/visit_list/listing.py",
        "day >= oldest - MAX_AGE - timedelta(days=1)",
        "day >= oldest - timedelta(days=1)",
        "tests/web/desk/test_pages.py::"
        "test_first_page_of_a_household_has_what_was_received_last_however_late",
    ),
    Planted(
        "a search in a transaction that writes remembers what was undone",
        "app/fieldwork/households/search.py",
        'if actor.suspended or actor.role != "supervisor" or not is_snapshot(session):',
        'if actor.suspended or actor.role != "supervisor":',
        "tests/fieldwork/households/test_search.py::"
        "test_a_change_that_was_undone_is_not_found_by_a_search[postgresql]",
    ),
    Planted(
        "a decision on a whole filter leaves out the visit that changed last",
        "app/review/decisions/selection.py",
        "col(Visit.feed_seq) <= selection.head)",
        "col(Visit.feed_seq) < selection.head)",
        "tests/web/desk/visits/test_bulk_all.py::"
        "test_decision_on_a_whole_filter_leaves_out_and_counts_what_changed",
    ),
    Planted(
        "a sample may be smaller than its share",
        "app/review/decisions/samples.py",
        "ceil(len(places) * percent / 100)",
        "round(len(places) * percent / 100)",
        "tests/web/desk/visits/test_samples.py::test_a_sample_is_of_the_filters_that_are_shown",
    ),
    Planted(
        "house number 12 stands before 5",
        "app/core/text.py",
        '(digits[0].lstrip("0") or "0").zfill(8)',
        "digits[0]",
        "tests/web/desk/records/households/test_household_list.py::"
        "test_alleys_and_house_numbers_are_in_the_order_of_numbers",
    ),
    Planted(
        "households stand by house number before their alley",
        "app/review/register/index.py",
        "by_address(alley, house_no, head_name)",
        "by_address(house_no, alley, head_name)",
        "tests/web/desk/records/households/test_household_list.py::"
        "test_alleys_and_house_numbers_are_in_the_order_of_numbers",
    ),
    Planted(
        "two words whose tones differ are the same",
        "app/core/text.py",
        "tone = next((_TONES[char] for char in word if char in _TONES), 0)",
        "tone = 0",
        "tests/core/test_order.py::test_addresses_and_names_are_in_the_order_of_the_phone",
    ),
    Planted(
        "a household that moved away is a possible duplicate",
        "app/review/deduplication/duplicates.py",
        'col(Household.state) == "active", col(Household.merged_into).is_(None)',
        "col(Household.merged_into).is_(None)",
        "tests/web/desk/records/test_duplicates.py::test_household_that_is_not_active_is_in_no_pair",
    ),
    Planted(
        "a name that a list has in capitals stays so",
        "app/intake/people_import/checks.py",
        "return patterns.title(name) if name.isupper() else name",
        "return name",
        "tests/web/desk/people/test_people_import.py::"
        "test_list_is_understood_first_and_each_person_then_signs_in_by_their_qr_code",
    ),
    Planted(
        "two rows of a list change one household",
        "app/intake/household_import/comparison.py",
        "if rows[change.household_id] == 1]",
        "if rows[change.household_id]]",
        "tests/intake/household_import/test_corrected.py::test_two_rows_similar_to_one_household_are_both_reported",
    ),
    Planted(
        "an outreach session ignores the acknowledged version through a restore",
        "app/fieldwork/outreach/commands.py",
        '["version"] = author.next_version(row["version"])',
        '["version"] = max(row["version"], author.version_floor) + 1',
        "tests/upkeep/maintenance/test_outreach_sessions.py::test_amendments_come_back_with_the_numbers_that_they_had",
    ),
    Planted(
        "one remark more than a month may have is stored",
        "app/fieldwork/remarks/operations.py",
        "if near >= MAX_OF_AUTHOR and",
        "if near > MAX_OF_AUTHOR and",
        "tests/fieldwork/remarks/test_limits.py::test_one_more_than_a_month_may_have_is_refused_until_another_is_withdrawn",
    ),
    Planted(
        "what is flagged since the page was drawn is accepted",
        "app/review/decisions/flagged.py",
        "if since > chosen.head or not chosen.accept}",
        "if not chosen.accept}",
        "tests/web/desk/visits/test_flagged_stay.py"
        "::test_a_visit_flagged_after_the_page_was_drawn_is_skipped_by_both_choices",
    ),
    Planted(
        "new thresholds take no number of the feed",
        "app/core/feed.py",
        "    return _advance(session, commune_id, 1)",
        "    return _advance(session, commune_id, 0)  # nothing has changed",
        "tests/web/desk/visits/test_flagged_stay.py"
        "::test_visits_that_new_thresholds_flag_after_the_page_was_drawn_are_skipped",
    ),
    Planted(
        "a remark that nobody understands is dropped",
        "app/intake/household_import/comparison.py",
        "if is_asked and answers.get(REMARKS) != STAY:",
        "if is_asked and answers.get(REMARKS, STAY) != STAY:",
        "tests/intake/household_import/test_remarks.py::test_rows_with_unclear_remarks_wait_for_one_answer",
    ),
    Planted(
        "two heads at one number whose names differ in their marks are one",
        "app/intake/household_import/similar.py",
        "return any(map(str.isascii, names)) and (first or sum(others) > 1)",
        "return True",
        "tests/intake/household_import/test_not_guessed.py"
        "::test_two_names_but_for_marks_at_one_number_are_asked_about",
    ),
    Planted(
        "another commune of the province is an alley",
        "app/intake/household_import/communes.py",
        "if named & self._others or (",
        "if (",
        "tests/intake/household_import/test_not_guessed.py"
        "::test_the_name_of_another_commune_or_hamlet_refuses_the_row",
    ),
    Planted(
        "an address in a guide need only begin as one of ours",
        "app/commune/guides/rendering.py",
        "not _HREF.fullmatch(value)",
        "not _HREF.match(value)",
        "tests/commune/guides/test_rendering.py::test_link_to_anywhere_else_leads_nowhere",
    ),
    Planted(
        "the first service of the catalog goes up to the last place",
        "app/commune/catalog/commands.py",
        "if 0 <= place < len(offered):",
        "if place < len(offered):",
        "tests/web/desk/records/test_services.py::test_first_goes_no_higher_and_a_stale_page_moves_nothing",
    ),
    Planted(
        "the first day of a month belongs to the month before",
        "app/commune/calendar/period.py",
        "1 if 1 < month_start <= day.day else 0",
        "1 if 1 < month_start < day.day else 0",
        "tests/commune/calendar/test_period.py::test_every_day_lies_in_one_period_of_each_kind",
    ),
    Planted(
        "a call about an earlier code counts for the new one",
        "app/commune/teams/unused_invites.py",
        "about_this = last if last and last.called_at > invite.created_at else None",
        "about_this = last",
        "tests/web/desk/people/test_invite_calls.py::test_call_sent_twice_is_one_and_a_new_code_has_not_been_called_about",
    ),
    Planted(
        "a visit on paper that was decided since is withdrawn unseen",
        "app/intake/paper/commands.py",
        'if row["feed_seq"] != seen:',
        'if row["feed_seq"] < seen:',
        "tests/web/desk/visits/test_paper.py::test_visit_that_was_decided_since_is_not_withdrawn_unseen",
    ),
    Planted(
        "a limited process may take any memory",
        "app/core/subprocesses/apply_limits.py",
        '(resource.RLIMIT_AS, limits["memory_bytes"])',
        "(resource.RLIMIT_AS, None)",
        "tests/core/test_subprocesses.py::test_too_much_memory_ends_a_process",
    ),
    Planted(
        "eight digits in a row are masked",
        "app/core/text.py",
        "{{0,3}}\\d){{8,}}",
        "{{0,3}}\\d){{7,}}",
        "tests/core/test_text.py::test_long_runs_of_digits_are_masked",
    ),
    Planted(
        "the newest files of backups are stored, whether they are good or not",
        "app/upkeep/maintenance/nightly/place.py",
        "[file for file in self.files() if file.is_good][:ALWAYS_STORED]",
        "self.files()[:ALWAYS_STORED]",
        "tests/upkeep/maintenance/test_backup_retention.py::test_backups_with_problems_take_no_place_of_good_ones",
    ),
    Planted(
        "a server writes on to a file that was taken away",
        "app/core/sql/sqlite_file.py",
        "return self._first is None or self._present() == self._first",
        "return True",
        "tests/core/test_sqlite_file.py::test_running_server_stores_nothing_in_a_file_that_was_taken_away",
    ),
    Planted(
        "a database without a table is begun, whatever its server left",
        "app/cli/common.py",
        'if schema == "none" and trace:',
        'if schema == "newest" and trace:',
        "tests/upkeep/maintenance/test_lost_database.py"
        "::test_every_command_refuses_to_begin_anew_beside_the_desk_log[postgresql]",
    ),
    Planted(
        "only revisions that are gone count as changed",
        "app/upkeep/migrations/stamps.py",
        "stored[revision] != applied.get(revision)",
        "revision not in applied",
        "tests/upkeep/migrations/test_stamps.py::test_database_of_a_revision_that_was_changed_is_refused",
    ),
    Planted(
        "one invented failure more than fits is stored",
        "app/sync/phone_failures.py",
        "if known is None and room <= 0:",
        "if known is None and room < 0:",
        "tests/sync/test_phone_failures.py::test_phone_that_invents_codes_fills_no_disk",
    ),
    Planted(
        "the command says minutes where it means hours",
        "app/cli/status.py",
        "hours = status.oldest_unsent / 3600",
        "hours = status.oldest_unsent / 60",
        "tests/web/monitoring/test_monitoring.py::test_status_tells_a_person_what_there_is",
    ),
)
