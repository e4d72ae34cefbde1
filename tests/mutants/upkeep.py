"""Bugs of keeping a server: what follows when a database has lost its end."""

from tests.mutants.planted import Planted

_TAMPERING = "tests/upkeep/audit/test_tampering.py"

BUGS = (
    Planted(
        "an archive is restored without the log of the day",
        "app/upkeep/maintenance/nightly/archive.py",
        "    barman.complete_log()",
        "    barman.backups()",
        "tests/upkeep/maintenance/test_archive.py::"
        "test_what_is_recorded_until_the_night_is_restored_from_the_base_backup_of_the_week",
    ),
    Planted(
        "an archive outlives the day in its name",
        "app/upkeep/maintenance/nightly/archive.py",
        "and day <= today]",
        "and day < today]",
        "tests/upkeep/maintenance/test_archive.py::test_base_backup_and_its_log_are_gone_on_the_day_in_its_name",
    ),
    Planted(
        "a restore brings an erased household back",
        "app/upkeep/maintenance/epoch.py",
        "        erased_households=erase_again(session, lost, now),",
        "        erased_households=0,",
        "tests/upkeep/maintenance/test_erasure_histories.py::test_history_brings_no_erased_household_back",
    ),
    Planted(
        "what a phone still sends of an erased household is quarantined",
        "app/sync/applying/apply.py",
        "gate.find([*refused, *waiting]):",
        "gate.find([*refused]):",
        "tests/upkeep/maintenance/test_erasure_histories.py::test_history_brings_no_erased_household_back",
    ),
    Planted(
        "the erased household comes back under another id",
        "app/sync/applying/apply.py",
        "    is_recognised, labels = gate.recognise(new, context)",
        "    is_recognised, labels = gate.recognise([], context)",
        "tests/sync/test_erased_labels.py"
        "::test_what_was_written_before_is_answered_erased_and_nothing_of_it_is_stored",
    ),
    Planted(
        "an operation on an erased household is stored when the database fails",
        "app/sync/applying/ledger.py",
        "{operation.op_id for operation in gate.find_all(retried, context)}",
        "{operation.op_id for operation in retried if gate.find_all([], context)}",
        "tests/sync/test_erased_labels.py"
        "::test_operation_that_met_a_fault_of_the_database_is_not_stored_when_its_household_is_erased",
    ),
    Planted(
        "a version of a visit that was moved to another household outlives the erasure",
        "app/upkeep/erasure/locations.py",
        '    for row in [*rows, *_rows(session, table, erased, "visit_id", erased.visit_ids)]:',
        '    for row in [*_rows(session, table, erased, "visit_id", erased.visit_ids)]:',
        "tests/upkeep/erasure/test_erase_household.py"
        "::test_what_a_visit_said_before_it_was_moved_to_another_household_is_erased",
    ),
    Planted(
        "a promoted standby takes records before the new epoch",
        "app/core/epoch.py",
        '    if not row["is_on_timeline"]:',
        "    if False:",
        "tests/upkeep/maintenance/test_promotions.py"
        "::test_server_begins_a_new_epoch_by_itself_and_nothing_acknowledged_is_lost",
    ),
    Planted(
        "a promoted standby answers polls before the new epoch",
        "app/sync/pull.py",
        "    refuse_other_timeline(state)\n    return",
        "    assert state\n    return",
        "tests/upkeep/maintenance/test_promotions.py"
        "::test_server_begins_a_new_epoch_by_itself_and_nothing_acknowledged_is_lost",
    ),
    Planted(
        "a server does not look for promotions",
        "app/main.py",
        "        yield _watch_promotions(Promotions(database, log, settings.after_promotion, clock))",
        "        assert log",
        "tests/upkeep/maintenance/test_promotions.py"
        "::test_running_server_goes_on_at_the_promoted_standby_and_has_everything",
    ),
    Planted(
        "each process that notices a promotion begins an epoch",
        "app/upkeep/promotion.py",
        "    is_still_other = _locked(session).timeline == seen.stored",
        "    is_still_other = True",
        "tests/upkeep/maintenance/test_promotions.py"
        "::test_several_processes_that_notice_it_at_once_begin_one_epoch",
    ),
    Planted(
        "what was decided while a history began counts as lost",
        "app/upkeep/maintenance/epoch.py",
        "    entries = not_stored(session, lost.entries)",
        "    entries = lost.entries",
        "tests/upkeep/maintenance/test_begin_history.py"
        "::test_phone_that_signs_in_while_a_history_begins_stays_in[postgresql]",
    ),
    Planted(
        "what a new history has reverted is reverted again where its backup is restored",
        "app/upkeep/maintenance/epoch.py",
        "    store(session, entries)",
        "    assert store",
        "tests/upkeep/maintenance/test_begin_history.py"
        "::test_backup_of_the_new_history_reverts_nothing_again_on_a_machine_that_has_not_served_since[sqlite]",
    ),
    Planted(
        "two transactions at once follow the same entry of the desk log",
        "app/core/audit/chain.py",
        "    head, lines = lock_head(session, commune_id), []",
        "    head, lines = (lambda one: Head(one.seq, one.hash) if one else lock_head(session, commune_id))("
        "session.get(AuditHead, commune_id)), []",
        "tests/core/audit/test_chain.py::test_transactions_at_once_make_one_chain[postgresql]",
    ),
    Planted(
        "a chain that was written anew is not compared with the desk log's file",
        "app/upkeep/audit/verification.py",
        "    elif any(line.content != content for line in lines):",
        "    elif all(line.content == b'' for line in lines):",
        f"{_TAMPERING}::test_tampering_is_named[sqlite-_alter_line-]",
    ),
    Planted(
        "a purge of the desk log is believed by its own word",
        "app/upkeep/audit/verification.py",
        "line in purged if line.at >= before})",
        "line in purged if line.at < ''})",
        f"{_TAMPERING}::test_tampering_is_named[sqlite-_purge_with-]",
    ),
    Planted(
        "lines of deleted entries are not looked for",
        "app/upkeep/audit/verification.py",
        "    if unknown := len(deleted) - len(purged):",
        "    if unknown := len(purged) - len(purged):",
        f"{_TAMPERING}::test_tampering_is_named[sqlite-_cut_tail-]",
    ),
    Planted(
        "a desk log's file that lost lines is refilled",
        "app/upkeep/maintenance/desk_log.py",
        "        if not is_whole and mark is not None and not is_shorter:",
        "        if not is_whole and mark is not None:",
        f"{_TAMPERING}::test_nothing_is_added_to_a_file_that_lost_lines[sqlite]",
    ),
    Planted(
        "entries of the desk log are deleted however young they are",
        "app/upkeep/migrations/append_only.py",
        'f"coalesce({_IS_YOUNG}, true)"',
        'f"coalesce({_IS_YOUNG}, true) AND false"',
        "tests/upkeep/audit/test_purge.py::test_database_deletes_nothing_that_is_young[sqlite]",
    ),
    Planted(
        "the newest decision is the one with the latest time",
        "app/upkeep/audit/decisions.py",
        "newest.get(decision.visit_id, placed), key=itemgetter(0))",
        "newest.get(decision.visit_id, placed), key=lambda one: 0)",
        "tests/upkeep/audit/test_decisions.py"
        "::test_decisions_follow_each_other_as_the_desk_log_says_whatever_the_clock_did[sqlite]",
    ),
    Planted(
        "what the file alone has was reverted, wherever it stands",
        "app/upkeep/audit/verification.py",
        "            ended.add(line.epoch)",
        "            continue",
        "tests/upkeep/audit/test_histories.py"
        "::test_what_a_restore_of_before_the_chains_reverted_is_in_the_file_alone[sqlite-False]",
    ),
    Planted(
        "an undo that a restore has reverted counts as tampering",
        "app/upkeep/audit/decisions.py",
        "(noted if batch.undone_at else standing)",
        "(noted if batch.id else standing)",
        "tests/upkeep/audit/test_decisions.py::test_undo_that_a_restore_reverted_is_no_tampering[sqlite]",
    ),
    Planted(
        "a decision of somebody else is not compared with the desk log",
        "app/upkeep/audit/decisions.py",
        'entry.get("by"), entry.get("at")) == (decision.decided_by, wire_time(decision.decided_at))',
        'entry.get("at"),) == (wire_time(decision.decided_at),)',
        "tests/upkeep/audit/test_decisions.py::test_decision_changed_by_sql_is_named[sqlite]",
    ),
    Planted(
        "what a restore has reverted counts as tampering",
        "app/upkeep/audit/decisions.py",
        "            lost.update(range(after[0] + 1 if isinstance(after, list) else seq, seq))",
        "            lost.update(range(seq, seq))",
        "tests/upkeep/audit/test_decisions.py"
        "::test_decisions_that_a_restore_reverted_are_no_tampering[sqlite]",
    ),
    Planted(
        "views that the database did not take are forgotten",
        "app/upkeep/audit/views.py",
        "                    self._database.views.add(view, count)",
        "                    assert view, count",
        "tests/upkeep/audit/test_views.py::test_views_wait_while_the_database_takes_nothing[sqlite]",
    ),
    Planted(
        "a new history leaves no word in the chains",
        "app/upkeep/maintenance/epoch.py",
        "    chains = {*session.exec(select(AuditHead.commune_id)), *lost.heads}",
        "    chains: set[str] = set()",
        "tests/upkeep/audit/test_histories.py::test_backup_of_before_the_chains_is_no_tampering[sqlite]",
    ),
    Planted(
        "a page from a replica says a later time than it has",
        "app/upkeep/replica.py",
        "        return passed[-1].at if passed else None",
        "        return self._marks[-1].at if passed else None",
        "tests/web/desk/test_read_replica.py::test_pages_have_what_the_replica_has_and_say_as_of_when",
    ),
    Planted(
        "who has changed something reads from a replica that lacks it",
        "app/web/reading.py",
        "    if position is None or not replica.is_primary_up:",
        "    if replica.is_usable:",
        "tests/web/desk/test_read_replica.py"
        "::test_browser_that_changed_something_sees_it_at_once_on_every_server",
    ),
    Planted(
        "a replica of another database is not named as one",
        "app/upkeep/replica.py",
        "        if standing.cluster != self._newest.cluster:",
        "        if False:",
        "tests/web/desk/test_read_replica.py::test_wrong_replica_is_not_read_and_is_named[postgresql]",
    ),
    Planted(
        "who took a file while the primary was away is never stored",
        "app/upkeep/maintenance/desk_log.py",
        "    waiting = sorted(log.waiting(offset), key=_commune)",
        "    waiting = sorted(log.waiting(offset)[:0], key=_commune)",
        "tests/web/desk/test_read_replica.py"
        "::test_without_the_primary_pages_and_files_open_and_what_was_taken_is_stored_later",
    ),
    Planted(
        "the numbers of the feed go on where the lost ones began",
        "app/upkeep/maintenance/epoch.py",
        "    session.execute(update(FeedCounter).values(counters))",
        "    assert FeedCounter",
        "tests/upkeep/maintenance/test_begin_history.py"
        "::test_running_server_forgets_what_it_knew_of_the_lost_end",
    ),
)
