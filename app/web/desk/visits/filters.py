"""The filters of the visit list, as its address has them; values that do not exist are ignored and named."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request
from sqlmodel import Session

from app.commune.settings import settings_of
from app.core.clock import local_date
from app.core.strings import _, lazy
from app.core.types import is_id
from app.review.visit_list.flag_sentences import NAMES
from app.review.visit_list.listing import ANY_FLAG, WITHDRAWN, Filters
from app.review.visit_list.pages import PagePosition
from app.review.visit_list.queries import FilterOptions, filter_options
from app.web.deps import Config
from app.web.desk.page.context import DeskContext
from app.web.desk.page.days import PERIODS, parse_days
from app.web.desk.page.filter_fields import EncryptedFilter, IdField, IdFilter, Option, TextField, TextFilter
from app.web.desk.page.labels import FILTERS, STATES, Link, hamlet_label
from app.web.desk.page.search_words import SearchWordCipher
from app.web.rendering import day as format_day

RECENT_DAYS = 14
REST = ".rest"
FLAGS = {ANY_FLAG: lazy("Có lý do")} | NAMES


@dataclass(frozen=True)
class VisitQuery:
    """The query of the list's address. `find` is `q` encrypted: addresses have only this one."""

    hamlet: IdFilter = ""
    volunteer: IdFilter = ""
    state: IdFilter = ""
    day: TextFilter = ""
    to: TextFilter = ""
    q: TextFilter = ""
    flag: IdFilter = ""
    sample: IdFilter = ""
    sort: IdFilter = ""
    find: EncryptedFilter = ""
    before: TextFilter = ""
    after: TextFilter = ""

    @property
    def position(self) -> PagePosition:
        """Where the page begins or ends; the first page if the value has not the form of an id."""
        return PagePosition(*(id if is_id(id) else "" for id in (self.before, self.after)))

    @property
    def sample_id(self) -> str:
        """The id of the sample; `sample` is that, or that and `REST` for the visits that were not drawn."""
        return self.sample.removesuffix(REST)

    @property
    def may_decide(self) -> bool:
        """Whether visits of this list can be decided on."""
        return self.state != WITHDRAWN

    def address(self, path: str, **changes: str) -> str:
        """`path` with these filters, without the empty ones; `changes` replace some.

        Search words are in it as `find` only: addresses are logged.
        """
        values = {**vars(self), **changes, "q": ""}
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{path}?{query}" if query else path

    def top(self, path: str, **changes: str) -> str:
        """The same, at the list's first page."""
        return self.address(path, **changes, before="", after="")


def query_of_address(
    request: Request, settings: Config, query: Annotated[VisitQuery, Depends()]
) -> VisitQuery:
    """The query of the address, its search words decrypted."""
    return _with_search_words(query, SearchWordCipher(request, settings))


def query_of_form(
    request: Request,
    settings: Config,
    hamlet: IdField = "",
    volunteer: IdField = "",
    state: IdField = "",
    day: TextField = "",
    to: TextField = "",
    q: TextField = "",
    flag: IdField = "",
    sample: IdField = "",
    sort: IdField = "",
) -> VisitQuery:
    """The query of the filter form."""
    query = VisitQuery(hamlet, volunteer, state, day, to, q, flag, sample, sort)
    return _with_search_words(query, SearchWordCipher(request, settings))


AddressQuery = Annotated[VisitQuery, Depends(query_of_address)]
FormQuery = Annotated[VisitQuery, Depends(query_of_form)]


def _with_search_words(query: VisitQuery, cipher: SearchWordCipher) -> VisitQuery:
    """The query with both `q` and `find`: typed words are encrypted, those of an address are decrypted."""
    if query.q:
        return replace(query, find=cipher.encrypt(query.q))
    return replace(query, q=cipher.decrypt(query.find))


