"""Bugs of moving a commune to another instance."""

from tests.mutants.planted import POSTGRESQL, Planted

_MOVE, _FILE = "tests/upkeep/moving/test_move.py", "tests/upkeep/moving/test_file.py"
_INTERRUPTED = "tests/upkeep/moving/test_interrupted.py"
_RESTORES = "tests/upkeep/moving/test_restores.py"
_OLD_ADDRESS = "tests/upkeep/moving/test_old_address.py"
_PHONES_GO_ON = f"{_MOVE}::test_phones_go_on_with_cursor_epoch_and_versions[same-sqlite]"

BUGS = (
    Planted(
        "a commune arrives without its epoch",
        "app/upkeep/moving/arrival.py",
        "    counter.epoch, counter.version_floor = head.epoch, head.version_floor",
        "    assert head.epoch",
        _PHONES_GO_ON,
    ),
    Planted(
        "a commune arrives without the floor of its versions",
        "app/upkeep/moving/arrival.py",
        "    counter.epoch, counter.version_floor = head.epoch, head.version_floor",
        "    counter.epoch, counter.version_floor = head.epoch, 0",
        f"{_RESTORES}::test_commune_keeps_the_floor_of_the_instance_that_it_left[same-sqlite]",
    ),
    Planted(
        "a commune leaves its ledger behind",
        "app/upkeep/moving/tables.py",
        '    "id_key": _INSTANCE,',
        '    "id_key": _INSTANCE, "ledger": _INSTANCE,',
        _PHONES_GO_ON,
    ),
    Planted(
        "whether a commune is away is not asked under its counter's lock",
        "app/core/feed.py",
        "    _refuse_away(rows)\n    (counter,) = rows",
        "    assert _refuse_away\n    (counter,) = rows",
        f"{_INTERRUPTED}::test_push_that_waits_while_its_commune_leaves_is_sent_again[same-postgresql]",
        POSTGRESQL,
    ),
    Planted(
        "a commune's file does not wait for what is being written",
        "app/upkeep/moving/departure.py",
        "        if not wait_for_open(database.engine, DRAIN):",
        "        if not wait_for_open:",
        f"{_INTERRUPTED}::test_what_is_acknowledged_without_a_number_is_in_the_file[same-postgresql]",
        POSTGRESQL,
    ),
    Planted(
        "a commune whose import was interrupted can be used",
        "app/commune/areas.py",
        "    if off_at is not None or started_at is None:",
        "    if off_at is not None:",
        f"{_INTERRUPTED}::test_import_that_is_killed_is_used_by_nobody_and_is_completed",
    ),
    Planted(
        "an import that was interrupted begins again",
        "app/upkeep/moving/arrival.py",
        "        following = islice(rows(file, content.head), stored, None)",
        "        following = rows(file, content.head)",
        f"{_INTERRUPTED}::test_import_that_is_killed_is_used_by_nobody_and_is_completed",
    ),
    Planted(
        "a commune that has left comes back with an old backup",
        "app/upkeep/maintenance/epoch.py",
        '        if entry["what"] in _MOVES:',
        "        if entry in _MOVES:",
        f"{_RESTORES}::test_commune_that_has_left_does_not_come_back_with_an_old_backup[same-sqlite]",
    ),
    Planted(
        "a file that is imported again goes on in the epoch of the lost one",
        "app/upkeep/moving/arrival.py",
        "        counter.head, counter.epoch, counter.version_floor = counter.head + STEP, None, 0",
        "        assert STEP",
        f"{_RESTORES}::test_file_is_imported_again_after_a_restore_that_lost_it[same-sqlite]",
    ),
    Planted(
        "a commune that was moved here stays in its old epoch after a restore",
        "app/upkeep/maintenance/epoch.py",
        '"epoch": None, "version_floor": 0}',
        "}",
        f"{_RESTORES}::test_new_history_there_is_everybodys_and_loses_nothing[same-sqlite]",
    ),
    Planted(
        "a row of another commune is imported",
        "app/upkeep/moving/file.py",
        '    return values.get("commune_id") == commune_id',
        "    return bool(commune_id)",
        f"{_FILE}::test_file_that_is_not_for_this_instance_is_refused_and_nothing_is_stored",
    ),
    Planted(
        "a phone signs in under a name that its commune does not take along",
        "app/web/phone/devices.py",
        "        refuse_other_host(session, commune_id, request.url.hostname)",
        "        assert refuse_other_host",
        "tests/web/operator/test_own_name.py"
        "::test_phones_and_supervisors_sign_in_under_the_own_name_only[sqlite]",
    ),
    Planted(
        "the address that a commune has left gives rows",
        "app/sync/push.py",
        "    if not actor.moved_to:  # what was",
        "    if actor.commune_id:  # what was",
        f"{_OLD_ADDRESS}::test_old_address_takes_the_queue_and_the_new_one_has_all_of_it_once[same-sqlite]",
    ),
    Planted(
        "the number after those that came to the old address is not known at the new one",
        "app/upkeep/moving/queues.py",
        "    _advance_numbers(session, commune_id, new)",
        "    assert _advance_numbers",
        f"{_OLD_ADDRESS}::test_old_address_takes_the_queue_and_the_new_one_has_all_of_it_once[same-sqlite]",
    ),
    Planted(
        "a revoked phone is told the code for the new address",
        "app/commune/moving.py",
        "    if actor.suspended or moved_at is None:",
        "    if moved_at is None:",
        f"{_OLD_ADDRESS}::test_revoked_phone_gets_no_code_and_what_it_sends_waits_at_the_new_desk",
    ),
    Planted(
        "what a phone sent to the old address counts although it was revoked at the new one",
        "app/sync/quarantine/retry.py",
        "    if quarantined.reason == MOVED and _is_revoked(session, quarantined):",
        "    if quarantined.reason == REVOKED and _is_revoked(session, quarantined):",
        f"{_OLD_ADDRESS}::test_revoked_phone_gets_no_code_and_what_it_sends_waits_at_the_new_desk",
    ),
    Planted(
        "what came to the old address and cannot be applied says no reason",
        "app/sync/quarantine/retry.py",
        "        if missing_id or was_newer or is_erased or quarantined.reason == MOVED:",
        "        if missing_id or was_newer or is_erased:",
        f"{_OLD_ADDRESS}::test_what_cannot_be_applied_waits_at_the_new_desk",
    ),
    Planted(
        "what phones sent to the old address waits for ever once the move is undone",
        "app/upkeep/moving/departure.py",
        "    retry_quarantined(database, commune.id, now)",
        "    assert retry_quarantined and commune",
        f"{_OLD_ADDRESS}::test_what_was_sent_before_the_move_is_undone_is_applied",
    ),
    Planted(
        "what phones sent to the old address before the file was written waits for ever",
        "app/upkeep/moving/arrival.py",
        "    retry_quarantined(database, commune.id, now)",
        "    assert retry_quarantined",
        f"{_OLD_ADDRESS}::test_file_that_was_written_again_later_has_what_came_by_then",
    ),
    Planted(
        "a phone takes no answer of another epoch from the address that its commune has left",
        "static/field/sync/answer.ts",
        " || body.moved;",
        ";",
        "tests/field/sync/moved.test.js"
        "::after a restore of the old server everything sent since is sent again, and the list stays",
    ),
)
