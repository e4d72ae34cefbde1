"""The list of citizens' requests, a page at a time: the open ones by their next last day, then the closed
ones, the latest first. The next last day is that of the answer; once answered, that of doing it.

The one follows from the day of receipt and the commune's calendar, the other from the row alone. So the
database orders those that wait for an answer and the answered ones, each by themselves, and a page is merged
from the first rows of both.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Case, ColumnElement, case, tuple_
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.calendar.workdays import Workdays
from app.commune.settings import days_off
from app.core.sql.days import days_after
from app.review.citizen_requests.commands import last_day
from app.review.citizen_requests.deadlines import KINDS, LONGEST, answer_by, received_until, term_of
from app.review.citizen_requests.models import CitizenRequest
from app.review.citizen_requests.queries import ListedRequest, load_workdays, with_clocks

PAGE_SIZE = 50
_ANSWERED, _CLOSED = col(CitizenRequest.answered_on), col(CitizenRequest.closed_on)


def _days() -> Case[int]:
    """In how many days from its receipt a request is done, as `done_by` counts them."""
    row, whens = CitizenRequest, []
    is_extended = col(row.extended_on).is_not(None)
    for term in dict.fromkeys(map(term_of, KINDS)):
        kinds = [kind for kind in KINDS if term_of(kind) == term]
        usual = case((col(row.with_others), term.with_others), else_=term.usual)
        whens.append((col(row.kind).in_(kinds), usual + case((is_extended, term.extension), else_=0)))
    return case(*whens)


_Key = tuple[ColumnElement[Any] | Mapped[Any], ...]
_BY_RECEIPT: _Key = (col(CitizenRequest.received_on), col(CitizenRequest.id))
_BY_LAST_DAY: _Key = (days_after(col(CitizenRequest.received_on), _days()), *_BY_RECEIPT)


@dataclass(frozen=True)
class RequestList:
    """One page; `previous` and `next` say whether there are more requests on either side."""

    listed: list[ListedRequest]
    previous: bool
    next: bool


def list_requests(
    session: Session, actor: Actor, now: datetime, *, before: str = "", after: str = ""
) -> RequestList:
    """The page right behind the request `after`, or right before `before`: ten statements at most. It is the
    first one if there is no such request, or no full page on that side of it."""
    wanted = visible_to(actor, CitizenRequest).where(CitizenRequest.id == (after or before))
    mark = session.exec(wanted).first() if after or before else None
    found = _Side(session, actor, mark, is_before=not after).rows() if mark else []
    is_first = not found if after else len(found) <= PAGE_SIZE
    if is_first:
        found = _Side(session, actor, None, is_before=False).rows()
    is_before, is_more = not is_first and not after, len(found) > PAGE_SIZE
    rows = found[:PAGE_SIZE][::-1] if is_before else found[:PAGE_SIZE]
    listed = with_clocks(session, actor, rows, now)
    return RequestList(listed, previous=not is_first, next=is_before or is_more)


@dataclass(frozen=True)
class _Side:
    """The requests before or behind `mark`, the nearest first; without one, all from the first."""

    session: Session
    actor: Actor
    mark: CitizenRequest | None
    is_before: bool

    def rows(self) -> list[CitizenRequest]:
        """A page of them, and one more if there is one."""
        is_at_closed = self.mark is not None and self.mark.closed_on is not None
        if is_at_closed is self.is_before or self.mark is None:
            first, second = (self._closed, self._open) if self.is_before else (self._open, self._closed)
            found = first(PAGE_SIZE + 1)
            return found + second(PAGE_SIZE + 1 - len(found))
        return self._closed(PAGE_SIZE + 1) if is_at_closed else self._open(PAGE_SIZE + 1)

    def _closed(self, most: int) -> list[CitizenRequest]:
        mark = self.mark if self.mark and self.mark.closed_on else None
        beyond = self._beyond(_BY_RECEIPT, (mark.received_on, mark.id), is_falling=True) if mark else None
        return self._read(_CLOSED.is_not(None), _BY_RECEIPT, beyond, most, is_falling=True)

    def _open(self, most: int) -> list[CitizenRequest]:
        """Merged from both kinds; of those with the same last day, the ones that wait for an answer first."""
        is_open, unanswered, answered = _CLOSED.is_(None), None, None
        if self.mark and self.mark.closed_on is None:
            unanswered, answered = self._beyond_open(self.mark)
        found = self._read(is_open & _ANSWERED.is_(None), _BY_RECEIPT, unanswered, most)
        found += self._read(is_open & _ANSWERED.is_not(None), _BY_LAST_DAY, answered, most)
        workdays = load_workdays(self.session, self.actor, found)

        def place(row: CitizenRequest) -> tuple[date, bool, date, str]:
            day = last_day(row) if row.answered_on else answer_by(row.received_on, workdays)
            return day, row.answered_on is not None, row.received_on, row.id

        return sorted(found, key=place, reverse=self.is_before)[:most]

    def _beyond_open(self, mark: CitizenRequest) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """Which of those that wait for an answer are on this side of an open request, and which answered
        ones."""
        received_on, done_by = _BY_RECEIPT[0], _BY_LAST_DAY[0]
        if mark.answered_on is None:
            answer = answer_by(mark.received_on, load_workdays(self.session, self.actor, [mark]))
            unanswered = self._beyond(_BY_RECEIPT, (mark.received_on, mark.id))
            return unanswered, done_by < answer if self.is_before else done_by >= answer
        last = last_day(mark)
        own = days_off(self.session, self.actor.commune_id, last - LONGEST, last)
        until = received_until(last, Workdays(own))
        unanswered = received_on <= until if self.is_before else received_on > until
        return unanswered, self._beyond(_BY_LAST_DAY, (last, mark.received_on, mark.id))

    def _beyond(self, key: _Key, at: tuple[object, ...], *, is_falling: bool = False) -> ColumnElement[bool]:
        place = tuple_(*key)
        return place < at if self.is_before is not is_falling else place > at

    def _read(
        self,
        condition: ColumnElement[bool],
        key: _Key,
        beyond: ColumnElement[bool] | None,
        most: int,
        *,
        is_falling: bool = False,
    ) -> list[CitizenRequest]:
        if not most:
            return []
        wanted = visible_to(self.actor, CitizenRequest).where(condition)
        if beyond is not None:
            wanted = wanted.where(beyond)
        is_down = self.is_before is not is_falling
        order = [part.desc() if is_down else part.asc() for part in key]
        return list(self.session.exec(wanted.order_by(*order).limit(most)).all())
