"""The server's log: one line for each event, whatever its details contain."""

import json
import logging
import re
import subprocess
import sys

import pytest

from app.core import logs


def test_event_is_one_line_on_standard_error_with_its_instant_in_utc() -> None:
    program = (
        "from app.core import logs; logs.configure(); logs.event('device.revoked', device='d1', count=2)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    line = json.loads(done.stderr)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line.pop("at"))
    assert line == {"level": "info", "event": "device.revoked", "device": "d1", "count": 2}


@pytest.mark.parametrize("bad", ["a\nINFO device.allowed", "a b=c", "a\x1b[31m", "a\u2028b", "a" * 10_000])
def test_detail_never_makes_a_second_line_or_detail(bad: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logs.LOGGER):
        logs.event("request.failed", code=bad)
    (record,) = caplog.records
    assert len(record.getMessage()) < 200
    assert re.fullmatch(r"request\.failed code=[\w./-]+", record.getMessage(), re.ASCII)
