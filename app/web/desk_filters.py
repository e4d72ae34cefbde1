"""The filters of the visit list: they live in the address, and no value of theirs can break a page."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from app.core.clock import local_date
from app.core.shapes import of_our_time
from app.visits.listing import REVIEW_STATES, WAITING, WITHDRAWN, Filters, Place
from app.visits.queries import Choices
from app.web.desk_labels import FILTERS, STATES
from app.web.rendering import day as day_text
from app.web.search_words import SearchWords

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_LOCAL = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})(?:[/.\- ]([0-9]{4}))?")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
RECENT_DAYS = 14


# Every row of the list carries the filters in its address, and a search costs by its words.
Id = Annotated[str, Query(max_length=64)]
Typed = Annotated[str, Query(max_length=80)]
Sealed = Annotated[str, Query(max_length=600)]  # what 80 letters of four bytes each are, sealed


@dataclass(frozen=True)
class Asked:
    """The filters of an address, as they were typed; longer ones than anybody types are refused. `find` is
    `q` as it stands in the page's addresses."""

    hamlet: Id = ""
    volunteer: Id = ""
    state: Id = ""
    day: Typed = ""
    to: Typed = ""
    q: Typed = ""
    find: Sealed = ""
    before: Typed = ""
    after: Typed = ""

    @property
    def place(self) -> Place:
        """Where in the list; whatever is no visit's id is its top."""
        return Place(*(id if _ID.fullmatch(id) else "" for id in (self.before, self.after)))

    @property
    def may_wait(self) -> bool:
        """Whether visits of this list may wait for a decision."""
        return self.state == WAITING or self.state not in STATES

    def address(self, path: str, **changes: str) -> str:
        """`path` with these filters, without the empty ones; `changes` replace some.

        Search words are in it as `find` only: an address is logged on its way.
        """
        values = {**vars(self), **changes, "q": ""}
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{path}?{query}" if query else path


def with_words(asked: Asked, words: SearchWords) -> Asked:
    """Search words that were typed, sealed for the addresses; or those of the address, opened."""
    if asked.q:
        return replace(asked, find=words.seal(asked.q))
    return replace(asked, q=words.open(asked.find))


@dataclass(frozen=True)
class Option:
    """A choice of a filter or a form."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class FilterBar:
    """The filter form as it is shown; `ignored` names the filters whose value does not exist here.

    `day_wrong` is `day` or `to` if what is typed there is no day.
    """

    hamlets: list[Option]
    volunteers: list[Option]
    states: list[Option]
    q: str
    day: str
    to: str
    day_wrong: str
    recent_days: list[str]
    ignored: str
    active: bool


def read_filters(asked: Asked, known: Choices, now: datetime) -> tuple[Filters, FilterBar]:
    """What the address asks for, as far as it exists, and the form that shows it."""
    today = local_date(now)
    given = {"hamlet": asked.hamlet, "volunteer": asked.volunteer, "state": asked.state}
    exists = {
        "hamlet": {hamlet.id for hamlet in known.hamlets},
        "volunteer": {account.id for account in known.volunteers},
        "state": {*REVIEW_STATES, WITHDRAWN},
    }
    wrong = [name for name, value in given.items() if value and value not in exists[name]]
    if asked.find and not asked.q:
        wrong.append("q")
    kept = {name: "" if name in wrong else value for name, value in given.items()}
    days = {name: read_day(getattr(asked, name), today) for name in ("day", "to")}
    no_day = next((name for name, day in days.items() if getattr(asked, name).strip() and not day), "")
    span = (None, None) if no_day else _span(days["day"], days["to"])
    filters = Filters(kept["hamlet"], kept["volunteer"], kept["state"], *span, known.homes)
    bar = FilterBar(
        hamlets=[Option(one.id, one.name, one.id == filters.hamlet_id) for one in known.hamlets],
        volunteers=[Option(one.id, one.name, one.id == filters.volunteer_id) for one in known.volunteers],
        states=[Option(code, label, code == filters.state) for code, (label, _icon) in STATES.items()],
        q=asked.q,
        day=day_text(days["day"]) if days["day"] else asked.day,
        to=day_text(days["to"]) if days["to"] else asked.to,
        day_wrong=no_day,
        recent_days=[day_text(today - timedelta(days=ago)) for ago in range(RECENT_DAYS)],
        ignored=", ".join(FILTERS[name] for name in wrong),
        active=any(vars(asked).get(name) for name in FILTERS),
    )
    return filters, bar


def _span(day: date | None, to: date | None) -> tuple[date | None, date | None]:
    """Between the two, whichever is the earlier; `day` alone is that day, `to` alone all up to it."""
    if day and to:
        return min(day, to), max(day, to)
    return (day, day) if day else (None, to)


def read_day(text: str, today: date) -> date | None:
    """A day as people write it (24/11/2026, 24-11, 24.11.2026) or as programs do; None if it is none.

    Without a year it is the last such day up to today.
    """
    text = text.strip()
    try:
        if found := _ISO.fullmatch(text):
            return of_our_time(date(*map(int, found.groups())))
        if found := _LOCAL.fullmatch(text):
            day, month, year = found.groups()
            guess = of_our_time(date(int(year or today.year), int(month), int(day)))
            return guess if year or guess <= today else guess.replace(year=today.year - 1)
    except ValueError:
        pass
    return None
