"""`/metrics` for Prometheus, with a token; `/readyz` for what sends requests to one of several servers."""

import hmac
import os
import threading
import time
from collections.abc import Iterator
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from app.core.config import Settings
from app.core.db import Database
from app.core.errors import NotFound, Unavailable
from app.upkeep.maintenance.status import Status, read_status
from app.upkeep.migrations import schema_state
from app.upkeep.replica import STATES, Replica
from app.web.deps import Config, Db, Now
from app.web.monitoring.health import Health

router = APIRouter()

FRESH = 10  # seconds for which the figures of the database are used
_GAUGES = {
    "communes": "Communes that have begun.",
    "silent_communes": "Communes all of whose phones have been silent for three days of working time.",
    "phones": "Phones that are in use.",
    "silent": "Phones in use without a contact for three days.",
    "unsent": "Records that phones have not sent, as they said at their last contact.",
    "oldest_unsent": "Age of the oldest of them, in seconds.",
    "quarantined": "Operations on which the desk has not decided.",
    "unevaluated_days": "Days of persons and households whose flags are not computed yet.",
    "lock_waits": "Transactions that wait for another one (PostgreSQL).",
    "database_size": "Size of the database, in bytes.",
    "desk_log_size": "Size of the desk log, in bytes.",
    "disk_free": "Free space of the data folder's disk, in bytes.",
    "backup_age": "Age of the newest good nightly backup, in seconds; +Inf if there is none.",
    "backup_size": "Size of that backup, in bytes.",
    "archive_age": "Age of the newest good archive of PostgreSQL, in seconds; +Inf if there is none.",
}


class Figures:
    """The figures of the database, read at most once in `FRESH` seconds by this process."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._reading = threading.Lock()
        self._status: Status | None = None
        self._read_at = -float("inf")

    def metrics(self, now: datetime) -> Iterator[Metric]:
        """A gauge for each figure, and whether the database could be read."""
        status = self._read(now)
        yield GaugeMetricFamily(
            "tungnha_database_up", "1 if the figures could be read.", float(status is not None)
        )
        for name, meaning in _GAUGES.items() if status else ():
            yield GaugeMetricFamily(f"tungnha_{name}", meaning, float(getattr(status, name)))

    def _read(self, now: datetime) -> Status | None:
        with self._reading:
            if time.monotonic() - self._read_at >= FRESH:
                try:
                    self._status = read_status(self._database, self._settings, now)
                except Unavailable:
                    self._status = None
                self._read_at = time.monotonic()
            return self._status


def _replica_metrics(replica: Replica | None, now: datetime) -> Iterator[Metric]:
    if replica is None:
        return
    seen = replica.seen
    states = GaugeMetricFamily("tungnha_replica", "1 for the state of the replica, else 0.", labels=["state"])
    for state in STATES:
        states.add_metric([state], float(state == seen.state))
    yield states
    age = (now - seen.as_of).total_seconds() if seen.as_of else float("inf")
    yield GaugeMetricFamily("tungnha_replica_age", "Age of what the replica has, in seconds.", age)


class _Collected:
    """Metrics that were collected already, for a registry."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        return self._metrics


@router.get("/metrics", include_in_schema=False)
def show_metrics(request: Request, settings: Config, now: Now) -> Response:
    """The metrics of all processes of this server, for whoever has the token of the settings. Raises
    `NotFound` for all others."""
    sent = request.headers.get("authorization", "")
    expected = f"Bearer {settings.metrics_token}"
    if not settings.metrics_token or not hmac.compare_digest(sent.encode(), expected.encode()):
        raise NotFound
    figures: Figures = request.app.state.figures
    gauges = CollectorRegistry()
    of_replica = _replica_metrics(request.app.state.replica, now)
    gauges.register(_Collected([*figures.metrics(now), *of_replica]))
    content = generate_latest(_counters()) + generate_latest(gauges)
    return Response(content, media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _counters() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


@router.get("/readyz", include_in_schema=False)
def show_readiness(request: Request, database: Db) -> JSONResponse:
    """200 if the database can be written and its schema is of this version, else 503."""
    health: Health = request.app.state.health
    is_ready = health.is_fine() and _is_newest(request, database)
    return JSONResponse({"status": "ready" if is_ready else "not ready"}, 200 if is_ready else 503)


def _is_newest(request: Request, database: Database) -> bool:
    """Whether the schema is of this version; asked until it is."""
    state = request.app.state
    if not getattr(state, "is_newest", False):
        try:
            state.is_newest = schema_state(database) == "newest"
        except Unavailable:
            return False
    return bool(state.is_newest)
