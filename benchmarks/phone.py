"""A phone as a program: signs in, downloads, and pushes visits that it has prepared."""

import gzip
import json
import random
from datetime import UTC, datetime
from typing import Any

from app.core.clock import wire_time
from benchmarks import material
from benchmarks.wire import Reply, Wire


class Phone:
    """One signed-in device with its own session, the list downloaded, not connected."""

    def __init__(self, port: int, phone: str, code: str) -> None:
        self._dice = random.Random(phone)
        self._wire = Wire(port)
        signed_in = self._wire.post("/api/v1/devices", _encoded({"invite": code, "phone": phone, "name": ""}))
        if signed_in.status != 201:
            raise RuntimeError(f"sign-in was answered {signed_in.status}")
        self._wire.cookie = signed_in.headers["set-cookie"].partition(";")[0]
        content = signed_in.content()
        self._device_id: str = content["device_id"]
        self.commune_id: str = content["commune_id"]
        self._seq = 0
        self._state: dict[str, Any] = {}
        self.downloaded = self._download()
        self.homes = [row["id"] for page in self.downloaded for row in page["household"]]
        self.services = [row for page in self.downloaded for row in page["service"]]
        self.hang_up()

    def prepare(self, count: int, days: int = 0) -> list[dict[str, Any]]:
        """`count` visits of the last hours, or `days`, at the phone's households, as its queue has them."""
        visits = [
            material.visit(self._dice, self._dice.choice(self.homes), self.services) for _ in range(count)
        ]
        operations = [
            material.operation(self.commune_id, self._seq + place, self._dice, visit, days)
            for place, visit in enumerate(visits, start=1)
        ]
        self._seq += count
        return operations

    def request(self, operations: list[dict[str, Any]]) -> bytes:
        """The gzipped body of an exchange that sends `operations`."""
        queue: dict[str, Any] = {"count": len(operations), "oldest_at": None, "next_seq": self._seq + 1}
        queue["held"] = [operation["seq"] for operation in operations]
        body = {"proto": 1, "build": "1.0.0", "device_id": self._device_id, "queue": queue}
        body |= {"sent_at": wire_time(datetime.now(UTC)), "once": True, "ops": operations}
        return gzip.compress(_encoded(body | self._state), 6)

    def exchange(self, body: bytes) -> Reply:
        """Send a body made by `request`."""
        return self._wire.post("/api/v1/sync", body, "gzip")

    def understand(self, reply: Reply) -> dict[str, Any]:
        """The answer's content; the cursor moves on. Anything but 200 raises."""
        if reply.status != 200:
            raise RuntimeError(f"the exchange was answered {reply.status}: {reply.body[:300]!r}")
        content: dict[str, Any] = reply.content()
        self._state = {name: content[name] for name in ("epoch", "scope", "cursor")}
        return content

    def hang_up(self) -> None:
        """Leave the connection; the next exchange opens one."""
        self._wire.close()

    def _download(self) -> list[dict[str, Any]]:
        pages = []
        more = True
        while more:
            content = self.understand(self.exchange(self.request([])))
            pages.append(content["changes"])
            more = content["more"]
        return pages


def _encoded(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
