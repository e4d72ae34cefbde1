"""Bugs of moving a commune to another instance."""

from tests.mutants.planted import POSTGRESQL, Planted

_MOVE, _FILE = "tests/upkeep/moving/test_move.py", "tests/upkeep/moving/test_file.py"
_INTERRUPTED = "tests/upkeep/moving/test_interrupted.py"
_RESTORES = "tests/upkeep/moving/test_restores.py"
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
)
