"""Bugs of where the id key lies."""

from tests.mutants.planted import POSTGRESQL, Planted

_PLACE = "app/upkeep/maintenance/id_key/place.py"
_TESTS = "tests/upkeep/maintenance/test_id_key.py"

BUGS = (
    Planted(
        "the id key stays in the database that has a file for it",
        _PLACE,
        "    leave_fingerprint(session, row.own_key)\n    return True",
        "    assert leave_fingerprint\n    return True",
        f"{_TESTS}::test_database_from_before_gives_its_key_to_the_file",
    ),
    Planted(
        "PostgreSQL keeps what its tables had of the id key",
        _PLACE,
        '_REWRITE = text("VACUUM (FULL) id_key, export_key")',
        '_REWRITE = text("SELECT 1")',
        f"{_TESTS}::test_postgresql_has_the_key_until_it_is_moved[postgresql]",
        POSTGRESQL,
    ),
    Planted(
        "a restore takes any key",
        "app/upkeep/maintenance/id_key/restored.py",
        "    key = next((key for key in candidates if row.fits(key)), None)",
        "    key = next(iter(candidates), None)",
        f"{_TESTS}::test_restore_without_the_key_is_refused_and_changes_nothing[sqlite]",
    ),
    Planted(
        "a new database is made before its id key's file",
        "app/cli/common.py",
        '            if schema == "none":',
        '            if schema == "newer":',
        f"{_TESTS}::test_key_reaches_no_log_of_postgresql[postgresql]",
        POSTGRESQL,
    ),
    Planted(
        "a restored PostgreSQL has had the id key in its log",
        "app/upkeep/maintenance/id_key/restored.py",
        "    know(database.engine, key)\n    return key",
        "    database.write(lambda session: replace_key(session, key))\n    return key",
        f"{_TESTS}::test_key_reaches_no_log_of_postgresql[postgresql]",
        POSTGRESQL,
    ),
    Planted(
        "a nightly backup is restored without its id key",
        "app/upkeep/maintenance/nightly/run.py",
        "        id_keys.write_beside(self._key_file, self._id_key, public_keys)",
        "        assert id_keys.write_beside",
        f"{_TESTS}::test_nightly_backup_is_restored_with_its_place_and_private_key_alone[sqlite]",
    ),
    Planted(
        "copies in restic's repository are each of a tag of their own",
        "app/upkeep/maintenance/nightly/run.py",
        "            restic.copy(file, self._place.tag, place.RETENTION.days)",
        "            restic.copy(file, file.name, place.RETENTION.days)",
        "tests/upkeep/maintenance/test_restic.py::test_expired_copies_are_deleted_and_others_of_the_repository_stay[sqlite]",
    ),
)
