"""Bugs of citizens' requests that come from phones."""

from tests.mutants.planted import Planted

BUGS = (
    Planted(
        "the clock of a citizen's request begins when the phone finds a network",
        "app/review/citizen_requests/recording.py",
        '"received_on": author.counted_on,',
        '"received_on": author.received_at.date(),',
        "tests/review/citizen_requests/test_recording.py::test_clock_began_when_it_was_heard",
    ),
    Planted(
        "a restore asks to enter again what phones send again by themselves",
        "app/upkeep/maintenance/epoch.py",
        "    RECORDED,\n    ENDED_EVENT,",
        "    ENDED_EVENT,\n    ENDED_EVENT,",
        "tests/upkeep/maintenance/test_requests_of_phones.py"
        "::test_request_from_a_phone_comes_again_by_itself_and_that_of_the_desk_is_listed",
    ),
    Planted(
        "a citizen's request that waited is entered without a line in the desk log",
        "app/sync/quarantine/replay.py",
        "    note_recorded(session, batch, now)",
        "    pass",
        "tests/review/citizen_requests/test_recording.py::test_request_waits_for_its_household",
    ),
    Planted(
        "a citizen's request never finds the household that it waits for",
        "app/sync/applying/held.py",
        '_AT_HOUSEHOLD = ("visit.", "request.")',
        '_AT_HOUSEHOLD = ("visit.",)',
        "tests/review/citizen_requests/test_recording.py::test_request_waits_for_its_household",
    ),
    Planted(
        "a citizen's request whose first answer was lost is never acknowledged",
        "static/field/sync/results.ts",
        "isNewRecord(one) || !isInReplica(one)",
        "isNewRecord(one)",
        "tests/field/pages/households/request.test.js::is acknowledged where the first answer was lost",
    ),
    Planted(
        "another choice in the form of a citizen's request is lost",
        "static/field/pages/households/requestForm.ts",
        "    if (differs) await save(env.newId());",
        "    if (differs) console.info(differs);",
        "tests/field/pages/households/request.test.js::"
        "is saved once by two taps, and another choice is another request",
    ),
    Planted(
        "answered requests hide the first citizen who waits for an answer",
        "app/review/citizen_requests/waiting.py",
        "        next_days.append(answer_by(first, Workdays(own)))",
        "        next_days = next_days or [answer_by(first, Workdays(own))]",
        "tests/review/citizen_requests/test_listing.py::test_the_first_last_day_is_of_any_kind_of_request",
    ),
    Planted(
        "a page behind an answered request repeats those that wait for an answer",
        "app/review/citizen_requests/listing.py",
        "unanswered = received_on <= until if self.is_before else received_on > until",
        "unanswered = received_on <= until if self.is_before else received_on >= until",
        "tests/review/citizen_requests/test_listing.py::test_any_request_divides_the_list_where_it_stands",
    ),
)
