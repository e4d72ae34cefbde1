"""Records what a phone sends and the real server answers, for the tests of the phone's own code."""

import json
import uuid
from copy import deepcopy
from typing import Any

from app.core.epoch import ServerEpoch
from app.fieldwork.households.models import Household
from app.intake.household_import.importer import ImportOptions, import_list
from app.intake.household_import.records import ListedHousehold, ParsedList
from app.sync.quarantine.retry import retry_all
from tests.phone import Phone, sign_in
from tests.sync.simulated_phone import SimulatedPhone
from tests.upkeep.maintenance.conftest import Instance
from tests.world import LAN, World

CATALOG = ("service", "member", "hamlet")  # rows of these kinds are left out of the recording


class Recorder:
    """Lan's phone by the protocol. Each step is recorded, with fixed names in place of random ids."""

    def __init__(self, instance: Instance, phone: Phone, world: World) -> None:
        self.instance, self.phone, self.world = instance, phone, world
        (history,) = instance.rows(ServerEpoch)
        phone.state = {"epoch": history.epoch}  # as after signing in
        self.lan = SimulatedPhone(phone)
        self.steps: list[dict[str, Any]] = []
        self.waits = False  # before she sends again what an earlier epoch acknowledged
        self._names = {world.lan: "lan", world.commune_id: "commune", phone.device_id: "device-lan"}
        self._ids = iter(str(uuid.uuid5(uuid.NAMESPACE_URL, f"scenario {number}")) for number in range(99))

    def save(self, type: str, **data: Any) -> dict[str, Any]:
        """Lan saves an operation; the record's id is the next fixed one unless `data` has it."""
        operation = self.phone.op(type, {"id": data.pop("id", None) or next(self._ids), **data})
        operation |= {"op_id": next(self._ids)}
        self.steps.append(
            {"save": self._named({name: operation[name] for name in ("op_id", "type", "at", "data")})}
        )
        return self.lan.save(operation)

    def visit(self, household_id: str, **changes: Any) -> dict[str, Any]:
        """Lan records a visit."""
        service = {"code": "vneid_install", "outcome": "did_it", "people": 1}
        data: dict[str, Any] = {"result": "helped", "services": [service], "note": "", "follow_up_on": None}
        data["quick"] = False
        return self.save("visit.record", household_id=household_id, **data | changes)

    def import_household(self, head_name: str) -> str:
        """Import a list with one household of Thôn Đông; returns the household's id."""
        rows = ParsedList(
            [ListedHousehold("Danh sách", 2, head_name, "40", "Ngõ 3", "Thôn Đông")], sheets=["Danh sách"]
        )
        database, now = self.instance.database, self.instance.clock()
        database.write(
            lambda session: import_list(
                session, "06391", rows, ImportOptions(write=True), now, lambda _plan: None
            )
        )
        retry_all(database, now)
        (household,) = (row for row in self.instance.rows(Household) if row.head_name == head_name)
        self._names.setdefault(household.id, next(self._ids))
        return str(household.id)

    def sync(self, lost: bool = False) -> None:
        """One exchange; its answer may be `lost`."""
        request, before = self._request(), self.phone.state["epoch"]
        if lost:
            assert self.phone.send(*self._sendable(), **self.lan.asked()).status_code == 200
            self.steps.append({"request": self._named(request), "answer": None})
            return
        self.lan.deliver(self._sendable())
        self.waits = self.waits or self.phone.state["epoch"] != before
        answer = deepcopy(self.lan.answer)
        answer.pop("export_key", None)
        for kind in CATALOG:
            answer["changes"][kind] = []
        step = {"request": self._named(request), "answer": self._named(answer)}
        self.steps.append(step | {"after": self._named(self._stores())})

    def resend(self) -> None:
        """The time at which the phone sends again what an earlier epoch acknowledged."""
        self.waits = False
        self.steps.append({"resend": True})

    def _named(self, value: Any) -> Any:
        """The same with fixed names for ids, epochs and scopes, which differ from run to run."""
        if isinstance(value, dict):
            for kind in ("epoch", "scope"):
                if isinstance(value.get(kind), str) and value[kind] not in self._names:
                    count = sum(name.startswith(kind) for name in self._names.values())
                    self._names[value[kind]] = f"{kind}-{count + 1}"
            return {name: self._named(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._named(item) for item in value]
        return self._names.get(value, value) if isinstance(value, str) else value

    def sync_refused(self) -> None:
        """One exchange that is answered with an error."""
        request = self._request()
        answer = self.phone.send(*self._sendable(), **self.lan.asked())
        assert answer.status_code >= 400
        step = {"request": self._named(request), "status": answer.status_code, "answer": answer.json()}
        self.steps.append(step | {"after": self._named(self._stores())})

    def sign_in(self) -> None:
        """Lan signs in again, on the same phone."""
        known: dict[str, Any] = {"device_id": self.phone.device_id, "next_seq": self.phone.seq + 1}
        again = sign_in(self.phone.client, *LAN, self.phone.now, **known)
        self.steps.append({"sign_in": self._named(again.device_id)})

    def _request(self) -> dict[str, Any]:
        """The compared parts of the phone's request."""
        request: dict[str, Any] = {"ops": deepcopy(self._sendable()), **self.lan.asked()}
        return request | {name: self.phone.state.get(name) for name in ("epoch", "cursor")}

    def _sendable(self) -> list[dict[str, Any]]:
        return self.lan.typed() if self.waits else self.lan.queue

    def _stores(self) -> dict[str, Any]:
        """The operations in each of the phone's stores, and the visits of its replica."""
        queue = [one["op_id"] for one in self.lan.queue]
        visits = sorted((row for (kind, _), row in self.lan.rows.items() if kind == "visit"), key=_id_of)
        return {
            "queue": queue, "sent": sorted(self.lan.sent), "fixes": sorted(self.lan.fixes), "visits": visits,
        }  # fmt: skip

    def text(self) -> str:
        """The content of the scenario's file."""
        return json.dumps(self.steps, ensure_ascii=False, indent=1) + "\n"


def _id_of(row: dict[str, Any]) -> str:
    return str(row["id"])
