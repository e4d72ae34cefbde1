"""A random history in which leaders write, change and withdraw remarks beside visits, and households ask
about their data."""

from collections.abc import Callable
from typing import Any

from app.review.citizen_requests.deadlines import KINDS
from tests.fieldwork.remarks import leaders_remarks as remarks
from tests.phone import new_id
from tests.sync.history import ACTIONS, History
from tests.sync.history_base import CAST

Op = dict[str, Any]


class RemarkHistory(History):
    """As `History`, with remarks and citizens' requests. Lan leads her team and writes on both of her phones,
    each of which also changes what the other one has; what Nam and Lý write is refused."""

    def __init__(self, *place: Any) -> None:
        self.remarks: dict[str, list[Op]] = {who: [] for who in CAST}
        self.remarks["lan2"] = self.remarks["lan"]
        super().__init__(*place)
        remarks.let_lan_lead(self.database, self.world)

    def actions(self) -> dict[Callable[[Any], None], int]:
        return ACTIONS | {
            RemarkHistory.write_remark: 8,
            RemarkHistory.amend_remark: 8,
            RemarkHistory.withdraw_remark: 3,
            RemarkHistory.amend_remark_that_never_arrives: 1,
            RemarkHistory.write_request: 4,
        }

    def write_remark(self) -> None:
        """One text of ten is refused."""
        who = self._pick_author()
        text = "Số 001 203 004 567" if self.dice.random() < 0.1 else "Đi cùng trưởng thôn"
        remark = remarks.record(self._phone(who), text=text, **self._day())
        self.remarks[who].append(self._save(who, remark))

    def amend_remark(self) -> None:
        """Change a remark; the first one is written, because some histories leave that action out."""
        who = self._pick_author()
        if not self.remarks[who]:
            self.write_remark()
        else:
            remark = self.dice.choice(self.remarks[who])
            changes = {"text": f"Sửa lần {self.dice.randrange(9)}", "kind": "practice", **self._day()}
            self._save(who, remarks.amend(self._phone(who), remark, **changes))

    def withdraw_remark(self) -> None:
        who = self._pick_author()
        if mine := self.remarks[who]:
            remark = mine.pop(self.dice.randrange(len(mine)))
            self._save(who, remarks.withdraw(self._phone(who), remark))

    def amend_remark_that_never_arrives(self) -> None:
        who = self._pick_author()
        phone = self._phone(who)
        remark = remarks.record(phone)
        phone.held.discard(remark["seq"])
        phone.seq -= 1  # nobody saved it
        self._save(who, remarks.amend(phone, remark))

    def write_request(self) -> None:
        """What a household asks about its data; one kind of nine is refused."""
        who = self.dice.choice(list(CAST))
        kind = self.dice.choice([*KINDS, "forget"])
        data = {"id": new_id(), "household_id": self.dice.choice(self._households(who)), "kind": kind}
        self._save(who, self._phone(who).op("request.record", data))

    def _pick_author(self) -> str:
        return self.dice.choice(["lan", "lan2"] * 3 + ["nam", "ly"])

    def _phone(self, who: str) -> Any:
        return self.phones[who].phone

    def _day(self) -> Op:
        return {"about_on": f"2026-11-{self.dice.randint(1, 28):02}"}
