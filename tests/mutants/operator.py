"""Bugs of what operators of many communes see and do."""

from tests.mutants.planted import Planted

BUGS = (
    Planted(
        "the operators' list begins with the communes of the smallest codes",
        "app/province/instance.py",
        "    ordered = wanted.order_by(_URGENCY, Commune.code)",
        "    ordered = wanted.order_by(Commune.code)",
        "tests/web/operator/test_commune_list.py"
        "::test_whoever_needs_a_call_comes_first_and_every_commune_is_on_one_page",
    ),
    Planted(
        "a backup from before a commune began counts as its backup",
        "app/web/operator/signs.py",
        "    if backed_up_at is None or backed_up_at < started_at:",
        "    if backed_up_at is None:",
        "tests/web/operator/test_commune_list.py::test_commune_that_began_after_the_newest_backup_is_in_none",
    ),
    Planted(
        "revoked phones count among those of a commune",
        "app/province/status.py",
        "_IN_USE = and_(_DEVICE.c.commune_id == _COMMUNE_ID, _DEVICE.c.revoked_at.is_(None))",
        "_IN_USE = and_(_DEVICE.c.commune_id == _COMMUNE_ID)",
        "tests/web/operator/test_commune_list.py::test_records_of_less_than_a_day_are_no_reason_to_call",
    ),
    Planted(
        "the phones of a commune that is off go on exchanging",
        "app/commune/accounts/sessions.py",
        '    refuse_state(row["started_at"], row["off_at"], row["moved_at"], row["moved_to"])',
        '    refuse_state(row["started_at"], None, row["moved_at"], row["moved_to"])',
        "tests/web/operator/test_switching.py::test_queue_of_a_phone_waits_until_the_commune_is_on_again",
    ),
    Planted(
        "somebody signs in to a commune that is off",
        "app/commune/areas.py",
        "        refuse_state(found.started_at, found.off_at, found.moved_at, found.moved_to)",
        "        refuse_state(found.started_at, None, found.moved_at, found.moved_to)",
        "tests/web/operator/test_switching.py"
        "::test_nobody_signs_in_and_sessions_links_and_invites_work_again_afterwards",
    ),
    Planted(
        "a right code that is tried while the commune is off is void after some times",
        "app/web/phone/devices.py",
        "                database.write(partial(forget, commune_id=commune_id))",
        "                pass",
        "tests/web/operator/test_switching.py::test_right_code_stays_open_however_often_it_is_tried",
    ),
    Planted(
        "a restore forgets that a commune was switched off",
        "app/upkeep/maintenance/epoch.py",
        '            communes.switch_again(session, entry["commune_id"], off_at)',
        '            communes.switch_again(session, entry["commune_id"], None)',
        "tests/upkeep/maintenance/test_switched_communes.py::test_commune_switched_off_since_the_backup_stays_off",
    ),
    Planted(
        "the right rows of a list begin although another one is refused",
        "app/web/operator/begin.py",
        '            "rows": "" if refused else write_rows([one.listed for one in checked.ready]),',
        '            "rows": write_rows([one.listed for one in checked.ready]),',
        "tests/web/operator/test_begin.py::test_row_that_is_not_clear_is_named_and_nothing_can_begin",
    ),
    Planted(
        "a list begins a commune that is named beside another one's code",
        "app/intake/supervisor_import/checks.py",
        "    if listed.commune and not _is_named(commune, listed.commune):",
        "    if listed.commune and not commune.name:",
        "tests/web/operator/test_begin.py::test_row_that_is_not_clear_is_named_and_nothing_can_begin",
    ),
    Planted(
        "the same list sent again gives the communes a second supervisor and link",
        "app/intake/supervisor_import/checks.py",
        "    if commune.started_at is not None:",
        "    if commune.started_at is None and not commune.code:",
        "tests/web/operator/test_begin.py::test_sent_again_the_same_list_begins_nothing_and_shows_no_link",
    ),
)