@dataclass(frozen=True)
class FilterBar:
    """The filter form as it is shown; `ignored` names the filters whose value does not exist here.

    `day_wrong` is `day` or `to` if the text of that field is not a day. `chosen`: the filters in words, for
    the printed page. `periods`: the same list of this week and of this month. `sample` and `sort`: what the
    form sends on.
    """

    hamlets: list[Option]
    volunteers: list[Option]
    states: list[Option]
    flags: list[Option]
    q: str
    day: str
    to: str
    day_wrong: str
    recent_days: list[str]
    ignored: str
    active: bool
    chosen: str
    periods: list[Link]
    sample: str
    sort: str


def read_list_filters(session: Session, desk: DeskContext, query: VisitQuery) -> tuple[Filters, FilterBar]:
    """`read_filters` with what the commune has."""
    options = filter_options(session, desk.actor, query.q, query.sample_id)
    month_start = settings_of(session, desk.actor.commune_id).month_start_day
    return read_filters(query, options, desk.now, month_start)


def read_filters(
    query: VisitQuery, options: FilterOptions, now: datetime, month_start: int = 1
) -> tuple[Filters, FilterBar]:
    """The filters of the query whose values exist, and the form that shows them. `month_start`: the day on
    which the commune's months begin."""
    today = local_date(now)
    values = {name: vars(query)[name] for name in ("hamlet", "volunteer", "state", "flag", "sample")}
    unknown = _unknown_filters(query, values, options)
    known = {name: "" if name in unknown else value for name, value in values.items()}
    days = parse_days(query.day, query.to, today, month_start)
    filters = Filters(
        known["hamlet"],
        known["volunteer"],
        known["state"],
        *days.span,
        options.household_ids,
        known["flag"],
        options.sample_id if known["sample"] else "",
        is_rest=query.sample.endswith(REST),
    )
    bar = FilterBar(
        hamlets=[Option(one.id, hamlet_label(one), one.id == filters.hamlet_id) for one in options.hamlets],
        volunteers=[Option(one.id, one.name, one.id == filters.volunteer_id) for one in options.volunteers],
        states=[Option(code, label, code == filters.state) for code, (label, _icon) in STATES.items()],
        flags=[Option(code, label, code == filters.flag) for code, label in FLAGS.items()],
        q=query.q,
        day=days.day,
        to=days.to,
        day_wrong=days.wrong,
        recent_days=[format_day(today - timedelta(days=ago)) for ago in range(RECENT_DAYS)],
        ignored=", ".join(str(FILTERS[name]) for name in unknown),
        active=any(vars(query).get(name) for name in FILTERS),
        chosen="",
        periods=[Link(label, query.top("/desk/visits", day=label, to="")) for label in PERIODS.values()],
        sample=query.sample if known["sample"] else "",
        sort=query.sort,
    )
    return filters, replace(bar, chosen=_in_words(bar))


def _in_words(bar: FilterBar) -> str:
    """*Thôn: Thôn Đông · Trạng thái: Chưa duyệt*, without the days, which stand beside the number."""
    lists = {"hamlet": bar.hamlets, "volunteer": bar.volunteers, "state": bar.states, "flag": bar.flags}
    chosen = {name: one.label for name, options in lists.items() for one in options if one.chosen}
    if bar.q:
        chosen["q"] = _("theo từ đã gõ")  # the words themselves stand in their field only
    return " · ".join(f"{FILTERS[name]}: {text}" for name, text in chosen.items())


def _unknown_filters(query: VisitQuery, values: dict[str, str], options: FilterOptions) -> list[str]:
    """The filters whose value does not exist, search words that cannot be decrypted among them."""
    known = {
        "hamlet": {hamlet.id for hamlet in options.hamlets},
        "volunteer": {account.id for account in options.volunteers},
        "state": {*STATES},
        "flag": {*FLAGS},
        "sample": {options.sample_id, options.sample_id + REST},
    }
    unknown = [name for name, value in values.items() if value and value not in known[name]]
    return [*unknown, "q"] if query.find and not query.q else unknown
