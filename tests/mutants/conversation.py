"""Bugs of what the commune and the members say to each other."""

from tests.mutants.planted import Planted

_HISTORY = (
    "tests/sync/test_histories.py::test_closed_weeks_and_returns_and_approvals_stand_whatever_arrives_when"
)
BUGS = (
    Planted(
        "an answer is lost where the visit was withdrawn meanwhile",
        "app/fieldwork/visits/commands.py",
        '    add_answer(batch, author, row, command.answer or "", command.seen_return)\n'
        "    _refuse_withdrawn(author, row)\n",
        "    _refuse_withdrawn(author, row)\n"
        '    add_answer(batch, author, row, command.answer or "", command.seen_return)\n',
        _HISTORY,
    ),
    Planted(
        "a return comes without the supervisor's words",
        "app/sync/wire/rows.py",
        '"note": row["review_note"] if row["recorded_by"] == reader else "",',
        '"note": row["note"] if row["recorded_by"] == reader else "",',
        _HISTORY,
    ),
    Planted(
        "what waits on the phone hides a return",
        "static/field/store/view/overlay.ts",
        "    ...before,\n    id,\n    household_id,",
        "    ...before, review: UNREVIEWED,\n    id,\n    household_id,",
        "tests/field/store/view/overlay.test.js::"
        "a return that comes while an amendment waits on the phone is not hidden by it",
    ),
    Planted(
        "an answer is not in the form that corrects what was refused",
        "static/field/pages/visits/visitEdit.ts",
        ".filter(({ data }) => data.answer)",
        ".filter(({ data }) => data.reply)",
        "tests/field/pages/visits/answer.test.js::"
        "an answer whose correction is refused is in the form that corrects it",
    ),
    Planted(
        "an appointment of today is only said tomorrow",
        "static/field/pages/households/householdStatus.ts",
        "filter(([id, on]) => on <= day &&",
        "filter(([id, on]) => on < day &&",
        "tests/field/pages/log/log.test.js::due follow-ups are on Hôm nay until the next visit",
    ),
    Planted(
        "a need that she met herself is news",
        "static/field/store/view/metNeeds.ts",
        "if (askedBy.get(code) === author && recorded_by !== author)",
        "if (askedBy.get(code) === author)",
        "tests/field/pages/month/needNews.test.js::"
        "nothing is said of a need that is still open, that she met herself, or that somebody else noted",
    ),
    Planted(
        "a caller finds a household that expects nobody",
        "app/review/register/telephone_numbers.py",
        "frozenset(expecting(session, actor.commune_id, ids))",
        "frozenset(ids)",
        "tests/web/desk/records/households/test_number.py::"
        "test_callers_number_finds_the_household_that_expects_somebody_and_no_other",
    ),
    Planted(
        "a phone overrides unseen what a supervisor corrected in a session",
        "app/fieldwork/outreach/commands.py",
        'if row["device_id"] == NO_DEVICE and command.base_version < row["version"]:',
        'if row["device_id"] == NO_DEVICE and command.base_version > row["version"]:',
        "tests/web/desk/coverage/test_outreach_correction.py::"
        "test_what_the_phone_wrote_without_knowing_the_correction_is_refused_and_said",
    ),
)
