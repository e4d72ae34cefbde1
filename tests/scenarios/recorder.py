"""What a phone sends and the real server answers, written down to hold the phone's own code to it."""

import json
import uuid
from copy import deepcopy
from typing import Any

from app.core.db import ServerEpoch
from app.households.models import Household
from app.lists.homes import Home, Understood
from app.lists.importing import Wish, import_list
from app.sync.retry import retry_kept
from tests.keeping.conftest import Instance
from tests.sync.phone import Phone, sign_in
from tests.sync.queueing import Queueing
from tests.world import LAN, World

CATALOG = ("service", "member", "hamlet")  # the same in every commune; a phone does nothing with them here


class Recorder:
    """Lan's phone by the protocol; every step is noted with made-up names in place of what chance gave."""

    def __init__(self, instance: Instance, phone: Phone, world: World) -> None:
        self.instance, self.phone, self.world = instance, phone, world
        (history,) = instance.rows(ServerEpoch)
        phone.state = {"epoch": history.epoch}  # what signing in says
        self.lan = Queueing(phone)
        self.steps: list[dict[str, Any]] = []
        self._names = {world.lan: "lan", world.commune_id: "commune", phone.device_id: "device-lan"}
        self._ids = iter(str(uuid.uuid5(uuid.NAMESPACE_URL, f"scenario {number}")) for number in range(99))

    def save(self, type: str, **data: Any) -> dict[str, Any]:
        """Lan saves; a record's id is made up unless `data` has it."""
        operation = self.phone.op(type, {"id": data.pop("id", None) or next(self._ids), **data})
        operation |= {"op_id": next(self._ids), "v": 2 if type == "visit.record" else 1}
        self.steps.append(
            {"save": self._named({name: operation[name] for name in ("op_id", "type", "at", "data")})}
        )
        return self.lan.save(operation)

    def visit(self, household_id: str, **changes: Any) -> dict[str, Any]:
        """Lan records a visit."""
        service = {"code": "vneid_install", "outcome": "did_it", "people": 1}
        given: dict[str, Any] = {"result": "helped", "services": [service], "note": "", "follow_up_on": None}
        given["quick"] = False
        return self.save("visit.record", household_id=household_id, **given | changes)

    def imported(self, head_name: str) -> str:
        """A list with one household of Thôn Đông is imported; the household's id."""
        rows = Understood([Home("Danh sách", 2, head_name, "40", "Ngõ 3", "Thôn Đông")], sheets=["Danh sách"])
        database, now = self.instance.database, self.instance.clock()
        database.write(
            lambda session: import_list(session, "06391", rows, Wish(write=True), now, lambda _plan: None)
        )
        retry_kept(database, now)
        (home,) = (row for row in self.instance.rows(Household) if row.head_name == head_name)
        self._names.setdefault(home.id, next(self._ids))
        return str(home.id)

    def sync(self, lost: bool = False) -> None:
        """One exchange, or one whose answer is `lost` on the way."""
        request = self._request()
        if lost:
            assert self.phone.send(*self.lan.queue, once=request["once"]).status_code == 200
            self.steps.append({"request": self._named(request), "answer": None})
            return
        self.lan.sync(200)
        answer = deepcopy(self.lan.answer)
        answer.pop("backup_key", None)
        for kind in CATALOG:
            answer["changes"][kind] = []
        step = {"request": self._named(request), "answer": self._named(answer)}
        self.steps.append(step | {"after": self._boxes()})

    def _named(self, value: Any) -> Any:
        """The same with names for ids, histories and scopes that are other ones in every run."""
        if isinstance(value, dict):
            for kind in ("epoch", "scope"):
                if isinstance(value.get(kind), str) and value[kind] not in self._names:
                    count = sum(name.startswith(kind) for name in self._names.values())
                    self._names[value[kind]] = f"{kind}-{count + 1}"
            return {name: self._named(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._named(item) for item in value]
        return self._names.get(value, value) if isinstance(value, str) else value

    def refused(self) -> None:
        """One exchange that is answered with an error."""
        request = self._request()
        answer = self.phone.send(*self.lan.queue, once=request["once"])
        assert answer.status_code >= 400
        step = {"request": self._named(request), "status": answer.status_code, "answer": answer.json()}
        self.steps.append(step | {"after": self._boxes()})

    def sign_in(self) -> None:
        """Lan signs in again, on the same phone."""
        known: dict[str, Any] = {"device_id": self.phone.device_id, "next_seq": self.phone.seq + 1}
        again = sign_in(self.phone.client, *LAN, self.phone.now, **known)
        self.steps.append({"sign_in": self._named(again.device_id)})

    def _request(self) -> dict[str, Any]:
        """What is looked at of what the phone asks."""
        request: dict[str, Any] = {"ops": deepcopy(self.lan.queue), "once": self.lan.filling is None}
        return request | {name: self.phone.state.get(name) for name in ("epoch", "cursor")}

    def _boxes(self) -> dict[str, Any]:
        """Where the phone has what it saved."""
        queue = [one["op_id"] for one in self.lan.queue]
        return {"queue": queue, "sent": sorted(self.lan.sent), "fixes": sorted(self.lan.fixes)}

    def text(self) -> str:
        """The file."""
        return json.dumps(self.steps, ensure_ascii=False, indent=1) + "\n"
