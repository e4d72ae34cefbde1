"""Bugs of keeping a server: what follows when a database has lost its end."""

from tests.mutants.planted import Planted

BUGS = (
    Planted(
        "a promoted standby takes records before the new epoch",
        "app/core/epoch.py",
        '    if not row["is_on_timeline"]:',
        "    if False:",
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
        "what stands before the start in another machine's log is reverted again",
        "app/upkeep/maintenance/desk_log.py",
        "missing -= {id for id, at, _line in log.lines() if at <= begin and id in missing} if begin",
        "missing -= set() if begin",
        "tests/upkeep/maintenance/test_begin_history.py"
        "::test_what_was_reverted_once_is_not_again_on_the_other_machine",
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
        "    session.add_all(stored_entry(entry) for entry in entries)",
        "    assert stored_entry",
        "tests/upkeep/maintenance/test_begin_history.py"
        "::test_backup_of_the_new_history_reverts_nothing_again_on_a_machine_that_has_not_served_since[sqlite]",
    ),
    Planted(
        "the numbers of the feed go on where the lost ones began",
        "app/upkeep/maintenance/epoch.py",
        "    session.execute(update(FeedCounter).values(head=FeedCounter.head + _STEP))",
        "    assert FeedCounter",
        "tests/upkeep/maintenance/test_begin_history.py"
        "::test_running_server_forgets_what_it_knew_of_the_lost_end",
    ),
)
