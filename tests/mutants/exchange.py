"""Bugs of the exchange with phones, one for each part of `app/sync`, and of what is in front of it."""

from tests.mutants.planted import Planted

BUGS = (
    Planted(
        "a push does not look for follow-ups that were closed on the day of its first visit",
        "app/sync/applying/preload.py",
        '_FOLLOW_UP.c.closed_on >= bindparam("since", type_=Date),',
        '_FOLLOW_UP.c.closed_on > bindparam("since", type_=Date),',
        "tests/fieldwork/visits/test_follow_ups.py::"
        "test_follow_ups_after_any_history_are_those_computed_from_all_visits",
    ),
    Planted(
        "a follow-up has the day of its own visit instead of the one that closed it",
        "app/fieldwork/visits/follow_ups.py",
        'closed_by["counted_on"] if closed_by else None,',
        'visit["counted_on"] if closed_by else None,',
        "tests/fieldwork/visits/test_follow_ups.py::"
        "test_follow_ups_after_any_history_are_those_computed_from_all_visits",
    ),
    Planted(
        "a visit that leaves a phone for its age takes its day along",
        "app/sync/stored_rows.py",
        'days_left = {row["household_id"] for row in left}',
        "days_left: set[str] = set()",
        "tests/sync/test_stored_rows.py::test_phone_that_was_silent_for_longer_says_the_visits_that_it_missed",
    ),
    Planted(
        "a returned visit of long ago comes to nobody who could correct it",
        "app/sync/stored_rows.py",
        '_VISIT.c.review_state == "returned",',
        '_VISIT.c.review_state == "duplicate",',
        "tests/sync/test_stored_rows.py::test_returned_visit_comes_whatever_its_age_and_can_be_amended",
    ),
    Planted(
        "a lost phone is said to have had visits that came after its last contact",
        "app/sync/lost_phones/contents.py",
        '_VISIT.c.counted_on >= bindparam("oldest"), _VISIT.c.received_at <= _MOMENT)',
        '_VISIT.c.counted_on >= bindparam("oldest"))',
        "tests/sync/lost_phones/test_lost_phones.py::test_what_came_after_the_last_contact_is_not_counted",
    ),
    Planted(
        "a lost phone is said to have had numbers of households that expected nobody",
        "app/sync/lost_phones/contents.py",
        'or_(_OPEN_THEN.exists(), _LAST_RESULT.scalar_subquery() == "come_back")',
        'or_(_HOUSEHOLD.c.id != "", _LAST_RESULT.scalar_subquery() == "come_back")',
        "tests/sync/lost_phones/test_lost_phones.py"
        "::test_numbers_are_those_of_households_that_expected_somebody_then",
    ),
    Planted(
        "a phone that is reported as lost twice begins its hours anew",
        "app/sync/lost_phones/commands.py",
        "    if (known := _reported(session, actor, device)) is not None:",
        "    if (known := _reported(session, actor, device)) is not None and known.unsent < 0:",
        "tests/sync/lost_phones/test_lost_phones.py::test_phone_is_reported_once",
    ),
    Planted(
        "a phone that is reported as lost is not revoked",
        "app/sync/lost_phones/commands.py",
        "    devices.revoke(session, actor, device_id, now)",
        "    devices.find(session, actor)",
        "tests/sync/lost_phones/test_lost_phones.py::"
        "test_report_revokes_the_phone_and_counts_what_it_had_at_its_last_contact",
    ),
    Planted(
        "a phone purges old visits without writing their days into the household",
        "static/field/retention/oldVisits.ts",
        "...news.sort(byDay).reduce(withVisit, row)",
        "...row",
        "tests/field/retention/oldVisits.test.js::"
        "the lists say the same before and after, whatever the visits were",
    ),
    Planted(
        "the ledger is looked up without its commune",
        "app/sync/applying/ledger.py",
        '_LEDGER.c.commune_id == bindparam("commune_id"), in_list(_LEDGER.c.op_id, "op_ids"))',
        'in_list(_LEDGER.c.op_id, "op_ids"))',
        "tests/sync/test_ledger.py::test_id_that_the_commune_next_door_has_used_is_another_operation",
    ),
    Planted(
        "the ledger is purged as early as phones forget what they sent",
        "app/sync/applying/purged.py",
        "RETENTION = timedelta(days=60)",
        "RETENTION = timedelta(days=30)",
        "tests/sync/test_ledger_purge.py::test_entries_stay_for_60_days_and_go_once_a_day_commune_by_commune",
    ),
    Planted(
        "the ledger is purged of amendments, which no visit answers",
        "app/sync/applying/purged.py",
        "        _LEDGER.c.version == 1,",
        "        _LEDGER.c.version >= 1,",
        "tests/sync/test_ledger_purge.py::test_what_no_visit_answers_stays",
    ),
    Planted(
        "the ledger is purged of numbers that are still looked for",
        "app/sync/applying/purged.py",
        "_DEVICE.c.settled_seq > _LEDGER.c.seq",
        "_DEVICE.c.settled_seq > 0",
        "tests/sync/test_ledger_purge.py::test_numbers_above_one_that_is_missing_stay_known",
    ),
    Planted(
        "a visit that is sent again after the purge comes back to its author",
        "app/sync/applying/purged.py",
        "        return is_recorded(",
        "        return False and is_recorded(",
        "tests/sync/test_ledger_purge.py::"
        "test_purged_visit_is_a_duplicate_for_its_phone_another_one_and_a_file",
    ),
    Planted(
        "a phone that fits its quota again stays marked as full",
        "app/sync/push.py",
        '        device["full_since"] = None',
        "        pass",
        "tests/web/desk/overview/test_overview.py::test_phone_above_its_quota_is_listed_revoked_or_not",
    ),
    Planted(
        "a page of several moves the cursor to the end",
        "app/sync/pull.py",
        "cursor = page[-1][0] if more else head",
        "cursor = head",
        "tests/sync/test_pull.py::test_long_lists_come_in_pages_that_miss_and_repeat_nothing",
    ),
    Planted(
        "an older phone gets minimal results",
        "app/web/phone/sync.py",
        "    is_minimal = request.minimal_results",
        "    is_minimal = True",
        "tests/sync/test_minimal_results.py::test_phone_that_does_not_ask_gets_the_whole_row",
    ),
    Planted(
        "a result is minimal whatever was stored",
        "app/sync/wire/minimal_rows.py",
        "    if recorded_row(op, minimal, account_id) != row:",
        "    if not row:",
        "tests/sync/test_minimal_results.py::test_visit_that_is_stored_otherwise_than_sent_comes_back_whole",
    ),
    Planted(
        "decided operations count for the quota",
        "app/sync/applying/quota.py",
        'table.c.state == "open" if model is QuarantinedOperation else table.c.payload != "",',
        'table.c.payload != "",',
        "tests/sync/test_limits.py::test_decided_operations_do_not_count_for_the_quota",
    ),
    Planted(
        "a file that names another commune than its key is read",
        "app/sync/export/importer.py",
        "    if content.commune_id != owner_id:",
        "    if not content.commune_id:",
        "tests/sync/export/test_export_file.py::test_file_that_names_another_commune_than_its_keys_is_refused",
    ),
    Planted(
        "what waited is released the last first",
        "app/sync/quarantine/replay.py",
        "key=lambda row: (row.device_id, row.seq))",
        "key=lambda row: (row.device_id, -row.seq))",
        "tests/sync/quarantine/test_quarantine.py::"
        "test_chain_of_waiting_operations_is_released_in_the_order_of_their_numbers",
    ),
    Planted(
        "a short span inside a long one opens a gap of lost numbers",
        "app/sync/applying/sequence.py",
        "expected = max(expected, last + 1)",
        "expected = last + 1",
        "tests/sync/test_sequence.py::test_gaps_are_the_numbers_that_are_not_known",
    ),
    Planted(
        "a refused upload is answered 200",
        "app/web/delivery/upload.py",
        "UploadPage(problem=problem), 422)",
        "UploadPage(problem=problem))",
        "tests/web/delivery/test_delivery.py::test_file_that_cannot_be_read_ends_in_a_sentence_and_a_code",
    ),
    Planted(
        "another site of the same domain may change something",
        "app/web/middleware/security.py",
        'return site in ("same-origin", "none")',
        'return site in ("same-origin", "same-site", "none")',
        "tests/web/test_security.py::test_changing_request_that_another_site_may_have_caused_is_refused",
    ),
    Planted(
        "an unsigned file is applied",
        "app/sync/export/importer.py",
        '] = UNSIGNED if not is_signed else REVOKED if is_revoked else ""',
        '] = REVOKED if is_revoked else ""',
        "tests/sync/export/test_signed_files.py::"
        "test_unsigned_file_of_an_older_phone_arrives_and_its_phone_needs_nobody_to_count",
    ),
    Planted(
        "an unsigned operation counts once its household arrives",
        "app/sync/quarantine/retry.py",
        "col(QuarantinedOperation.reason).not_in((UNSIGNED, TOO_MANY)),",
        "col(QuarantinedOperation.reason).not_in((TOO_MANY,)),",
        "tests/sync/export/test_signed_files.py::"
        "test_nothing_but_a_decision_lets_an_unsigned_operation_count",
    ),
    Planted(
        "an unsigned file hides a lost number",
        "app/sync/applying/sequence.py",
        "is_proven = [table.c.reason != UNSIGNED] if model is QuarantinedOperation else []",
        "is_proven: list[ColumnElement[bool]] = []",
        "tests/sync/export/test_signed_files.py::"
        "test_unsigned_file_changes_nothing_that_the_server_knows_of_the_phone",
    ),
    Planted(
        "the limit of a day is one too high",
        "app/sync/applying/day_limit.py",
        "if self.known[key] >= MAX_OF_DAY[type]:",
        "if self.known[key] > MAX_OF_DAY[type]:",
        "tests/sync/test_day_limit.py::test_beyond_the_limit_the_rest_waits_and_is_accepted_at_once",
    ),
    Planted(
        "known browsers share the places of all",
        "app/web/sign_in/guard.py",
        "with self._known.slot(browser) if browser else self._active.slot(address):",
        "with self._active.slot(address):",
        "tests/commune/accounts/test_verification.py::test_flood_from_many_addresses_keeps_no_known_browser_out",
    ),
    Planted(
        "a reset password is not recorded",
        "app/commune/credentials/choosing.py",
        "        if target.reset_by:",
        "        if target.is_new_operator:",
        "tests/web/desk/people/test_resets.py::"
        "test_operator_who_resets_a_password_is_named_at_the_next_sign_in_and_to_the_colleagues",
    ),
    Planted(
        "a record that was accepted, reopened unheard and dropped stays sent",
        "static/field/sync/pull.ts",
        'if (!decision || (decision.kind === "accepted" && !isQuarantined(op))) return op;',
        'if (!decision || (decision.kind !== "reopened" && !isQuarantined(op))) return op;',
        "tests/sync/quarantine/test_decisions_on_phones.py::test_phone_says_of_each_record_what_the_ledger_says",
    ),
    Planted(
        "an earlier decision stays beside the one that replaces it",
        "app/sync/applying/held.py",
        "            batch.remove(Tombstone, row)",
        "            pass",
        "tests/sync/quarantine/test_decisions_on_phones.py::test_phone_says_of_each_record_what_the_ledger_says",
    ),
    Planted(
        "a household says met by a visit that its author is taking back",
        "static/field/pages/households/lastVisits.ts",
        "rowDay === undefined || changed.some(isOfRow) ? -1",
        "rowDay === undefined ? -1",
        "tests/field/pages/households/lastVisits.test.js::"
        "a row does not say met by the visit that its author is taking back here",
    ),
    Planted(
        "a household's row stays when one of its days goes back",
        "app/fieldwork/derived/household_days/outdated_rows.py",
        "    if was and _is_earlier(now, was):",
        "    if was and now is was:",
        "tests/fieldwork/derived/test_visited.py::test_row_is_sent_again_when_a_day_goes_back",
    ),
    Planted(
        "a visit of a year ago that counts again reaches no phone",
        "app/fieldwork/derived/household_days/outdated_rows.py",
        "visit.counted.in_hamlet and visit.day > today - SENT_FOR for",
        "visit.counted.in_hamlet for",
        "tests/fieldwork/derived/test_visited.py::test_row_is_sent_again_for_a_visit_that_phones_may_not_get",
    ),
    Planted(
        "a returned visit's household is locked after the feed",
        "app/review/decisions/commands.py",
        '    lock_households(session, batch.commune_id, {row["household_id"] for row in changed})',
        "    changed.clear()",
        "tests/fieldwork/derived/test_visited.py::test_households_are_locked_before_the_feed_when_a_visit_is_returned",
    ),
    Planted(
        "phones do not hear that a period was closed or opened again",
        "app/core/feed.py",
        "periods_version=_COUNTER.c.periods_version + 1",
        "periods_version=_COUNTER.c.periods_version + 0",
        "tests/sync/test_closed_periods.py::"
        "test_phone_gets_the_closed_periods_once_for_each_closing_and_reopening",
    ),
    Planted(
        "after a restore phones keep the closed periods of the history that is lost",
        "app/sync/pull.py",
        'if known is None or (known == version and request.epoch == state["epoch"]):',
        "if known is None or known == version:",
        "tests/sync/test_closed_periods.py::test_after_a_restore_they_come_again_whatever_their_version",
    ),
    Planted(
        "a visit that came after the closing cannot be corrected on the phone",
        "static/field/store/view/closedPeriods.ts",
        "since <= closed_at",
        "since && closed_at",
        "tests/field/test_node.py::test_in_node[pages/closedRecord.test.js]",
    ),
    Planted(
        "whoever sends what a forged file brought proves it",
        "app/sync/applying/known.py",
        "is_authors = quarantined.account_id == context.account_id",
        "is_authors = quarantined.account_id != context.commune_id",
        "tests/sync/export/test_proven_later.py::test_nobody_else_proves_it_by_sending_the_same",
    ),
)
