"""Bugs of what is stored for a limited time."""

from tests.mutants.planted import Planted

_PENDING = "tests/upkeep/retention/test_pending.py"
_EFFECTS = "tests/upkeep/retention/test_effects.py"

BUGS = (
    Planted(
        "a column of texts has the row of its table",
        "app/core/personal_data/columns.py",
        "return is_id or not isinstance(column.type, _TEXTS)",
        "return is_id or column is not None",
        "tests/upkeep/test_personal_data.py::test_text_that_nobody_described_is_named",
    ),
    Planted(
        "the author of a visit that waits for a decision is purged",
        "app/upkeep/retention/visits.py",
        "    is_undecided = and_(_VISIT.c.withdrawn_at.is_(None), is_open)\n",
        "    is_undecided = and_(_VISIT.c.withdrawn_at.is_not(None), is_open)\n",
        f"{_PENDING}::test_visit_that_waits_is_purged_once_it_is_decided",
    ),
    Planted(
        "what a household's restriction rests on is purged",
        "app/upkeep/retention/visits.py",
        "        or_(_REQUEST.c.closed_on.is_(None), is_restricted),\n",
        "        _REQUEST.c.closed_on.is_(None) | and_(is_restricted, _REQUEST.c.is_refused),\n",
        f"{_PENDING}::test_household_with_a_request_stays_as_it_is",
    ),
    Planted(
        "a visit is purged a day early",
        "app/core/personal_data/codes.py",
        "    return datetime.combine(today.replace(",
        "    return timedelta(days=1) + datetime.combine(today.replace(",
        f"{_PENDING}::test_visit_is_purged_after_24_months_and_named_by_a_run_three_days_later",
    ),
    Planted(
        "a clock that is years ahead purges at once",
        "app/upkeep/retention/daily.py",
        "timedelta() <= now - last <= TRUSTED",
        "timedelta() <= now - last",
        f"{_EFFECTS}::test_time_that_jumped_purges_nothing_on_its_first_day",
    ),
    Planted(
        "a visit that was purged and is sent again waits in the quarantine",
        "app/fieldwork/visits/repeats.py",
        '    if row["recorded_by"] == ANONYMOUS:',
        '    if row["recorded_by"] == ANONYMOUS and command.note is None:',
        f"{_EFFECTS}::test_phones_get_nothing_and_a_repeat_is_a_duplicate",
    ),
    Planted(
        "what a commune left behind when it moved is never purged",
        "app/upkeep/retention/run.py",
        "        with numbered(session, commune_id):\n            step.purge(",
        "        if commune_id:\n            step.purge(",
        f"{_EFFECTS}::test_what_a_commune_left_behind_is_purged",
    ),
    Planted(
        "members of a purged month count as none instead of unknown",
        "app/reports/figures.py",
        "    is_known = ANONYMOUS not in active",
        '    is_known = ANONYMOUS != "" or not active',
        f"{_EFFECTS}::test_desk_names_nobody_and_every_page_opens",
    ),
    Planted(
        "phones keep the number of a supervisor who was erased",
        "app/upkeep/erasure/people.py",
        '    account.contact_phone = None if account.contact_phone is None else ""',
        "    account.contact_phone = None",
        "tests/upkeep/erasure/test_erase_supervisor.py"
        "::test_pages_and_phones_have_a_label_and_the_file_has_nothing",
    ),
    Planted(
        "the name of a supervisor who was erased stays at the passwords that they had reset",
        "app/upkeep/erasure/sign_in.py",
        "    session.execute(update(reset).where(*by_them).values(reset_by=label))",
        "    assert by_them",
        "tests/upkeep/erasure/test_erase_supervisor.py"
        "::test_nothing_of_the_name_is_left_and_what_she_decided_stands",
    ),
    Planted(
        "somebody who still works at the desk is erased",
        "app/upkeep/erasure/people.py",
        "    if account.ended_at is None:\n        raise NotFound",
        "    if account.ended_at is None and account.team_id:\n        raise NotFound",
        "tests/upkeep/erasure/test_erase_supervisor.py"
        "::test_a_colleague_decides_and_only_of_somebody_who_has_left",
    ),
    Planted(
        "a number that was refused stays although its household has withdrawn",
        "app/upkeep/retention/daily.py",
        "    database.write(lambda session: delete_refused_numbers(session, commune_id))",
        "    assert delete_refused_numbers",
        "tests/web/desk/records/households/test_number.py"
        "::test_number_that_was_refused_leaves_with_a_withdrawal_and_with_an_erasure",
    ),
    Planted(
        "a late copy of a refused operation brings its number back",
        "app/sync/applying/ledger.py",
        '    return stored == sent or (stored != "" and stored == without_number(sent))',
        "    return stored == sent",
        "tests/web/desk/records/households/test_number.py"
        "::test_number_that_was_refused_leaves_with_a_withdrawal_and_with_an_erasure",
    ),
)
