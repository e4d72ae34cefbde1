"""The bugs that are seeded elsewhere, each by the test that runs the project with it and must detect it.

Of a test that runs several, the one whose parameters name the bug.
"""

from collections.abc import Iterable, Mapping

_RACES, _HISTORIES = (
    "tests/faults/test_races.py::test_",
    "tests/sync/test_histories.py::test_planted_bug_is_found",
)
_VERSIONS = "tests/faults/test_histories.py::test_mutant_of_the_version_rules_is_detected"
_PHONE = "tests/e2e/test_phone_faults.py::test_mutant_of_the_phone_is_detected"
_NODE = "tests/field/test_node.py::test_a_test_detects_the_bug"
_NODE_HISTORIES = "tests/field/test_node.py::test_a_history_detects_the_bug"

# Of `tests/faults/mutants.py`.
SERVER = {
    "answered_before_the_shared_commit": (
        "tests/core/test_group_commit.py::test_answer_before_the_shared_commit_is_detected"
    ),
    "any_device": "tests/e2e/test_switched.py::test_server_that_accepts_any_device_is_detected",
    "caller_remembered": "tests/web/phone/test_callers.py::test_caller_who_is_remembered_is_detected",
    "commit_after_answer": f"{_RACES}answer_before_the_commit_is_detected",
    "failed_answer_undoes_the_push": (
        "tests/core/test_write_then_read.py::test_answer_that_undoes_its_push_is_detected"
    ),
    "identity_cursor": f"{_RACES}identity_cursor_is_detected",
    "no_ledger": f"{_RACES}server_without_ledger_is_detected_by_copies",
    "no_lock": f"{_RACES}server_without_the_lock_is_detected",
    "no_savepoint": "tests/core/test_group_commit.py::test_write_without_a_savepoint_is_detected",
    "no_skew": "tests/faults/test_clocks.py::test_server_that_refuses_large_offsets_is_detected",
    "no_upcast": "tests/faults/test_old_payloads.py::test_server_without_upcasts_is_detected",
    "phones_clock": "tests/faults/test_clocks.py::test_server_that_trusts_the_phones_clock_is_detected",
    "synchronous_normal": "tests/faults/test_disk.py::test_server_that_does_not_flush_the_disk_is_detected",
    **dict.fromkeys(
        (
            "day_in_utc",
            "ledger_of_all_communes",
            "no_tombstone_of_remarks",
            "no_tombstone_on_move",
            "no_versions_of_remarks",
            "refusals_forgotten",
        ),
        _HISTORIES,
    ),
    **dict.fromkeys(
        (
            "acked_version_ignored",
            "floor_of_the_clock",
            "last_writer_only",
            "new_ids_of_households",
            "new_ids_of_people",
            "no_floor",
            "no_order",
        ),
        _VERSIONS,
    ),
}
# Of `tests/field/mutants.py`: those that random histories detect.
IN_HISTORIES = (
    "a conflict takes the version of its row for its own",
    "a new epoch is ignored",
    "Hoàn tác withdraws the visit, whatever was done last",
    "Hoàn tác stays after something else was done",
    "Như nhà trước repeats the first visit of the day instead of the last",
    "a service whose outcome nobody chose is saved with one",
)


def seeded(server: Iterable[str], phone: Iterable[str], field: Iterable[str]) -> dict[str, str]:
    """The test of each bug, by the names of the bugs that the three lists have."""
    known = {name: SERVER.get(name, "") for name in server}
    known |= dict.fromkeys(phone, _PHONE)
    return known | {name: _NODE_HISTORIES if name in IN_HISTORIES else _NODE for name in field}


def detected(bug: str, test: str, passed: Mapping[str, bool]) -> str:
    """The id of the test that detected the bug; empty if none ran, or one did not pass."""
    ids = [id for id in passed if id.partition("[")[0] == test]
    escaped = bug.encode("unicode_escape").decode()
    own = [id for id in ids if f"[{escaped}-" in id] or ids
    return own[0] if own and all(passed[id] for id in own) else ""
