"""The server's log: one line for each event, on standard error, without names, phone numbers or notes.

2026-11-26T07:08:08Z WARNING sign_in.failed kind=desk address=203.0.113.0/24
"""

import logging
import re
import sys
import time

LOGGER = "tungnha"
INFO, WARNING, ERROR = logging.INFO, logging.WARNING, logging.ERROR
VALUE_LENGTH = 120

_log = logging.getLogger(LOGGER)
_UNSAFE = re.compile(r"[^A-Za-z0-9_./:@{}+-]")


def configure() -> None:
    """Send the log of this process to standard error: our events, and the warnings of libraries."""
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=WARNING)
    _log.setLevel(INFO)


def event(what: str, level: int = INFO, **details: str | int) -> None:
    """Write one line: `what` (noun and verb, *sign_in.failed*), then `key=value` for each detail.

    Details are ids, codes, counts and route templates (*/desk/visits/{visit_id}*), never typed text.
    Characters that could start another line or another detail are replaced by `_`.
    """
    pairs = [f"{key}={_UNSAFE.sub('_', str(value))[:VALUE_LENGTH]}" for key, value in details.items()]
    _log.log(level, "%s", " ".join([what, *pairs]))
