"""The filters of the list of households, as its address has them; unknown values are ignored and named."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, get_args
from urllib.parse import urlencode

from fastapi import Depends, Request

from app.commune.areas import Hamlet
from app.core.clock import local_date
from app.core.strings import lazy
from app.core.types import is_id, validate_year
from app.review.register.listing import HouseholdFilters, Sort
from app.web.deps import Config
from app.web.desk.page.days import parse_day
from app.web.desk.page.filter_fields import EncryptedFilter, IdField, IdFilter, Option, TextField, TextFilter
from app.web.desk.page.search_words import SearchWordCipher
from app.web.desk.records.quarantine.labels import HOUSEHOLD_STATES
from app.web.rendering import day as format_day

PATH = "/desk/households"
REACHED = {"yes": lazy("Đã gặp"), "no": lazy("Chưa gặp")}
_FILTERS = {
    "hamlet": lazy("Thôn"),
    "state": lazy("Tình trạng"),
    "reached": lazy("Đã gặp hay chưa"),
    "since": lazy("Chưa thăm từ ngày"),
    "new": lazy("Đến lần đầu"),
    "q": lazy("Hộ"),
}
_SORTS: dict[str, Sort] = {sort: sort for sort in get_args(Sort)}


@dataclass(frozen=True)
class HouseholdQuery:
    """The query of the list's address. `find` is `q` encrypted: addresses have only this one."""

    hamlet: IdFilter = ""
    state: IdFilter = ""
    reached: IdFilter = ""
    since: TextFilter = ""
    new: TextFilter = ""
    q: TextFilter = ""
    find: EncryptedFilter = ""
    sort: IdFilter = ""
    before: TextFilter = ""
    after: TextFilter = ""

    @property
    def position(self) -> dict[str, str]:
        """Where the page begins or ends; the first page if the value has not the form of an id."""
        return {name: id for name, id in (("before", self.before), ("after", self.after)) if is_id(id)}

    def address(self, **changes: str) -> str:
        """The list with these filters, without the empty ones; `changes` replace some."""
        values = {**vars(self), **changes, "q": ""}
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{PATH}?{query}" if query else PATH


def query_of_address(
    request: Request, settings: Config, query: Annotated[HouseholdQuery, Depends()]
) -> HouseholdQuery:
    """The query of the address, its search words decrypted."""
    cipher = SearchWordCipher(request, settings)
    if query.q:
        return replace(query, find=cipher.encrypt(query.q))
    return replace(query, q=cipher.decrypt(query.find))


def query_of_form(
    request: Request,
    settings: Config,
    hamlet: IdField = "",
    state: IdField = "",
    reached: IdField = "",
    since: TextField = "",
    new: TextField = "",
    q: TextField = "",
    sort: IdField = "",
) -> HouseholdQuery:
    """The query of the filter form."""
    find = SearchWordCipher(request, settings).encrypt(q)
    return HouseholdQuery(hamlet, state, reached, since, new, q, find, sort)


AddressQuery = Annotated[HouseholdQuery, Depends(query_of_address)]
FormQuery = Annotated[HouseholdQuery, Depends(query_of_form)]


@dataclass(frozen=True)
class HouseholdFilterBar:
    """The filter form as it is shown; `ignored` names the filters whose value does not exist here.
    `since_wrong`: the text is not a day. `new`: the days of a filter by the first visit, as the address has
    them, and `new_days` as people read them."""

    hamlets: list[Option]
    states: list[Option]
    reached: list[Option]
    since: str
    since_wrong: bool
    new: str
    new_days: str
    q: str
    sort: str
    ignored: str
    active: bool


def read_filters(
    query: HouseholdQuery, hamlets: list[Hamlet], now: datetime
) -> tuple[HouseholdFilters, HouseholdFilterBar]:
    """The filters of the query whose values exist, and the form that shows them."""
    values = {"hamlet": query.hamlet, "state": query.state, "reached": query.reached}
    existing = {"hamlet": {one.id for one in hamlets}, "state": {*HOUSEHOLD_STATES}, "reached": {*REACHED}}
    unknown = [name for name, value in values.items() if value and value not in existing[name]]
    known = {name: "" if name in unknown else value for name, value in values.items()}
    new = _parse_days(query.new)
    ignored = [*unknown, "q"] if query.find and not query.q else unknown
    ignored = [*ignored, "new"] if query.new and not new else ignored
    since = parse_day(query.since, local_date(now))
    filters = HouseholdFilters(
        hamlet_id=known["hamlet"],
        state=known["state"],
        reached=known["reached"],
        unvisited_since=since,
        first_reached=new,
        words=query.q,
        sort=_SORTS.get(query.sort, "address"),
    )
    bar = HouseholdFilterBar(
        hamlets=[Option(one.id, one.name, one.id == filters.hamlet_id) for one in hamlets],
        states=[Option(state, label, state == filters.state) for state, label in HOUSEHOLD_STATES.items()],
        reached=[Option(value, label, value == filters.reached) for value, label in REACHED.items()],
        since=_day_text(since, query.since),
        since_wrong=bool(query.since.strip()) and since is None,
        new=query.new if new else "",
        new_days=f"{format_day(new[0])}–{format_day(new[1])}" if new else "",
        q=query.q,
        sort=filters.sort,
        ignored=", ".join(str(_FILTERS[name]) for name in ignored),
        active=any(vars(query)[name] for name in _FILTERS),
    )
    return filters, bar


def _parse_days(text: str) -> tuple[date, date] | None:
    """The two days of *2026-11-23..2026-11-29*; None for anything else."""
    try:
        first, last = (validate_year(date.fromisoformat(day)) for day in text.split(".."))
    except ValueError:
        return None
    return first, last


def _day_text(day: date | None, typed: str) -> str:
    return format_day(day) if day else typed
