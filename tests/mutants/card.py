"""Bugs of members' cards and of their checks."""

from tests.mutants.planted import POSTGRESQL, Planted

_CHECKS = "tests/commune/card/test_checks.py"
BUGS = (
    Planted(
        "an answer of a card is accepted twice",
        "app/commune/card/checks.py",
        "    if is_right or check.wrong >= MAX_TRIES:\n",
        "    if check.wrong >= MAX_TRIES:\n",
        f"{_CHECKS}::test_right_answer_is_right_once_and_whatever_the_phone_clock_says",
    ),
    Planted(
        "the card of a revoked phone is accepted",
        "app/commune/card/checks.py",
        "    return [device for device in devices if device.revoked_at is None]\n",
        "    return devices\n",
        f"{_CHECKS}::test_member_who_has_left_and_phone_that_was_revoked_fail_at_once",
    ),
    Planted(
        "two supervisors compare an answer at the same moment",
        "app/commune/card/checks.py",
        "session.exec(wanted.with_for_update(key_share=True) if lock else wanted)",
        "session.exec(wanted)",
        f"{_CHECKS}::test_answers_that_come_at_once_are_compared_one_after_the_other[postgresql]",
        POSTGRESQL,
    ),
    Planted(
        "each check of a card begins with three new tries",
        "app/commune/card/checks.py",
        "    check.begun_at, check.begun_by = now, actor.account_id\n",
        "    check.begun_at, check.begun_by, check.wrong = now, actor.account_id, 0\n",
        f"{_CHECKS}::test_wrong_answers_of_several_checks_count_together",
    ),
    Planted(
        "a card answers by a secret of before a restore",
        "app/commune/card/keys.py",
        "    if key.epoch != current_epoch(session, key.commune_id).id:\n",
        "    if not key.epoch:\n",
        f"{_CHECKS}::test_after_a_restore_or_with_another_id_key_the_desk_says_what_to_do",
    ),
    Planted(
        "a phone relies on a secret that the server does not know it has",
        "static/field/sync/card/storedCard.ts",
        "is_confirmed: !sent, name",
        "is_confirmed: true, name",
        "tests/field/pages/account/card.test.js::"
        "a secret whose confirmation is lost is not relied on, and a stored one is never replaced by nothing",
    ),
)
