"""Bugs of statements and transactions that are not of one commune, and of what finds a number's communes."""

from tests.mutants.planted import Planted

_NUMBERS = "app/commune/phone_communes.py"
_KNOWS_NUMBERS = "tests/commune/accounts/test_phone_communes.py"

BUGS = (
    Planted(
        "the list of visits joins the households of all communes",
        "app/review/visit_list/queries.py",
        "(col(Household.commune_id) == commune_id)",
        "(col(Household.commune_id) == Visit.commune_id)",
        "tests/web/desk/visits/test_visit_list.py::test_filters_narrow_the_list",
    ),
    Planted(
        "a prepared statement joins the accounts of all communes",
        "app/commune/accounts/sessions.py",
        '(_ACCOUNT.c.commune_id == bindparam("commune_id"))',
        "(_ACCOUNT.c.commune_id == _SESSION.c.commune_id)",
        "tests/tenancy/test_rule.py::test_prepared_statements_name_their_commune",
    ),
    Planted(
        "what waits is tried again in all communes, in one transaction",
        "app/sync/quarantine/retry.py",
        ".where(col(QuarantinedOperation.commune_id) == commune_id, is_wanted)",
        ".where(is_wanted)",
        "tests/sync/quarantine/test_newer.py::test_newer_version_and_unknown_type_wait_and_are_applied_by_the_next_release",
    ),
    Planted(
        "a number that nobody has any more is listed for ever",
        _NUMBERS,
        "if unused := phones - used:",
        "if unused := used - phones:",
        f"{_KNOWS_NUMBERS}::test_number_that_nobody_has_any_more_is_not_listed",
    ),
    Planted(
        "a number leaves the list although somebody else has it",
        _NUMBERS,
        "used = set(session.scalars(owned)) if phones else phones",
        "used = set[str]()",
        f"{_KNOWS_NUMBERS}::test_number_that_somebody_else_still_has_stays",
    ),
    Planted(
        "a sign-in looks for its code in one commune of the number",
        "app/web/phone/devices.py",
        "for commune_id in communes:",
        "for commune_id in communes[:1]:",
        "tests/commune/accounts/test_invites_of_communes.py::"
        "test_commune_that_invites_the_number_of_another_ones_volunteer_locks_nobody_out",
    ),
    Planted(
        "the commune that an export file names can be changed by whoever carries it",
        "app/sync/export/envelope.py",
        "return EncryptedFile(key_id, commune_id, file[24:POINT_END], file[:head], file[head:])",
        "return EncryptedFile(key_id, commune_id, file[24:POINT_END], file[:POINT_END], file[head:])",
        "tests/sync/export/test_export_file.py::test_unsent_operations_are_applied_once",
    ),
    Planted(
        "two entries of the desk log that are written at once have one number",
        "app/core/desk_log.py",
        '__mapper_args__ = {"eager_defaults": False}',
        '__mapper_args__ = {"eager_defaults": True}',
        "tests/upkeep/migrations/test_0018_one_commune_per_statement.py::"
        "test_entries_have_the_numbers_that_they_had_and_new_ones_higher_ones[sqlite]",
    ),
    Planted(
        "a guard that does not see transactions of two communes",
        "tests/tenancy/watch.py",
        "if len({_part_of[relation] for (relation,) in locked}) > 1:",
        "if len({_part_of[relation] for (relation,) in locked}) > 2:",
        "tests/tenancy/test_watch.py::"
        "test_transaction_that_touches_two_communes_is_seen[read-postgresql-partitioned]",
    ),
    Planted(
        "what finds a commune can be written only while all machines are there",
        "app/upkeep/migrations/distribution.py",
        '_REFERENCE = frozenset({"commune", "province"})',
        '_REFERENCE = frozenset({"commune", "province", "phone_commune"})',
        "tests/upkeep/migrations/test_distribution.py::test_each_table_has_one_place",
    ),
    Planted(
        "check goes through all communes, whichever is named",
        "app/upkeep/maintenance/check.py",
        "    wanted = started.where(col(Commune.code) == code) if code else started",
        "    wanted = started",
        "tests/upkeep/maintenance/test_check.py::test_one_commune_is_checked_alone",
    ),
)
