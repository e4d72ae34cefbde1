"""Bugs of the second factor at the desk."""

from tests.mutants.planted import Planted

BUGS = (
    Planted(
        "a reset of the password takes the second factor off",
        "app/commune/credentials/choosing.py",
        "    guard = factors.guard(session, target.sign_in_name or names[1], demand)",
        '    guard = factors.guard(session, "", demand)',
        "tests/web/second_factor/test_sign_in.py::test_reset_by_a_link_does_not_reset_the_factor",
    ),
    Planted(
        "an app's code opens twice",
        "app/commune/second_factor/factors.py",
        "    is_new = (col(SecondFactor.id) == factor_id, col(SecondFactor.last_step) < step)",
        "    is_new = (col(SecondFactor.id) == factor_id, col(SecondFactor.last_step) <= step)",
        "tests/web/second_factor/test_sign_in.py::test_code_opens_once",
    ),
    Planted(
        "a recovery code opens twice",
        "app/commune/second_factor/recovery.py",
        "(col(RecoveryCode.id) == found, col(RecoveryCode.used_at).is_(None))",
        "(col(RecoveryCode.id) == found)",
        "tests/web/second_factor/test_sign_in.py::test_recovery_code_opens_once_however_it_is_typed",
    ),
    Planted(
        "a session without the second step opens the desk",
        "app/commune/accounts/sessions.py",
        "    if pending:\n        return pending",
        "    if pending == SETUP:\n        return pending",
        "tests/web/second_factor/test_sign_in.py::test_password_alone_opens_nothing_once_a_factor_is_there",
    ),
    Planted(
        "whoever made the link for a password confirms the loss of the factor",
        "app/commune/credentials/second_step/losing.py",
        '        ("same", bool(shared)),',
        '        ("same", len(shared) > 1),',
        "tests/web/second_factor/test_lost.py::test_colleague_alone_is_stopped",
    ),
    Planted(
        "an account of one's own making confirms for the colleague whose password one has set",
        "app/commune/credentials/second_step/lineage.py",
        "        return self._sources(one) & self._sources(other)",
        "        return frozenset({one}) & self._sources(other)",
        "tests/web/second_factor/test_lineage.py"
        "::test_supervisor_alone_does_not_take_over_a_colleague[sqlite]",
    ),
    Planted(
        "lineage ends with whoever gave the account",
        "app/commune/credentials/second_step/lineage.py",
        "            left += new",
        "            left += []",
        "tests/web/second_factor/test_lineage.py::test_puppet_of_a_puppet_is_the_same_person",
    ),
    Planted(
        "a confirmed loss opens the setup at once",
        "app/commune/second_factor/losses.py",
        "        if (is_confirmed or one.operator) and one.due_at is not None and one.due_at <= now:",
        "        if is_confirmed or (one.operator and one.due_at is not None and one.due_at <= now):",
        "tests/web/second_factor/test_lost.py"
        "::test_colleague_confirms_and_the_session_that_asked_sets_up_anew[sqlite]",
    ),
    Planted(
        "whoever types a colleague's name stops what she has asked",
        "app/commune/credentials/second_step/stopping.py",
        "    row = session.get(SignInName, name) if _knows(session, browser, name) else None",
        "    row = session.get(SignInName, name) if browser else None",
        "tests/web/second_factor/test_lost.py"
        "::test_browser_whose_session_a_new_password_has_ended_stops_it[sqlite]",
    ),
    Planted(
        "a confirmed loss opens the setup for every session of the name",
        "app/commune/second_factor/losses.py",
        "        is_confirmed = one.confirmed_at is not None and one.session_hash == session_hash",
        "        is_confirmed = one.confirmed_at is not None and bool(session_hash)",
        "tests/web/second_factor/test_lost.py"
        "::test_colleague_confirms_and_the_session_that_asked_sets_up_anew",
    ),
    Planted(
        "a restore brings back a recovery code that was used",
        "app/commune/credentials/second_step/repeating.py",
        "    elif what == CODE_USED:",
        "    elif what == ADDED:",
        "tests/upkeep/maintenance/test_second_factors.py"
        "::test_recovery_code_used_since_the_backup_stays_used",
    ),
    Planted(
        "a desk does not lock, however long nobody uses it",
        "app/commune/accounts/sessions.py",
        "    is_locked = locks and last_used_at is not None and now - last_used_at >= LOCKED_AFTER",
        "    is_locked = locks and last_used_at is None and now - now >= LOCKED_AFTER",
        "tests/web/second_factor/test_idle.py"
        "::test_desk_locks_after_fifteen_idle_minutes_and_the_password_opens_it",
    ),
    Planted(
        "what a page sends by itself counts as use of the desk",
        "app/web/deps.py",
        "    if is_use_due and not is_background(request):",
        "    if is_use_due:",
        "tests/web/second_factor/test_idle.py::test_requests_of_the_page_itself_are_no_use",
    ),
)
