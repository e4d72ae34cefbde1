"""A random history in which weeks are closed while records are under way, and returns are read or not."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from app.commune.calendar.period import Period, PeriodKind, period_of
from app.core.clock import local_date
from app.fieldwork.periods.models import ClosedPeriod
from app.fieldwork.visits.models import Visit
from tests.signed_in import NOW
from tests.sync.closing_expected import Standing, check_returns, check_sums
from tests.sync.file_history import FileHistory
from tests.sync.history import History
from tests.sync.history_base import CAST, OURS

Op = dict[str, Any]
WHY = {"reason": "missing_information", "field": "note", "note": "Nhà 46 hay 48?"}


class ClosingHistory(FileHistory):
    """As `FileHistory`; weeks are closed and reopened, visits returned while their forms lie open, and people
    at the door do not want to talk.

    `forms`: visits whose form is open, with the return that it showed. `decided`: the decision of this step.
    `answers`: what decides who answers the commune, so that the rest of the history does not depend on it.
    """

    def __init__(self, *place: Any) -> None:
        self.answers = random.Random(f"answers {place[0]}")
        self.forms: dict[str, list[tuple[Op, str | None]]] = {who: [] for who in CAST}
        self.decided: dict[str, str] = {}
        self.standing = Standing()
        super().__init__(*place)

    steps = 200
    factors = (1, 1, 3)

    def actions(self) -> dict[Callable[[Any], None], int]:
        return {
            History.record: 6, History.amend: 2, History.withdraw: 2, History.sync: 14, History.back_up: 1,
            History.restore: 1, History.delay_copy: 1, History.deliver_copy: 1, History.revoke_or_allow: 1,
            History.merge_move_or_undo: 1, History.decide_on_quarantined: 10, FileHistory.deliver_file: 6,
            FileHistory.undo_decision: 2, ClosingHistory.decide_on_newest: 9, ClosingHistory.open_form: 6,
            ClosingHistory.save_form: 9, ClosingHistory.record_refused: 2,
            ClosingHistory.record_as_older_build: 1, ClosingHistory.pass_days: 5,
            ClosingHistory.close_week: 6, ClosingHistory.reopen_week: 1,
        }  # fmt: skip

    def check(self) -> None:
        super().check()
        self.standing.check(self)
        self.decided = {}

    def open_form(self) -> None:
        """The form of a visit, with the return that the phone knows."""
        who = self.dice.choice(OURS)
        if mine := self.visits[who]:
            visit = self.dice.choice(mine[-6:])
            row = self.phones[who].rows.get(("visit", visit["data"]["id"]))
            review = row["review"] if row else {"state": "received"}
            self.forms[who].append((visit, review["at"] if review["state"] == "returned" else None))

    def save_form(self) -> None:
        """*Lưu*, or *Đã đúng rồi*: the same content, read."""
        who = self.dice.choice(OURS)
        if not self.forms[who]:
            return
        visit, seen = self.forms[who].pop(self.dice.randrange(len(self.forms[who])))
        answer: Op = {"answer": f"Trả lời {self.answers.randrange(10_000)}"}
        if visit not in self.visits[who]:  # withdrawn while the form was open
            self._save(who, self.phones[who].phone.amend(visit, seen_return=seen, **answer))
            return
        changes: Op = {} if self.dice.random() < 0.3 else {"note": f"Sửa {self.dice.random()}"}
        if self.dice.random() < 0.2:
            changes |= {"result": "refused", "services": []}
        if self.answers.random() < 0.5:
            changes |= answer
        self._save(who, self.phones[who].phone.amend(visit, seen_return=seen, **changes))

    def record_refused(self) -> None:
        self._record(self._pick_person(), result="refused", services=[])

    def record_as_older_build(self) -> None:
        """Version 1 of the data, which has no refusals: one that claims one is refused by the server."""
        result = self.dice.choice(("not_home", "not_needed"))
        self._record(self._pick_person(), v=1, result=result, services=[])

    def _record(self, who: str, v: int = 2, **data: Any) -> None:
        where = self.dice.choice(self._households(who))
        visit = self.phones[who].phone.visit(where, note=f"Ghi {self.dice.random()}", **data)
        self.visits[who].append(self._save(who, visit | {"v": v}))

    def decide_on_newest(self) -> None:
        ours = select(Visit).where(
            Visit.commune_id == self.world.commune_id, col(Visit.withdrawn_at).is_(None)
        )
        if found := self.all(ours.order_by(col(Visit.feed_seq)))[-15:]:
            visit = self.desk_dice.choice(found)
            word = self.desk_dice.choice(("return", "return", "accept"))
            form = {"version": str(visit.version)} | (WHY if word == "return" else {})
            if self.at_desk(f"/desk/visits/{visit.id}/{word}", form) == 303:
                self.decided = {visit.id: word}

    def pass_days(self) -> None:
        self.clock.forward(days=self.dice.randint(1, 3))

    def close_week(self) -> None:
        if (week := self.open_week()).last < local_date(self.clock()):
            address = f"/desk/reports/{week.code}/close"
            assert self.at_desk(address, {"reason": "Vẫn chốt"}) == 303
            self.clock.forward(seconds=1)

    def reopen_week(self) -> None:
        if closed := self.closed_weeks():
            address = f"/desk/reports/{closed[-1].code}/reopen"
            assert self.at_desk(address, {"reason": "Nhập thiếu"}) == 303

    def closed_weeks(self) -> list[ClosedPeriod]:
        """The closed weeks, the earliest first."""
        closed = select(ClosedPeriod).where(
            ClosedPeriod.commune_id == self.world.commune_id, col(ClosedPeriod.reopened_at).is_(None)
        )
        return self.all(closed.order_by(col(ClosedPeriod.first)))

    def open_week(self) -> Period:
        """The earliest week that is not closed."""
        closed = self.closed_weeks()
        day = closed[-1].last + timedelta(days=1) if closed else local_date(NOW)
        return period_of(PeriodKind.WEEK, day, 1)

    def _finish(self) -> None:
        super()._finish()
        self.close_week()
        self.check()
        check_sums(self)
        for who in OURS:
            self.phones[who].phone.now = self.clock()
            self.phones[who].drain()
        check_returns(self)
