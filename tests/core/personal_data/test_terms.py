"""When a term is over: at the beginning of a day in Vietnam for months, to the second for days."""

from datetime import datetime

import pytest

from app.core.personal_data.codes import TIMES, Term
from tests.cases import cases

CASES = [
    (Term.VISIT, "2028-11-24T09:40:00+00:00", "2026-11-23T17:00:00+00:00"),
    (Term.VISIT, "2028-11-24T17:00:00+00:00", "2026-11-24T17:00:00+00:00"),  # the next day in Vietnam
    (Term.VISIT, "2028-02-29T03:00:00+00:00", "2026-02-27T17:00:00+00:00"),  # there is no 29th
    (Term.VERSION, "2027-01-31T03:00:00+00:00", "2026-01-30T17:00:00+00:00"),
    (Term.LEFT, "2026-11-24T09:40:00+00:00", "2026-08-26T09:40:00+00:00"),
    (Term.LINK, "2026-11-24T09:40:00+00:00", "2026-11-24T09:40:00+00:00"),
]


@cases("term, now, before", CASES)
def test_what_began_before_is_over(term: Term, now: str, before: str) -> None:
    assert term.before(datetime.fromisoformat(now)) == datetime.fromisoformat(before)


def test_other_terms_have_no_time() -> None:
    for term in Term:
        if term not in TIMES:
            with pytest.raises(KeyError):
                term.before(datetime.fromisoformat("2026-11-24T09:40:00+00:00"))
