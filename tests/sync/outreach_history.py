"""A random history in which outreach sessions are recorded, changed and withdrawn beside visits."""

from collections.abc import Callable
from typing import Any

from tests.fieldwork.outreach import sessions
from tests.sync.history import ACTIONS, History
from tests.sync.history_base import CAST

Op = dict[str, Any]


class OutreachHistory(History):
    """As `History`, with sessions."""

    def __init__(self, *place: Any) -> None:
        self.sessions: dict[str, list[Op]] = {who: [] for who in CAST}
        super().__init__(*place)

    def actions(self) -> dict[Callable[[Any], None], int]:
        return ACTIONS | {
            OutreachHistory.record_session: 5,
            OutreachHistory.amend_session: 5,
            OutreachHistory.withdraw_session: 1,
            OutreachHistory.amend_session_that_never_arrives: 1,
        }

    def record_session(self) -> None:
        who = self._pick_person()
        people = self.dice.choice((None, 0, 12, 40))  # 0 is rejected
        session = sessions.record(self._phone(who), self._hamlet(who), people=people, **self._day())
        self.sessions[who].append(self._save(who, session))

    def amend_session(self) -> None:
        """Also the hamlet may change."""
        who = self._pick_person()
        if mine := self.sessions[who]:
            session = self.dice.choice(mine)
            place = f"Sân {self.dice.random()}"
            changes = {"hamlet_id": self._hamlet(who), "place": place, **self._day()}
            self._save(who, sessions.amend(self._phone(who), session, **changes))

    def withdraw_session(self) -> None:
        who = self._pick_person()
        if mine := self.sessions[who]:
            session = mine.pop(self.dice.randrange(len(mine)))
            self._save(who, sessions.withdraw(self._phone(who), session))

    def amend_session_that_never_arrives(self) -> None:
        who = self._pick_person()
        phone = self._phone(who)
        session = sessions.record(phone, self._hamlet(who))
        phone.held.discard(session["seq"])
        phone.seq -= 1  # nobody saved it
        self._save(who, sessions.amend(phone, session))

    def _phone(self, who: str) -> Any:
        return self.phones[who].phone

    def _hamlet(self, who: str) -> str:
        """A hamlet of the person by what the phone knows, sometimes one that was theirs before."""
        own = {"lan": self.world.dong, "lan2": self.world.dong, "nam": self.world.tay, "ly": "thon-bac"}[who]
        known = [hamlet["id"] for hamlet in self.phones[who].answer.get("hamlets", [])]
        return str(self.dice.choice([own, *sorted(known)]))

    def _day(self) -> Op:
        return {"held_on": f"2026-11-{self.dice.randint(1, 28):02}"}
