"""What the processes of a server count; `/metrics` adds it up.

With several processes the counts are in files of the folder that `PROMETHEUS_MULTIPROC_DIR` names; `serve`
sets it before they start.
"""

from collections import Counter as Tally
from collections.abc import Iterable

from prometheus_client import Counter, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_EXCHANGE = "/api/v1/sync"

_REQUESTS = Counter(
    "tungnha_requests", "Requests that were answered, without static files.", ["area", "status"]
)
_DURATION = Histogram("tungnha_request_seconds", "Duration of requests.", ["area"], buckets=_SECONDS)
_OPERATIONS = Counter("tungnha_operations", "Operations of phones by what became of them.", ["status"])
_FAILURES = Counter("tungnha_phone_failures", "Failures of their own code that phones told of.")
WRITE_WAIT = Histogram(
    "tungnha_write_wait_seconds", "Time that a write waited for SQLite's one writer.", buckets=_SECONDS
)


def count_request(route: str, status: int, seconds: float) -> None:
    """Count an answered request. `route`: the template of its path, *-* if there is none."""
    area = _area(route)
    _REQUESTS.labels(area, f"{status // 100}xx" if status else "aborted").inc()
    _DURATION.labels(area).observe(seconds)


def count_operations(statuses: Iterable[str]) -> None:
    """Count the operations of an exchange by their status."""
    for status, count in Tally(statuses).items():
        _OPERATIONS.labels(status).inc(count)


def count_failures(counts: Iterable[int]) -> None:
    """Count what a phone told of its own failures."""
    _FAILURES.inc(sum(counts))


def _area(route: str) -> str:
    """*sync*, or the first part of the path: *desk*, *field*, *operator*, *api*."""
    return "sync" if route == _EXCHANGE else route.strip("/").split("/")[0] or "-"
