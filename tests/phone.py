"""A phone for tests: it signs in, makes operations and sends them, step by step."""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi.testclient import TestClient

from app.core.clock import wire_time
from app.sync.applying.operations import HANDLERS


def new_id() -> str:
    """A UUIDv7, as the phone makes them: 48 bits of milliseconds, then random bits."""
    millis, random = time.time_ns() // 1_000_000, uuid.uuid4().int & (1 << 76) - 1
    return str(uuid.UUID(int=(millis << 80) | (7 << 76) | random))


@dataclass
class Phone:
    """One signed-in phone. `state`: epoch, scope and cursor from the last answer; `held`: the sequence
    numbers of operations without an answer."""

    client: TestClient
    device_id: str
    account_id: str
    commune_id: str
    now: datetime
    seq: int = 0
    state: dict[str, Any] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)

    def op(self, type: str, data: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """An operation with the next sequence number."""
        self.seq += 1
        self.held.add(self.seq)
        return {
            "op_id": new_id(),
            "seq": self.seq,
            "type": type,
            "v": HANDLERS[type].v if type in HANDLERS else 1,
            "commune_id": self.commune_id,
            "at": wire_time(self.now),
            "data": data,
        } | changes

    def visit(self, household_id: str, **changes: Any) -> dict[str, Any]:
        """A `visit.record` of one service at a household."""
        data = {
            "id": new_id(),
            "household_id": household_id,
            "result": "helped",
            "services": [{"code": "vneid_install", "outcome": "did_it", "people": 1}],
            "note": "Đã cài xong",
            "follow_up_on": None,
        }
        return self.op("visit.record", data | changes)

    def amend(self, visit: dict[str, Any], base_version: int = 1, **changes: Any) -> dict[str, Any]:
        """A `visit.amend` of a visit made by `visit`."""
        return self.op("visit.amend", visit["data"] | {"base_version": base_version} | changes)

    def send(self, *ops: dict[str, Any], **changes: Any) -> Any:
        """One exchange; returns the HTTP response."""
        return self.copy(*ops, **changes)()

    def copy(self, *ops: dict[str, Any], **changes: Any) -> Callable[[], Any]:
        """Build a request now; returns the function that sends it, any number of times."""
        body = {
            "proto": 1,
            "build": "1.0.0",
            "device_id": self.device_id,
            "sent_at": wire_time(self.now),
            "queue": {
                "count": len(ops),
                "oldest_at": None,
                "next_seq": self.seq + 1,
                "held": sorted(self.held),
            },
            "ops": list(ops),
        }
        content = json.dumps(body | self.state | changes).encode()  # ASCII: a lone surrogate has no UTF-8
        headers = {"Content-Type": "application/json"}
        return lambda: self.client.post("/api/v1/sync", content=content, headers=headers)

    def exchange(self, *ops: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """One exchange, which must succeed; returns the answer's content and stores its cursor."""
        answer = self.send(*ops, **changes)
        assert answer.status_code == 200, answer.text
        content: dict[str, Any] = answer.json()
        self.state = {name: content[name] for name in ("epoch", "scope", "cursor")}
        answered = {result["op_id"] for result in content["results"] if result["status"] != "retry"}
        self.held -= {op["seq"] for op in ops if op["op_id"] in answered}
        return content

    def statuses(self, *ops: dict[str, Any]) -> list[str]:
        return [result["status"] for result in self.exchange(*ops)["results"]]


def sign_in(client: TestClient, phone: str, code: str, now: datetime, **more: Any) -> Phone:
    """A phone that has signed in with an invite code."""
    form = {"invite": code, "phone": phone, "name": "Điện thoại thử"} | more
    answer = client.post("/api/v1/devices", json=form)
    assert answer.status_code == 201, answer.text
    content = answer.json()
    return Phone(client, content["device_id"], content["account"]["id"], content["commune_id"], now)
