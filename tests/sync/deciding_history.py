"""A random history in which supervisors decide on the quarantine, undo that, and attach visits."""

from collections.abc import Callable
from typing import Any

from sqlmodel import col, select

from app.fieldwork.households.models import Household
from app.sync.wire.models import QuarantinedOperation
from tests.phone import new_id
from tests.sync.history import ACTIONS, History


class DecidingHistory(History):
    """As `History`, with more revoked phones and more decisions."""

    def actions(self) -> dict[Callable[[Any], None], int]:
        return ACTIONS | {
            History.decide_on_quarantined: 8,
            History.revoke_or_allow: 4,
            DecidingHistory.undo_decision: 8,
            DecidingHistory.attach: 6,
            DecidingHistory.visit_unknown_household: 3,
        }

    def visit_unknown_household(self) -> None:
        """A visit at a household that never arrives."""
        self.save_visit("lan", new_id())

    def undo_decision(self) -> None:
        decided = self._quarantined(col(QuarantinedOperation.state) != "open")
        if decided:
            one = self.dice.choice(decided)
            address = f"/desk/quarantine/{one.op_id}/{one.payload_hash}/undo"
            self.at_desk(address, {"state": one.state})

    def attach(self) -> None:
        """Attach something that waits to one of the commune's households, or to a new one."""
        waiting = self._quarantined(
            col(QuarantinedOperation.state) == "open", col(QuarantinedOperation.kind) == "visit"
        )
        if waiting:
            one = self.dice.choice(waiting)
            ours = select(Household).where(Household.commune_id == self.world.commune_id)
            household = self.dice.choice(self.all(ours.order_by(col(Household.feed_seq))))
            verb = self.dice.choice(("attach", "attach", "attach/new"))
            form = {"household": household.id, "hamlet_id": self.world.dong, "head_name": "Vũ Thị Thắm"}
            address = f"/desk/quarantine/{one.op_id}/{one.payload_hash}/{verb}"
            self.at_desk(address, form)

    def _quarantined(self, *conditions: Any) -> list[QuarantinedOperation]:
        """In the order in which their phones made them, whatever their ids are."""
        rows = self.all(select(QuarantinedOperation).where(*conditions))
        made = [op_id for phone in self.phones.values() for op_id in phone.made]
        return sorted(rows, key=lambda row: made.index(row.op_id))
