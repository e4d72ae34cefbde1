"""The server's log: one JSON object a line, on standard error, without names, phone numbers or notes.

{"at": "2026-11-26T07:08:08.120Z", "level": "warning", "event": "sign_in.failed", "kind": "desk", …}
"""

import logging
import re
import secrets
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from structlog import contextvars
from structlog.processors import JSONRenderer, TimeStamper
from structlog.stdlib import ProcessorFormatter, add_log_level

LOGGER = "tungnha"
REQUESTS = "tungnha.requests"
INFO, WARNING, ERROR = logging.INFO, logging.WARNING, logging.ERROR
VALUE_LENGTH = 120

_log = logging.getLogger(LOGGER)
_UNSAFE = re.compile(r"[^A-Za-z0-9_./:@{}+-]")
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)


def configure() -> None:
    """Send the log of this process to standard error: our events, and the warnings of libraries."""
    logging.basicConfig(handlers=[handler()], level=WARNING)
    _log.setLevel(INFO)


def handler() -> logging.Handler:
    """Writes each record as a line of JSON to standard error."""
    stamp = TimeStamper(fmt="iso", utc=True, key="at")
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[contextvars.merge_contextvars, add_log_level, stamp, _add_details],
            processors=[ProcessorFormatter.remove_processors_meta, _order, JSONRenderer()],
        )
    )
    return lines


def event(what: str, level: int = INFO, logger: str = LOGGER, **details: str | int) -> None:
    """Write one line: `what` (noun and verb, *sign_in.failed*), and the details.

    Details are ids, codes, counts and route templates (*/desk/visits/{visit_id}*), never typed text.
    Unusual characters are replaced by `_`.
    """
    clean = {key: value if isinstance(value, int) else _clean(value) for key, value in details.items()}
    text = " ".join([what, *(f"{key}={value}" for key, value in clean.items())])
    logging.getLogger(logger).log(level, "%s", text, extra={"what": what, "details": clean})


def request_id(sent: str) -> str:
    """The id under which a request is logged: that of the web server in front, if it sends one."""
    return sent if _REQUEST_ID.fullmatch(sent) else secrets.token_hex(8)


@contextmanager
def of_request(id: str) -> Iterator[None]:
    """Have each line that is written in the block, also by other threads that it calls, say its request."""
    with contextvars.bound_contextvars(request=id):
        yield


def _clean(value: str) -> str:
    return _UNSAFE.sub("_", str(value))[:VALUE_LENGTH]


def _add_details(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    record = line["_record"]
    if hasattr(record, "details"):
        line["event"] = record.what
        line |= record.details
    return line


def _order(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    first = {name: line.pop(name) for name in ("at", "level", "event")}
    return first | dict(line)
