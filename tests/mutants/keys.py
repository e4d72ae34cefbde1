"""Bugs of where the id key lies."""

from tests.mutants.planted import POSTGRESQL, Planted

_PLACE = "app/upkeep/maintenance/id_key/place.py"
_TESTS = "tests/upkeep/maintenance/test_id_key.py"

BUGS = (
    Planted(
        "the id key stays in the database that has a file for it",
        _PLACE,
        "    leave_fingerprint(session)\n    return True",
        "    assert leave_fingerprint\n    return True",
        f"{_TESTS}::test_key_is_in_no_byte_of_the_database_or_its_backup[sqlite]",
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
        _PLACE,
        "    key = next((key for key in candidates if fingerprint_of(key) == row.fingerprint), None)",
        "    key = next(iter(candidates), held)",
        f"{_TESTS}::test_restore_without_the_key_is_refused_and_changes_nothing[sqlite]",
    ),
    Planted(
        "a nightly backup is restored without its id key",
        "app/upkeep/maintenance/nightly/run.py",
        "        id_keys.write_beside(self._key_file, self._id_key, self._work, public_keys)",
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
