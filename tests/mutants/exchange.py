"""Bugs of the exchange with phones, one for each part of `app/sync`, and of what is in front of it."""

from tests.mutants.planted import Planted

BUGS = (
    Planted(
        "the ledger is looked up without its commune",
        "app/sync/ledger.py",
        '_LEDGER.c.commune_id == bindparam("commune_id"), in_list(_LEDGER.c.op_id, "op_ids"))',
        'in_list(_LEDGER.c.op_id, "op_ids"))',
        "tests/sync/test_ledger.py::test_id_that_the_commune_next_door_has_used_is_another_operation",
    ),
    Planted(
        "a phone that fits its quota again stays marked as full",
        "app/sync/push.py",
        '        device["full_since"] = None',
        "        pass",
        "tests/web/desk/test_overview.py::test_phone_above_its_quota_is_listed_revoked_or_not",
    ),
    Planted(
        "a page of several moves the cursor to the end",
        "app/sync/pull.py",
        "cursor = page[-1][0] if more else head",
        "cursor = head",
        "tests/sync/test_pull.py::test_long_lists_come_in_pages_that_miss_and_repeat_nothing",
    ),
    Planted(
        "decided operations count for the quota",
        "app/sync/quarantine/quota.py",
        'table.c.state == "open" if model is QuarantinedOperation else table.c.payload != "",',
        'table.c.payload != "",',
        "tests/sync/test_limits.py::test_decided_operations_do_not_count_for_the_quota",
    ),
    Planted(
        "a file that names another commune than its key is read",
        "app/sync/export/importer.py",
        "    if content.commune_id != key.commune_id:",
        "    if not content.commune_id:",
        "tests/sync/export/test_export_file.py::test_file_that_names_another_commune_than_its_keys_is_refused",
    ),
    Planted(
        "what waited is released the last first",
        "app/sync/replay.py",
        "key=lambda row: (row.device_id, row.seq))",
        "key=lambda row: (row.device_id, -row.seq))",
        "tests/sync/quarantine/test_quarantine.py::"
        "test_chain_of_waiting_operations_is_released_in_the_order_of_their_numbers",
    ),
    Planted(
        "a short span inside a long one opens a gap of lost numbers",
        "app/sync/sequence.py",
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
)
