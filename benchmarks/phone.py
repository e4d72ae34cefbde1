"""A phone as a program: it signs in, downloads, and pushes visits that it has prepared."""

import gzip
import json
import random
import ssl
import threading
from datetime import UTC, datetime
from typing import Any

from app.core.clock import wire_time
from benchmarks import dataset
from benchmarks.wire import Reply, Wire

_SIGN_INS = threading.BoundedSemaphore(3)


class Phone:
    """A signed-in device with its own session and the list downloaded; its connection is closed."""

    def __init__(self, port: int, phone: str, code: str) -> None:
        self._dice = random.Random(phone)
        self._wire = Wire(port)
        with _SIGN_INS:  # the server verifies only a few at a time from one address
            signed_in = self._wire.post(
                "/api/v1/devices", _encoded({"invite": code, "phone": phone, "name": ""})
            )
        if signed_in.status != 201:
            raise RuntimeError(f"sign-in was answered {signed_in.status}")
        self._wire.cookie = signed_in.headers["set-cookie"].partition(";")[0]
        content = signed_in.content()
        self._device_id: str = content["device_id"]
        self.commune_id: str = content["commune_id"]
        self._seq = 0
        self._state: dict[str, Any] = {}
        self.downloaded = self._download()
        listed = [row["id"] for page in self.downloaded for row in page["household"]]
        self.households = dataset.way_of(listed, int(phone))
        self.services = [row for page in self.downloaded for row in page["service"]]
        self.hang_up()

    def prepare(self, count: int, per_day: int = dataset.PER_DAY) -> list[dict[str, Any]]:
        """`count` operations: the next visits of a phone that records `per_day` of them on a day."""
        numbers = range(self._seq + 1, self._seq + 1 + count)
        self._seq += count
        return dataset.recorded_visits(
            self._dice, self.commune_id, numbers, self.households, self.services, per_day
        )

    def request(self, operations: list[dict[str, Any]]) -> bytes:
        """The gzipped body of an exchange that sends `operations`."""
        queue: dict[str, Any] = {"count": len(operations), "oldest_at": None, "next_seq": self._seq + 1}
        queue["held"] = [operation["seq"] for operation in operations]
        body = {"proto": 1, "build": "1.0.0", "device_id": self._device_id, "queue": queue}
        body |= {"sent_at": wire_time(datetime.now(UTC)), "omit_result_rows": True}
        body |= {"minimal_results": True, "ops": operations}
        return gzip.compress(_encoded(body | self._state), 6)

    def exchange(self, body: bytes) -> Reply:
        """Send a body made by `request`."""
        return self._wire.post("/api/v1/sync", body, "gzip")

    def understand(self, reply: Reply) -> dict[str, Any]:
        """The answer's content, after the cursor was advanced. Raises RuntimeError for anything but 200."""
        if reply.status != 200:
            raise RuntimeError(f"the exchange was answered {reply.status}: {reply.body[:300]!r}")
        content: dict[str, Any] = reply.content()
        self._state = {name: content[name] for name in ("epoch", "scope", "cursor")}
        return content

    def acknowledge(self, *replies: Reply) -> int:
        """How many operations these answers acknowledge. Raises RuntimeError if one was not applied: then
        something else was measured."""
        results = [one["status"] for reply in replies for one in self.understand(reply)["results"]]
        if others := set(results) - {"applied"}:
            raise RuntimeError(f"visits were answered {', '.join(sorted(others))}")
        return len(results)

    def use(self, port: int, context: ssl.SSLContext | None) -> None:
        """Send to another port from now on, over TLS if there is a `context`."""
        cookie = self._wire.cookie
        self._wire.close()
        self._wire = Wire(port, context)
        self._wire.cookie = cookie

    def hang_up(self) -> None:
        """Close the connection; the next exchange opens a new one."""
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
